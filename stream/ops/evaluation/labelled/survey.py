"""A first look at a whole file: whether every line fits, how many rows there are, and a sample of them."""

from collections import Counter
from pathlib import Path

from msgspec import Struct

from stream.ops.evaluation.labelled.draw import Draw, draw
from stream.ops.evaluation.labelled.kept import Kept
from stream.ops.evaluation.labelled.labelling import Labelling
from stream.ops.evaluation.labelled.rows import Row, RowInvalid, read_rows

SAMPLED = 5_000
"""Rows that a classifier is trained on beside the engine; a larger file is sampled at random."""
SAMPLED_CHARACTERS = 4_000
MOST_GROUPS = 100
"""Languages or kinds that are told apart; what comes later counts together."""
OTHERS = "others"


class Survey(Struct, frozen=True):
    """What the rows hold that are looked at.

    Attributes:
        drawn: which rows those are.
        labels: rows in which a label is 0 or 1, by label.
        sample: a bounded random sample, its texts cut.
    """

    rows: int
    drawn: Draw
    labels: dict[str, int]
    sample: tuple[Row, ...]


def survey(file: Path, limit: int | None = None) -> Survey:
    """Read the whole file, before anything is paid for.

    Args:
        file: of labelled rows.
        limit: so many rows are looked at, spread over the file; None is all.

    Raises:
        RowInvalid: a line does not fit, or there is none.
    """
    drawn = draw(read_rows(file), limit) if limit is not None else Draw()
    rows = 0
    labels: Counter[str] = Counter()
    sample: Kept[Row] = Kept(SAMPLED)
    for row in filter(drawn.takes, read_rows(file)):
        rows += 1
        for name, value in row.labels.items():
            if value in (0, 1) and (name in labels or len(labels) < MOST_GROUPS):
                labels[name] += 1
        sample.offer(f"{row.line}", _cut(row))
    if not rows:
        raise RowInvalid(file, 1, "no rows", "Give it one JSON object a line")
    return Survey(rows, drawn, dict(labels), tuple(sample.items()))


def check_labels(file: Path, labelling: Labelling, found: Survey) -> None:
    """Refuse a file that has none of the labels that are asked for.

    Raises:
        RowInvalid: so it is.
    """
    if not any(name in found.labels for name in labelling.labels):
        wanted, there = ", ".join(labelling.labels), ", ".join(found.labels) or "none"
        what = f"no row has a label that these policies answer: {wanted}"
        raise RowInvalid(file, 1, what, f"The file's labels are {there}: name them in labels.toml")


def _cut(row: Row) -> Row:
    return Row(row.id, row.text[:SAMPLED_CHARACTERS], row.labels, row.lang, line=row.line)
