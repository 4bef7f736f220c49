"""The gate's handling of one record: what it holds, what it refuses, what it puts before people."""

import pytest

from stream.core.case import Case, ReviewTask
from stream.core.content import Published, Reported
from stream.core.dead_letter import DeadLetter
from stream.core.murmur2 import partition_of
from stream.core.outcome import Outcome, Proposal, StaffDecision
from stream.core.terms import DecidedBy, Decision, Stage
from stream.core.verdict import CaseClosed, OutcomeDropped, Verdict
from stream.core.wire import encode
from tests.unit.processors.desk import PARTITIONS, Desk, Event


def post(content_id: str = "p1", version: int = 1, text: str = "good morning") -> Published:
    return Published(id=content_id, version=version, at=1, text=text)


def answer(case: Case, proposal: Proposal, by: DecidedBy = DecidedBy.MODEL) -> Outcome:
    return Outcome(
        id=case.id, case=case.case, version=case.version, proposal=proposal, decided_by=by, at=2, by="r1"
    )


def only(kind: type[Event], events: list[Event]) -> list[Event]:
    return [event for event in events if isinstance(event, kind)]


def case_in(events: list[Event]) -> Case:
    (case,) = [event for event in events if isinstance(event, Case)]
    return case


def test_a_new_post_is_held_and_handed_out_in_one_step() -> None:
    # Given a gate that knows nothing / When a post comes
    desk = Desk()
    verdict, case = desk.send(post())
    # Then it is hidden, with a stage and a due time, and triage gets the whole event
    assert isinstance(verdict, Verdict)
    assert (verdict.decision, verdict.stage, verdict.digest) == (
        Decision.HOLD,
        Stage.AUTOMATIC,
        post().digest,
    )
    assert verdict.due == desk.now + 600_000
    assert isinstance(case, Case)
    assert case.content == post()


def test_a_release_of_the_open_case_is_published_and_its_duplicate_is_dropped() -> None:
    # Given a held post
    desk = Desk()
    case = case_in(desk.send(post()))
    # When the model's outcome comes twice
    first = desk.send(answer(case, Proposal.RELEASE), "outcomes")
    second = desk.send(answer(case, Proposal.RELEASE), "outcomes")
    # Then one verdict follows, and the other outcome is audited as dropped
    assert [type(event) for event in first] == [Verdict, CaseClosed]
    assert [type(event) for event in second] == [OutcomeDropped]
    assert desk.counts.decisions == [("release", "model", 0.0)]


def test_an_unreadable_event_is_a_dead_letter_and_hides_its_content() -> None:
    # Given a released post
    desk = Desk()
    desk.send(answer(case_in(desk.send(post())), Proposal.RELEASE), "outcomes")
    # When bytes come under its key that no contract knows
    letter, verdict, task = desk.send_raw(b'{"type":"content.edited.v1","id":"p1"', b"p1")
    # Then they are kept, the content is hidden, and people are asked
    assert isinstance(letter, DeadLetter)
    assert letter.value == b'{"type":"content.edited.v1","id":"p1"'
    assert isinstance(verdict, Verdict)
    assert (verdict.decision, verdict.stage) == (Decision.HOLD, Stage.PEOPLE)
    assert isinstance(task, ReviewTask)


@pytest.mark.parametrize("key", [None, b"", b"\xff\xfe", b" spaces ", b"x" * 300])
def test_an_unreadable_event_without_a_valid_key_is_a_dead_letter_only(key: bytes | None) -> None:
    desk = Desk()
    events = desk.send_raw(b"\x00", key)
    assert [type(event) for event in events] == [DeadLetter]
    assert desk.states == {}


def test_a_key_that_is_not_the_id_is_a_dead_letter_and_changes_nothing() -> None:
    desk = Desk()
    events = desk.send_raw(encode(post("p1")), b"p2")
    assert [type(event) for event in events] == [DeadLetter]
    assert desk.states == {}
    assert desk.counts.refusals == ["misrouted"]


def test_a_record_in_a_foreign_partition_is_a_dead_letter_and_says_how_to_mend_it() -> None:
    desk = Desk()
    wrong = (partition_of(b"p1", PARTITIONS) + 1) % PARTITIONS
    (letter,) = desk.send_raw(encode(post("p1")), b"p1", partition=wrong)
    assert isinstance(letter, DeadLetter)
    assert "murmur2" in letter.detail
    assert desk.states == {}


def test_a_dead_letter_of_an_outcome_hides_nothing() -> None:
    # Given a released post / When an outcome for it does not parse
    desk = Desk()
    desk.send(answer(case_in(desk.send(post())), Proposal.RELEASE), "outcomes")
    events = desk.send_raw(b"{}", b"p1", "outcomes")
    # Then only its bytes are kept: a machine's noise must not hide what was judged
    assert [type(event) for event in events] == [DeadLetter]


def test_what_follows_from_too_large_an_event_is_hidden_and_from_too_large_an_outcome_nothing() -> None:
    # Given a released post
    desk = Desk()
    desk.send(answer(case_in(desk.send(post())), Proposal.RELEASE), "outcomes")
    # When what follows from an outcome, then from an event, fits no topic
    assert [type(event) for event in desk.overflow(b"p1", "outcomes")] == [DeadLetter]
    assert [type(event) for event in desk.overflow(b"p1", "content")] == [DeadLetter, Verdict, ReviewTask]


def test_a_missed_deadline_puts_the_case_before_people() -> None:
    desk = Desk()
    case = case_in(desk.send(post()))
    verdict, task = desk.wake("p1")
    assert isinstance(verdict, Verdict)
    assert verdict.stage is Stage.PEOPLE
    assert isinstance(task, ReviewTask)
    assert (task.case, task.why, task.overdue) == (case.case, "deadline", 0)


def test_what_settled_long_ago_is_forgotten() -> None:
    desk = Desk()
    desk.send(answer(case_in(desk.send(post())), Proposal.RELEASE), "outcomes")
    assert desk.wake("p1") == []
    assert desk.states == {}


def test_staff_take_down_a_live_post_and_restore_it() -> None:
    # Given a released post
    desk = Desk()
    desk.send(answer(case_in(desk.send(post())), Proposal.RELEASE), "outcomes")
    # When staff take it down, then restore it
    order = StaffDecision(id="p1", version=1, proposal=Proposal.REMOVE, by="ann", reason="court order", at=3)
    down = desk.send(order, "outcomes")
    back = desk.send(
        StaffDecision(id="p1", version=1, proposal=Proposal.RELEASE, by="bob", reason="reversed", at=4),
        "outcomes",
    )
    # Then each takes effect at once
    assert [event.decision for event in only(Verdict, down)] == [Decision.REMOVE]  # type: ignore[union-attr]
    assert [event.decision for event in only(Verdict, back)] == [Decision.RELEASE]  # type: ignore[union-attr]


def test_a_report_of_what_the_gate_forgot_goes_to_people_and_restores_nothing() -> None:
    # Given a gate that knows nothing of p1 (it may have been removed long ago)
    desk = Desk()
    (task,) = desk.send(
        Reported(id="p1", version=1, at=1, reporter="u1", reason="spam", digest=post().digest)
    )
    assert isinstance(task, ReviewTask)
    # When a reviewer finds nothing wrong
    no_action = Outcome(
        id="p1",
        case=task.case,
        version=1,
        proposal=Proposal.RELEASE,
        decided_by=DecidedBy.REVIEWER,
        by="r1",
        at=2,
    )
    events = desk.send(no_action, "outcomes")
    # Then the case closes without a verdict
    assert only(Verdict, events) == []
    assert len(only(CaseClosed, events)) == 1
