"""Data files: rows one by one, and one clear error with file and line where one does not fit."""

import gzip
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stream.core.errors import Misconfigured, PolicyInvalid
from stream.ops.evaluation.labelled.draw import draw
from stream.ops.evaluation.labelled.labelling import labelling_by_name, parse_labelling, together
from stream.ops.evaluation.labelled.rows import Row, RowInvalid, read_rows
from stream.ops.evaluation.labelled.survey import check_labels, survey
from tests.unit.evaluation.labelled.world import LABELS, data_file, labelling, policy_set, row

GOOD = row(1, {"R": 1, "kind": "insult", "L": None})
SECRET = "words-of-a-post"


def test_rows_come_from_plain_and_packed_files_alike(tmp_path: Path) -> None:
    """Given the same rows plain and as gzip, when read, then they are equal and know their lines."""
    plain = data_file(tmp_path, [GOOD, "", row(2, {})])
    packed = tmp_path / "rows.jsonl.gz"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    assert list(read_rows(plain)) == list(read_rows(packed))
    assert [(one.id, one.line) for one in read_rows(plain)] == [("r1", 1), ("r2", 3)]


def drawn_of(file: Path, limit: int) -> list[str]:
    drawn = survey(file, limit).drawn
    return [one.text for one in read_rows(file) if drawn.takes(one)]


def test_a_limit_draws_rows_from_the_whole_file_the_same_ones_each_time(tmp_path: Path) -> None:
    """Given rows of two languages one after the other, when some are drawn, then both are, in order."""
    lines = [row(n, {"R": 1}, f"text {n}", "en" if n < 500 else "de") for n in range(1_000)]
    drawn = drawn_of(data_file(tmp_path, lines), 100)
    assert len(drawn) == 100
    assert 30 <= sum(int(text.removeprefix("text ")) < 500 for text in drawn) <= 70
    assert drawn == sorted(drawn, key=lambda text: int(text.removeprefix("text ")))
    assert drawn == drawn_of(data_file(tmp_path, lines), 100)
    # And a larger limit takes these and more, wherever they stand in the file
    assert set(drawn) < set(drawn_of(data_file(tmp_path, lines[::-1]), 200))


@given(st.lists(st.sampled_from("abc"), min_size=1, max_size=12), st.integers(1, 14))
def test_as_many_rows_are_drawn_as_there_are_and_are_wanted(texts: list[str], limit: int) -> None:
    """Given rows of which some are equal, when some are drawn, then so many are."""
    rows = [Row("id", text, {}, line=place) for place, text in enumerate(texts, 1)]
    drawn = draw(rows, limit)
    assert drawn.of == len(rows)
    assert sum(map(drawn.takes, rows)) == min(limit, len(rows))


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("{", "does not fit"),
        ('{"id": "a", "labels": {}}', "`text` is missing"),
        (json.dumps({"id": "a", "text": SECRET, "labels": {"R": 2}}), "labels"),
        (json.dumps({"id": "a", "text": SECRET, "labels": {"R": 0.5}}), "labels"),
        (json.dumps({"id": "a", "text": SECRET, "labels": {}, "lang": "English!"}), "BCP 47"),
        (json.dumps({"id": "a", "text": SECRET * 4_000, "labels": {}}), "at most"),
        (json.dumps({"id": "", "text": SECRET, "labels": {}}), "`id` is empty"),
        ('{"id": "a", "text": "' + "x" * (1 << 20) + '", "labels": {}}', "more than"),
    ],
)
def test_a_line_that_does_not_fit_is_named_and_its_text_is_not(tmp_path: Path, line: str, what: str) -> None:
    """Given a bad third line, when the file is surveyed, then the error says where, and no text."""
    file = data_file(tmp_path, [GOOD, GOOD, line, GOOD])
    with pytest.raises(RowInvalid, match=r"rows\.jsonl:3: ") as caught:
        survey(file)
    assert what in str(caught.value)
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize("spoil", [lambda data: data[:-20], lambda data: data[:40] + b"\0" * 9 + data[49:]])
def test_a_damaged_archive_is_an_error_of_its_own(tmp_path: Path, spoil: Callable[[bytes], bytes]) -> None:
    """Given a truncated or spoiled gzip file, when read, then the error says so."""
    file = tmp_path / "rows.jsonl.gz"
    lines = [row(number, {"R": 1}, text=f"text {number * 7919}") for number in range(2_000)]
    file.write_bytes(spoil(gzip.compress("\n".join(lines).encode())))
    with pytest.raises(RowInvalid):
        survey(file)


def test_no_rows_no_file_no_utf8(tmp_path: Path) -> None:
    """Given an empty file, none, or one in another encoding, when read, then one sentence says what to do."""
    empty = data_file(tmp_path, [])
    with pytest.raises(RowInvalid, match="no rows"):
        survey(empty)
    with pytest.raises(Misconfigured, match="cannot be read"):
        survey(tmp_path / "missing")
    with pytest.raises(Misconfigured, match="cannot be read"):
        survey(tmp_path)
    empty.write_bytes('{"id": "a", "text": "gr\xfc\xdfe", "labels": {}}'.encode("latin-1"))
    with pytest.raises(RowInvalid, match=":1: "):
        survey(empty)


def test_a_survey_counts_known_labels_and_takes_a_bounded_sample(tmp_path: Path) -> None:
    """Given rows with known, unknown and textual labels, when surveyed, then only 0 and 1 are counted."""
    file = data_file(tmp_path, [GOOD, row(2, {"R": 0, "L": 1}), row(3, {})])
    found = survey(file)
    assert (found.rows, found.labels, len(found.sample)) == (3, {"R": 2, "L": 1}, 3)
    check_labels(file, labelling(), found)


def test_labels_that_nobody_answers_are_refused(tmp_path: Path) -> None:
    """Given data with other labels, when checked, then the error lists what is there."""
    file = data_file(tmp_path, [row(1, {"spam": 1})])
    with pytest.raises(RowInvalid, match="labels are spam"):
        check_labels(file, labelling(), survey(file))


@pytest.mark.parametrize(
    ("values", "wanted"),
    [([1, 0], True), ([1, None], True), ([0, 0], False), ([0, None], None), ([], None), (["insult"], None)],
)
def test_an_unknown_label_is_never_read_as_safe(values: list[int | str | None], wanted: bool | None) -> None:
    """Given known and unknown labels, when taken together, then 1 wins and unknown is no 0."""
    assert together(values) is wanted


def test_a_pack_that_names_a_policy_its_set_lacks_is_refused_with_its_line() -> None:
    """Given a mapping to a policy that is not there, when read, then line and nearest name are told."""
    with pytest.raises(PolicyInvalid, match=r"labels.toml:4: .*`rudee`.*Did you mean `rude`"):
        parse_labelling(LABELS.replace('"rude"', '"rudee"'), "labels.toml", policy_set())


def test_without_a_pack_a_label_is_answered_by_the_policy_of_its_name() -> None:
    """Given data labelled by the names of policies, when read without labels.toml, then they are mapped."""
    found = labelling_by_name(policy_set(), ["loud", "violates", "other"])
    assert found is not None
    assert (found.labels, found.overall) == ({"loud": "loud"}, "violates")
    assert labelling_by_name(policy_set(), ["violates"]) is None
