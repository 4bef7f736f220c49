"""A change of an event type that breaks old records or other people's readers is seen before it is made."""

from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from stream.core.content import Published
from stream.core.verdict import Verdict
from stream.ops.schemas.__main__ import main
from stream.ops.schemas.baseline import RELEASED, broken, broken_against, load
from stream.ops.schemas.catalogue import EVENTS, read_outside, type_of
from stream.ops.schemas.compatibility import Reader, breaking_changes
from stream.ops.schemas.json_schema import json_schema

COMMITTED = Path(__file__).parents[3] / "schemas"

Schema = dict[str, Any]


def test_todays_event_types_break_nothing_that_was_released() -> None:
    assert load(COMMITTED / RELEASED)
    assert broken(COMMITTED) == []


@pytest.mark.parametrize("event", EVENTS, ids=type_of)
@pytest.mark.parametrize("reader", Reader)
def test_an_event_type_is_compatible_with_itself(event: type, reader: Reader) -> None:
    assert breaking_changes(json_schema(event), json_schema(event), reader) == []


def _without_field(schema: Schema) -> None:
    del schema["properties"]["surface"]


def _newly_required(schema: Schema) -> None:
    schema["required"].append("author")


def _new_required_field(schema: Schema) -> None:
    schema["properties"]["region"] = {"type": "string"}
    schema["required"].append("region")


def _tighter_bound(schema: Schema) -> None:
    schema["properties"]["text"]["maxLength"] = 100


def _first_bound(schema: Schema) -> None:
    schema["$defs"]["Signal"]["properties"]["value"]["anyOf"][1]["maximum"] = 1


def _tighter_inside_an_array(schema: Schema) -> None:
    schema["$defs"]["ThreadItem"]["properties"]["text"]["maxLength"] = 10


def _other_pattern(schema: Schema) -> None:
    schema["properties"]["id"]["pattern"] = "^[0-9]+$"


def _other_type(schema: Schema) -> None:
    schema["properties"]["at"] = {"type": "string"}


def _null_no_more(schema: Schema) -> None:
    schema["properties"]["author"] = {"type": "string", "minLength": 1, "maxLength": 128}


def _other_default(schema: Schema) -> None:
    schema["properties"]["surface"]["default"] = "feed"


def _other_tag(schema: Schema) -> None:
    schema["properties"]["type"]["enum"] = ["content.published.v2"]


@pytest.mark.parametrize(
    "change",
    [
        _without_field,
        _newly_required,
        _new_required_field,
        _tighter_bound,
        _first_bound,
        _tighter_inside_an_array,
        _other_pattern,
        _other_type,
        _null_no_more,
        _other_default,
        _other_tag,
    ],
)
def test_a_narrowing_breaks_what_apps_send(change: Callable[[Schema], None]) -> None:
    # Given the released form of what apps publish, and a change to it
    old = json_schema(Published)
    new = deepcopy(old)
    change(new)
    # Then that change, and it alone, is told
    assert len(breaking_changes(old, new, Reader.OURSELVES)) == 1


def _new_optional_field(schema: Schema) -> None:
    schema["properties"]["mood"] = {"type": "string", "default": ""}


def _wider_bound(schema: Schema) -> None:
    schema["properties"]["text"]["maxLength"] = 100_000


def _wider_number(schema: Schema) -> None:
    schema["properties"]["at"]["type"] = "number"


@pytest.mark.parametrize("change", [_new_optional_field, _wider_bound, _wider_number])
def test_a_widening_does_not_break_what_only_the_gate_reads(change: Callable[[Schema], None]) -> None:
    old = json_schema(Published)
    new = deepcopy(old)
    change(new)
    assert breaking_changes(old, new, Reader.OURSELVES) == []


def _unknown_decision(schema: Schema) -> None:
    schema["$defs"]["Decision"]["enum"].append("blurred")


def _longer_clauses(schema: Schema) -> None:
    schema["properties"]["clauses"]["items"]["maxLength"] = 500


def _time_as_text(schema: Schema) -> None:
    schema["properties"]["at"] = {"anyOf": [schema["properties"]["at"], {"type": "string"}]}


def _time_left_out(schema: Schema) -> None:
    schema["required"].remove("at")


@pytest.mark.parametrize("change", [_unknown_decision, _longer_clauses, _time_as_text, _time_left_out])
def test_a_widening_breaks_what_apps_read(change: Callable[[Schema], None]) -> None:
    # Given the released form of a verdict, and something that no released reader has heard of
    old = json_schema(Verdict)
    new = deepcopy(old)
    change(new)
    # Then it is told for readers outside, and would be none of their business otherwise
    assert len(breaking_changes(old, new, Reader.OTHERS)) == 1
    assert breaking_changes(old, new, Reader.OURSELVES) == []


def test_apps_readers_may_be_given_a_new_optional_field() -> None:
    old = json_schema(Verdict)
    new = deepcopy(old)
    _new_optional_field(new)
    assert breaking_changes(old, new, Reader.OTHERS) == []


def test_a_break_is_told_by_event_and_field() -> None:
    # Given a verdict that lost its digest
    released = {"verdict.v1": json_schema(Verdict)}
    current = deepcopy(released)
    del current["verdict.v1"]["properties"]["digest"]
    # Then the sentence names both
    assert broken_against(released, current) == ["verdict.v1: $.digest: the field is gone"]


def test_a_type_that_is_gone_breaks_its_old_records_and_a_new_one_breaks_nothing() -> None:
    old, new = {"content.published.v1": json_schema(Published)}, {"verdict.v1": json_schema(Verdict)}
    assert broken_against(old, {**old, **new}) == []
    assert [line.split(":")[0] for line in broken_against(old, new)] == ["content.published.v1"]


def test_what_apps_and_people_read_counts_as_read_outside() -> None:
    assert {"verdict.v1", "notice.v1", "review.task.v1", "audit.case-closed.v1"} <= read_outside()
    assert not {"content.published.v1", "case.routed.v1", "outcome.v1"} & read_outside()


def test_a_release_that_breaks_is_refused_and_leaves_the_baseline_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # Given a released verdict with a field that today's lacks
    assert main([str(tmp_path), "--release"]) == 0
    baseline = tmp_path / RELEASED / "verdict.v1.json"
    baseline.write_text(baseline.read_text().replace('"reason"', '"because"'))
    before = baseline.read_bytes()
    # When another release is tried
    status = main([str(tmp_path), "--release"])
    # Then it is refused by name, and nothing was overwritten
    assert status == 1
    assert "verdict.v1: $.because: the field is gone" in capsys.readouterr().err
    assert baseline.read_bytes() == before
