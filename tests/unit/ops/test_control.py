"""What a promotion would change, and what is said where nothing is paused."""

import pytest
from msgspec.structs import replace

from stream.core.control import PausedAction
from stream.core.control.state import ControlState
from stream.core.policy.policy_set import PolicySet
from stream.ops.control import NotPaused, changes, check_paused, state_of
from stream.ports import Record
from tests.unit.control.told import pause, written
from tests.unit.policies.sample import SHIPPED, policy_set


def told(before: PolicySet, after: PolicySet) -> list[str]:
    return [f"{how} {what}" for how, what in changes(before, after)]


def test_a_set_that_stays_the_same_changes_nothing() -> None:
    assert told(policy_set(), policy_set()) == []


def test_each_part_that_changes_is_named() -> None:
    before = policy_set()
    rude = replace(before.policies["rude"], version="1.1", digest="sha256:" + "0" * 64)
    after = replace(
        policy_set(lambda text: text.replace('"5m"', '"6m"').replace('autonomy = "remove"', "")),
        policies={"rude": rude, "calm": before.policies["loud"]},
        autonomy={"rude": before.autonomy["loud"], "calm": before.autonomy["loud"]},
    )
    assert told(before, after) == [
        "new policy calm",
        "gone policy loud",
        "changed policy rude: version 1.0 to 1.1",
        "changed autonomy under rude: remove to recommend",
        "changed terms",
    ]


def test_another_set_is_named() -> None:
    demo, default = SHIPPED.policy_set("demo"), SHIPPED.policy_set("default")
    assert "changed the set: demo to default" in told(demo, default)
    assert "changed autonomy under harassment: remove to recommend" in told(demo, default)


def test_only_the_very_scope_that_is_paused_can_be_resumed() -> None:
    state = ControlState(pauses=(pause(PausedAction.REMOVE, "spam"),))
    check_paused(pause(PausedAction.REMOVE, "spam", reason="of whatever reason"), state)
    with pytest.raises(NotPaused, match=r"^remove is not paused\. Paused: remove of policy spam$"):
        check_paused(pause(PausedAction.REMOVE), state)
    with pytest.raises(NotPaused, match="Paused: nothing"):
        check_paused(pause(), ControlState())


def test_what_processes_refuse_is_passed_over() -> None:
    good = written(pause())
    records = [
        Record("control", 0, 0, b"set", b"nonsense"),
        Record("control", 0, 1, good.key.encode(), good.value),
    ]
    assert state_of(records).pauses == (pause(),)
