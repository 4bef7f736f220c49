"""The engine beside constant answers, a trained classifier, and what others have published."""

from stream.ops.evaluation.labelled.counts import f1, share
from stream.ops.evaluation.labelled.labelling import Labelling
from stream.ops.evaluation.labelled.published import PUBLISHED, remarks
from stream.ops.evaluation.labelled.result import Measured, Result, measured
from stream.ops.evaluation.labelled.shown.cells import Section, as_cell
from stream.ops.report import Cell, Part, Picture, Remark, Share, Table
from stream.ops.report.pictures import matrix

_SIDES = ("violates", "safe")
_RESULTS = ("violates", "safe", "needs context", "failed")
_SURE = {None: Share(None, 0, 1), 0: Share(0, 0, 0), 1: Share(1, 1, 1)}
"""What a constant answer has by its nature."""


def beside(result: Result) -> Section:
    """Figures over all policies together, on the same rows for everybody."""
    exact = "exact match" if len(result.matrix.policies) > 1 else "accuracy"
    headings = ("", "precision", "recall", "F1", "false flags", f"{exact} ({result.matrix.rows:,} rows)")
    parts: list[Part] = [Table(headings, tuple(_rows(result)), "Does the text break any of these policies?")]
    parts.append(
        Picture(
            matrix(result.overall.counts.matrix(), _SIDES, _RESULTS),
            "Rows: what people said. Columns: what the engine said.",
        )
    )
    parts.append(Remark(_about_beside(result)))
    return ("Beside something simple", tuple(parts))


def published(result: Result, labelling: Labelling) -> Section:
    """The published table, and how far this page may be compared with it."""
    rows = tuple((one.model, one.exact_match, one.moderation_f1, one.toxic_chat_f1) for one in PUBLISHED)
    headings = ("model", "multi-policy exact match", "OpenAI moderation 2022 F1", "ToxicChat F1")
    parts: list[Part] = [Table(headings, rows, "Published figures, in percent")]
    if result.setup.no_evidence:
        parts.append(Remark("Nothing on this page can be compared with them.", warns=True))
    parts += [Remark(text) for text in remarks(labelling)]
    return ("Published figures, and how far they compare", tuple(parts))


def _rows(result: Result) -> list[tuple[Cell, ...]]:
    counts = result.overall.counts
    rows: list[tuple[Cell, ...]] = [
        _line("the engine", result.overall),
        _line("the engine, what is left to people as flagged", result.overall, people=True),
        ("always safe", _SURE[None], _SURE[0], _SURE[0], _SURE[0], as_cell(result.matrix.always_safe)),
        (
            "always violating",
            as_cell(share(counts.violating, counts.total)),
            _SURE[1],
            as_cell(f1(counts.violating, counts.safe, 0)),
            _SURE[1],
            None,
        ),
    ]
    rows[0] = (*rows[0], as_cell(result.matrix.exact))
    rows[1] = (*rows[1], None)
    if (found := result.classifier) is not None:
        name = f"trained classifier ({found.rows:,} rows)"
        rows.append((*_line(name, measured(found.overall)), as_cell(found.exact)))
    if result.as_given is not None and result.as_given.counts != result.overall.counts:
        rows.append((*_line("the engine, unknown labels read as safe", result.as_given), None))
        if found is not None:
            given = measured(found.as_given)
            rows.append((*_line("classifier, unknown labels read as safe", given), None))
    return rows


def _about_beside(result: Result) -> str:
    names = ", ".join(result.matrix.policies)
    told = f"Accuracy is over {result.matrix.rows:,} rows."
    if len(result.matrix.policies) > 1:
        told = (
            f"Exact match is over the label matrix {names}: {result.matrix.rows:,} rows have every label, "
            "and a row counts as right where every policy is."
        )
    told += f" Were people right about all that was left to them, it would be {result.matrix.with_people}."
    if result.classifier is None:
        return f"{told} No classifier was trained: there are too few labelled rows of one side."
    told += (
        " The classifier is TF-IDF of words and letters with a logistic regression a policy, cross-validated "
        "over five folds. It has learned from labels of this data, which no written policy has seen."
    )
    if result.classifier.untrained:
        told += f" Too few rows to train it on: {', '.join(result.classifier.untrained)}."
    return told


def _line(name: str, one: Measured, *, people: bool = False) -> tuple[Cell, ...]:
    found = one.with_people if people else one.flagged
    return (name, *map(as_cell, (found.precision, found.recall, found.f1, found.false_flags)))
