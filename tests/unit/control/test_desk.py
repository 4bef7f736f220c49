"""The desk keeps what `control` says: whole at first, then as it comes; what is broken changes nothing."""

import logging
from collections.abc import Iterator

import pytest

from stream.adapters.control import ControlDesk
from stream.adapters.memory import MemoryBroker, MemoryControlLog
from stream.adapters.policies import LivePolicySet, PolicySetInForce
from stream.core.control import PausedAction
from stream.core.control.state import ControlState
from stream.core.errors import Unavailable
from stream.core.policy.policy_set import PolicySet
from stream.ports import Outgoing
from tests.fleet.waiting import eventually
from tests.unit.control.told import Written, pause, promoted, rules, withdrawn, written
from tests.unit.policies.sample import SHIPPED

TOPIC = "control"
REMOVE = PausedAction.REMOVE


class Office:
    """A broker with `control`, and a desk that follows it."""

    def __init__(self) -> None:
        self.broker = MemoryBroker()
        self.broker.create_topic(TOPIC, 3)
        self.desk = ControlDesk(MemoryControlLog(self.broker, TOPIC), lambda: 1_000)
        self.policies = PolicySetInForce(LivePolicySet(SHIPPED, "default"))
        self.desk.listen(self.policies.heard)

    def tell(self, *records: Written) -> None:
        for record in records:
            self.broker.publish(record.to(TOPIC))

    def hears(self, count: int) -> None:
        eventually(lambda: self.desk.applied + self.desk.refused == count, what=f"{count} records heard")


@pytest.fixture
def office() -> Iterator[Office]:
    made = Office()
    yield made
    made.desk.close()


def test_everything_is_known_before_the_work_begins(office: Office) -> None:
    # Given a pause, a pause that is over, and two promotions
    office.tell(
        written(pause(reason="why")), written(pause(REMOVE, "spam")), withdrawn(pause(REMOVE, "spam"))
    )
    office.tell(written(promoted("default")), written(promoted("demo")))
    # When a process begins / Then it knows what counts, before anything else
    office.desk.begin()
    assert office.desk.state == ControlState(promoted("demo"), (pause(reason="why"),))
    assert office.policies.current() == SHIPPED.policy_set("demo")
    assert (office.desk.applied, office.desk.refused, office.desk.applied_at) == (5, 0, 1_000)


def test_what_comes_later_is_heard_and_taken_back(office: Office) -> None:
    # Given a process at work, under its folder's set
    heard: list[PolicySet] = []
    office.policies.listen(heard.append)
    office.desk.begin()
    before = office.policies.current()
    # When a set is promoted, removals are paused, and rules are published
    office.tell(written(promoted("demo")), written(pause()), written(rules()))
    office.hears(3)
    # Then they count
    assert office.policies.current().digest == promoted("demo").digest
    assert office.policies.source == "control"
    assert office.desk.paused(REMOVE, (), None) == "remove"
    assert office.desk.state.rules == (rules(),)
    # And once they are withdrawn, everything is as it was
    office.tell(withdrawn(promoted("demo")), withdrawn(pause()), withdrawn(rules()))
    office.hears(6)
    assert office.desk.state == ControlState()
    assert office.policies.current() == before
    assert [one.name for one in heard] == ["default", "demo", "default"]


BROKEN = {
    "its files are not those of its digest": promoted("demo", **{'title = "': 'title = "x'}),
    "its set is no TOML": promoted("demo", title="="),
}


@pytest.mark.parametrize("why", BROKEN)
def test_a_broken_promotion_leaves_the_set_before_it_in_force(
    office: Office, why: str, caplog: pytest.LogCaptureFixture
) -> None:
    # Given a promoted set
    office.tell(written(promoted("demo")))
    office.desk.begin()
    # When one is promoted that does not hold together
    with caplog.at_level(logging.ERROR):
        office.tell(written(BROKEN[why]))
        office.hears(2)
    # Then the one before stays, which is logged and told
    assert office.policies.current().digest == promoted("demo").digest
    assert (office.policies.promoted.refused, office.policies.promoted.stale) == (1, True)
    assert "promotion refused" in caplog.text
    assert "sets/demo.toml:" in caplog.text
    # And a sound one mends it
    office.tell(written(promoted("default")))
    office.hears(3)
    assert office.policies.current().digest == promoted("default").digest
    assert (office.policies.promoted.refused, office.policies.promoted.stale) == (1, False)


def test_a_process_that_finds_only_a_broken_promotion_works_under_its_folder(office: Office) -> None:
    office.tell(written(BROKEN["its set is no TOML"]))
    office.desk.begin()
    assert office.policies.source == "folder"
    assert office.policies.promoted.stale


def test_a_promotion_without_a_policys_text_is_refused(office: Office) -> None:
    whole = promoted("demo")
    office.tell(
        Written("set", written(whole).value.replace(b"harassment/policy.md", b"harassment/x.md"))  # type: ignore[union-attr]
    )
    office.desk.begin()
    assert office.policies.promoted.stale


def test_what_is_no_event_of_control_is_passed_over_counted_and_logged_without_its_words(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    # Given records of somebody who should not write here, before and after a process begins
    with caplog.at_level(logging.ERROR):
        office.broker.publish(Outgoing(TOPIC, b"set", b'{"what":"somebody wrote"}'))
        office.desk.begin()
        office.broker.publish(Outgoing(TOPIC, b"x", written(pause()).value))
        office.tell(written(pause()))
        office.hears(3)
    # Then the sound one counts, and the others are told by their place
    assert office.desk.paused(REMOVE, (), None)
    assert office.desk.refused == 2
    assert "somebody" not in caplog.text
    assert all(hasattr(record, "place") for record in caplog.records)


def test_an_edit_of_the_folder_waits_behind_a_promotion(office: Office) -> None:
    # Given a promotion / When the folder's set changes / Then it comes into force with the withdrawal only
    office.tell(written(promoted("demo")))
    office.desk.begin()
    office.policies.folder.refresh()
    assert not office.policies.refresh()
    assert office.policies.current().name == "demo"


def test_a_broker_that_does_not_answer_stops_the_start(office: Office) -> None:
    office.broker.fail("read", Unavailable("nobody there"))
    with pytest.raises(Unavailable):
        office.desk.begin()


def test_a_broker_that_goes_away_meanwhile_is_waited_for_and_nothing_is_left_out(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    office.desk.begin()
    with caplog.at_level(logging.WARNING):
        office.broker.fail("follow", Unavailable("it went away"))
        office.tell(written(pause()))
        office.hears(1)
        eventually(lambda: "cannot be read now" in caplog.text, what="a warning")
    office.tell(written(pause(REMOVE, "spam")))
    office.hears(2)


def test_a_listeners_bug_does_not_make_the_process_deaf(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    # Given somebody who is told and cannot bear it
    def fails(_: ControlState) -> None:
        raise ZeroDivisionError

    office.desk.begin()
    office.desk.listen(fails)
    # When a record comes, and another one
    office.tell(written(pause()))
    office.hears(1)
    office.tell(written(rules()))
    office.hears(2)
    # Then both count, and the bug is told by its kind
    assert office.desk.state == ControlState(None, (pause(),), (rules(),))
    eventually(lambda: "ZeroDivisionError" in caplog.text, what="a word in the log")
