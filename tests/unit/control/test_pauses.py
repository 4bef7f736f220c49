"""Which outcomes a pause meets, and what becomes of them at the gate."""

from collections.abc import Sequence
from typing import TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from stream.core.brake import Brakes
from stream.core.case import ReviewTask
from stream.core.content import Reported
from stream.core.control import Paused, PausedAction
from stream.core.control.pauses import recommended
from stream.core.control.state import ControlState
from stream.core.fields import MAX_NOTE
from stream.core.outcome import Outcome, Proposal, StaffDecision
from stream.core.step import Overdue, Terms
from stream.core.terms import DecidedBy, Decision, Effort, Label, LabelKind, Stage
from stream.core.verdict import CaseClosed, OutcomeDropped, Verdict
from tests.unit.control.told import pause
from tests.unit.event_strategies import events
from tests.unit.processors.desk import Desk
from tests.unit.processors.test_gate import answer, case_in, post

Kind = TypeVar("Kind")

REMOVE, RELEASE = PausedAction.REMOVE, PausedAction.RELEASE


def only(kind: type[Kind], told: Sequence[object]) -> list[Kind]:
    return [event for event in told if isinstance(event, kind)]


def paused(*pauses: Paused) -> ControlState:
    return ControlState(pauses=pauses)


@pytest.mark.parametrize(
    ("scope", "policies", "surface", "met"),
    [
        ((None, None), (), None, True),
        ((None, None), ("spam",), "comment", True),
        (("spam", None), ("hate", "spam"), None, True),
        (("spam", None), ("hate",), None, False),
        (("spam", None), (), None, False),
        ((None, "comment"), ("spam",), "comment", True),
        ((None, "comment"), ("spam",), "profile", False),
        ((None, "comment"), ("spam",), None, False),
        (("spam", "comment"), ("spam",), "comment", True),
        (("spam", "comment"), ("spam",), "profile", False),
        (("spam", "comment"), ("hate",), "comment", False),
    ],
)
def test_a_pause_meets_what_lies_in_its_scope(
    scope: tuple[str | None, str | None], policies: tuple[str, ...], surface: str | None, met: bool
) -> None:
    controls = paused(pause(REMOVE, *scope, reason="why"))
    assert bool(controls.paused(REMOVE, policies, surface)) == met
    assert controls.paused(RELEASE, policies, surface) == ""


def restrained_desk(*pauses: Paused) -> Desk:
    return Desk(controls=paused(*pauses))


def test_a_paused_removal_goes_to_people_with_its_recommendation() -> None:
    # Given a held post, while removals are paused
    desk = restrained_desk(pause(REMOVE, reason="ticket 7"))
    case = case_in(desk.send(post()))
    # When the model would remove it
    outcome = replace(answer(case, Proposal.REMOVE), reason="spam: SP1.a severity 3", clauses=("spam/sp1.a",))
    events_out = desk.send(outcome, "outcomes")
    # Then it stays hidden, and people get the recommendation with both reasons
    (verdict,), (task,) = only(Verdict, events_out), only(ReviewTask, events_out)
    assert (verdict.decision, verdict.stage) == (Decision.HOLD, Stage.PEOPLE)
    assert task.recommendation is Decision.REMOVE
    assert task.why == "paused: remove: ticket 7; spam: SP1.a severity 3"
    assert task.clauses == ("spam/sp1.a",)


def test_only_what_is_paused_waits() -> None:
    # Given that removals of one policy are paused
    desk = restrained_desk(pause(REMOVE, "hate"))
    for name, clause, decision in (
        ("p1", "hate/ha1.a", Decision.HOLD),
        ("p2", "spam/sp1.a", Decision.REMOVE),
    ):
        case = case_in(desk.send(post(name)))
        # When a post breaks it, or another one, after both were asked
        outcome = replace(
            answer(case, Proposal.REMOVE), clauses=(clause,), policies=("hate", "spam"), surface="comment"
        )
        # Then only the first waits for people
        assert only(Verdict, desk.send(outcome, "outcomes"))[0].decision is decision
    # And releases go on
    case = case_in(desk.send(post("p3")))
    (verdict, _) = desk.send(replace(answer(case, Proposal.RELEASE), policies=("hate",)), "outcomes")
    assert isinstance(verdict, Verdict)
    assert verdict.decision is Decision.RELEASE


def test_a_release_is_paused_where_one_of_its_policies_is() -> None:
    desk = restrained_desk(pause(RELEASE, "hate", "comment"))
    label = Label(kind=LabelKind.AGE_GATE, clause="spam/sp1.a")
    case = case_in(desk.send(post()))
    outcome = replace(
        answer(case, Proposal.RELEASE), policies=("hate", "spam"), surface="comment", labels=(label,)
    )
    (task,) = only(ReviewTask, desk.send(outcome, "outcomes"))
    assert task.recommendation is Decision.RELEASE


@pytest.mark.parametrize("by", [DecidedBy.REVIEWER, DecidedBy.STAFF])
def test_people_decide_whatever_is_paused(by: DecidedBy) -> None:
    desk = restrained_desk(pause(REMOVE), pause(RELEASE))
    case = case_in(desk.send(post()))
    (verdict, *_) = desk.send(answer(case, Proposal.REMOVE, by), "outcomes")
    assert isinstance(verdict, Verdict)
    assert verdict.decision is Decision.REMOVE
    order = StaffDecision(
        id="p1", version=1, proposal=Proposal.RELEASE, by="s1", reason="x", at=3, digest=post().digest
    )
    (verdict, *_) = desk.send(order, "outcomes")
    assert isinstance(verdict, Verdict)
    assert verdict.decision is Decision.RELEASE


