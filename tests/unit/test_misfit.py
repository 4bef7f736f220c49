"""What a decoder found wrong is said in words for people, and no word of a text is repeated."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Struct
from msgspec.json import Decoder

from stream.core.errors import PolicyInvalid
from stream.core.misfit import MISFITS, misfit
from stream.core.policy.golden import GoldenCase
from stream.core.toml_text import decode_toml
from stream.ops.calibration.lines import Line
from stream.ops.evaluation.labelled.rows import Row
from stream.ops.policies.pack.labelled import LabelledRow

MARKER = "heron under the bridge"
DECODERS = re.compile(r"Expected|Object |Invalid|malformed|truncated|codec|\$")
CASE = {"id": "one", "text": "x", "language": "en", "result": "safe"}
ROW = {"id": "one", "text": "x", "labels": {"hate": 1}}


def said(line: bytes, kind: type[Struct]) -> str:
    """What is wrong, and how to mend it; empty where the line fits."""
    try:
        Decoder(kind).decode(line)
    except MISFITS as error:
        return ": ".join(misfit(error, kind))
    return ""


@pytest.mark.parametrize(
    ("line", "kind", "words"),
    [
        (CASE | {"text": 7}, GoldenCase, "`text` is a whole number, and must be text: Write text"),
        ({"id": "one"}, GoldenCase, "`text` is missing: Add it"),
        (CASE | {"labl": 1}, GoldenCase, "there is no field `labl`: Valid here: `id`, `text`, `language`, "),
        (CASE | {MARKER: 1}, GoldenCase, "there is no field: Valid here: `id`"),
        (
            CASE | {"result": MARKER},
            GoldenCase,
            "`result` is none of the values that there are: Write `safe` or `violates` or `needs_context`",
        ),
        (
            CASE | {"language": MARKER},
            GoldenCase,
            "the form that it must have: Write it so: BCP 47 language tag",
        ),
        (CASE | {"near": ["a", 1]}, GoldenCase, "`near[1]` is a whole number, and must be text"),
        (CASE | {"text": "x" * 40_000}, GoldenCase, "more than it may: Give it at most 32,768 characters"),
        (ROW | {"id": ""}, Row, "`id` is empty: Fill it in"),
        (ROW | {"labels": {"a": 1.5}}, Row, "`labels[…]` is a number, and must be "),
        (
            ROW | {"labels": {"a": 2}},
            Row,
            "`labels[…]` is none of the values that there are: Write `0` or `1`",
        ),
        (ROW | {"labels": {"violates": 1}}, LabelledRow, "`policy` is missing in `labels`"),
        ([1], Row, "the line is a list, and must be an object"),
        ({"text": "x", "log_probability": 1.0}, Line, "`log_probability` must be at most 0"),
    ],
)
def test_each_fault_names_the_field_and_how_to_mend_it(line: object, kind: type[Struct], words: str) -> None:
    told = said(json.dumps(line).encode(), kind)
    assert words in told
    assert not DECODERS.search(told)
    assert "bridge" not in told


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (b"{", "no JSON: it ends too early: Write one object on the line"),
        (json.dumps(ROW).encode() + b" heron", "no JSON from byte 51 on: Write one object on the line"),
        (b'{"id": "\xff"}', "not UTF-8: Save the file as UTF-8"),
        (b'{"x":' + b"[" * 100_000, "nested too deep"),
    ],
    ids=["cut", "trailing", "bytes", "deep"],
)
def test_what_is_no_json_is_said_so(line: bytes, words: str) -> None:
    assert words in said(line, Row)


VALUES = st.recursive(
    st.sampled_from([None, True, 0, -3, 1.5, 10**30, "", MARKER]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "id", MARKER]), inner),
)


@given(st.sampled_from([GoldenCase, Row, Line, LabelledRow]), st.data())
def test_whatever_stands_in_a_line_none_of_its_words_is_said(kind: type[Struct], data: st.DataObject) -> None:
    names = st.sampled_from([*kind.__struct_fields__, "a", MARKER])
    line = json.dumps(data.draw(st.dictionaries(names, VALUES) | VALUES)).encode()
    cut = data.draw(st.integers(0, len(line)))
    for told in (said(line, kind), said(line[:cut], kind)):
        assert "heron" not in told
        assert not DECODERS.search(told)


@given(st.text("abc[]{}=\"'#.\\\n ,1:", max_size=60))
def test_whatever_is_no_toml_is_said_in_our_words(text: str) -> None:
    try:
        decode_toml(text, "a.toml", Free)
        told = "a.toml:1: no fault."
    except PolicyInvalid as error:
        told = str(error)
    assert re.fullmatch(r"a\.toml:\d+: .*\.", told, re.DOTALL)
    assert not DECODERS.search(told)


class Free(Struct):
    """Takes one key."""

    a: dict[str, int] = {}