@pytest.mark.parametrize("by", [DecidedBy.RULE, DecidedBy.CACHE, DecidedBy.CLASSIFIER, DecidedBy.MODEL])
def test_every_kind_of_machine_is_paused(by: DecidedBy) -> None:
    desk = restrained_desk(pause(RELEASE))
    case = case_in(desk.send(post()))
    assert only(ReviewTask, desk.send(answer(case, Proposal.RELEASE, by), "outcomes"))


def test_an_outcome_that_would_be_dropped_is_dropped_all_the_same() -> None:
    # Given a case whose effort a report has raised, and one that is closed, while removals are paused
    desk = restrained_desk(pause(REMOVE))
    case = case_in(desk.send(post()))
    desk.send(Reported(id="p1", version=1, at=2, reporter="r", reason="spam"))
    # When the answer of too little effort comes late
    light = desk.send(replace(answer(case, Proposal.REMOVE), effort=Effort.LOW), "outcomes")
    # Then it bothers nobody
    assert [(type(event), event.reason) for event in light if isinstance(event, OutcomeDropped)] == [
        (OutcomeDropped, "effort")
    ]
    # And nor does one of a case that nobody knows
    (gone,) = desk.send(replace(answer(case, Proposal.REMOVE), case="c0-999"), "outcomes")
    assert isinstance(gone, OutcomeDropped)
    assert gone.reason == "closed"


def test_once_a_pause_is_lifted_machines_decide_again() -> None:
    # Given a gate whose desk is told of a pause, and then that it is over
    desk = restrained_desk(pause(REMOVE))
    first = case_in(desk.send(post("p1")))
    assert only(ReviewTask, desk.send(answer(first, Proposal.REMOVE), "outcomes"))
    desk.tell(paused())
    # When the next removal comes / Then it is one; what people were asked stays theirs
    second = case_in(desk.send(post("p2")))
    assert only(CaseClosed, desk.send(answer(second, Proposal.REMOVE), "outcomes"))
    late = only(OutcomeDropped, desk.send(answer(first, Proposal.REMOVE), "outcomes"))
    assert [event.reason for event in late] == ["with_people"]


@given(events(Outcome), st.text(max_size=2 * MAX_NOTE))
def test_a_recommendation_keeps_everything_but_the_proposal_and_fits_the_contract(
    outcome: Outcome, why: str
) -> None:
    if outcome.proposal is Proposal.REVIEW:
        return
    asked = recommended(outcome, why)
    assert asked.reason.startswith("paused: ")
    assert len(asked.reason) <= MAX_NOTE
    back = replace(
        asked, proposal=outcome.proposal, recommendation=outcome.recommendation, reason=outcome.reason
    )
    assert back == outcome


def overdue_under(scope: tuple[str | None, str | None], action: PausedAction = REMOVE) -> list[str]:
    """What is decided about a post whose people are late, under a set that lets time remove, and a pause."""
    desk = Desk(Terms(overdue=Overdue.REMOVE))
    desk.send(recommending(case_in(desk.send(post())).case, 1), "outcomes")
    desk.tell(paused(pause(action, *scope)))
    return [verdict.decision.value for verdict in only(Verdict, desk.wake("p1"))]


def recommending(case: str, version: int) -> Outcome:
    asking = Outcome(
        id="p1", case=case, version=version, proposal=Proposal.REVIEW, decided_by=DecidedBy.MODEL, at=1
    )
    return replace(asking, recommendation=Decision.REMOVE, removable=True)


def test_time_does_not_do_what_is_paused_anywhere_for_it_does_not_know_the_policy_any_more() -> None:
    assert overdue_under((None, None)) == ["hold"]
    assert overdue_under(("spam", None)) == ["hold"]
    assert overdue_under((None, "comment")) == ["hold"]


def test_a_pause_of_releases_does_not_stop_time_from_removing() -> None:
    assert overdue_under((None, None), RELEASE) == ["remove"]


def test_what_a_pause_kept_a_machine_from_removing_time_does_not_remove_either() -> None:
    # Given a removal that a pause, of whatever scope, made a question to people
    desk = Desk(Terms(overdue=Overdue.REMOVE), controls=paused(pause(REMOVE, "spam")))
    removal = replace(answer(case_in(desk.send(post())), Proposal.REMOVE), clauses=("spam/sp1.a",))
    (_hold, task) = desk.send(removal, "outcomes")
    assert isinstance(task, ReviewTask)
    # When the pause has ended, and people are late / Then it is still theirs
    desk.tell(paused())
    assert [verdict.decision for verdict in only(Verdict, desk.wake("p1"))] == [Decision.HOLD]


def test_nor_what_the_brake_did() -> None:
    desk = Desk(Terms(overdue=Overdue.REMOVE, brakes=Brakes(removals_an_hour=0)))
    (_hold, task) = desk.send(answer(case_in(desk.send(post())), Proposal.REMOVE), "outcomes")
    assert isinstance(task, ReviewTask)
    assert [verdict.decision for verdict in only(Verdict, desk.wake("p1"))] == [Decision.HOLD]


def test_what_time_decided_is_counted_by_who_decided() -> None:
    desk = Desk(Terms(overdue=Overdue.REMOVE))
    desk.send(recommending(case_in(desk.send(post())).case, 1), "outcomes")
    desk.wake("p1")
    assert [(decision, by) for decision, by, _seconds in desk.counts.decisions] == [("remove", "timeout")]
