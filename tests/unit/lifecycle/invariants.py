"""What must hold at every step, whatever came before. Each is a function that raises AssertionError."""

from collections.abc import Callable

from stream.core.case import Case, ReviewClosed, ReviewTask
from stream.core.content import Appealed, Edited, Published, Reported
from stream.core.emission import digest_text
from stream.core.lifecycle import step
from stream.core.outcome import CaseRequested, Outcome, Proposal, StaffDecision
from stream.core.state import (
    MAX_DECIDERS,
    MAX_OLDER,
    MAX_REPORTERS,
    ContentState,
    OpenCase,
    decode_state,
    encode_state,
    head_of,
    wake_of,
)
from stream.core.step import Overdue, Tick, Unreadable
from stream.core.terms import DecidedBy, Decision, Effect, Effort, Origin, Stage
from stream.core.verdict import CaseClosed, Closing, Notice, OutcomeDropped
from tests.unit.lifecycle.alphabet import TERMS
from tests.unit.lifecycle.world import Change, visible

Invariant = Callable[[Change], None]

_MOVED = "restricted"
"""Why a task ends that goes on before few people."""


def hold_is_exactly_while_the_open_case_hides(change: Change) -> None:
    state = change.step.state
    if state is not None:
        hides = state.case is not None and state.case.effect is Effect.HIDE
        assert (state.decision is Decision.HOLD) == hides


def readers_show_exactly_what_the_reference_allows(change: Change) -> None:
    shown, allowed = visible(change.after.heard), change.after.fold.visible
    assert shown == allowed, f"shown {shown}, allowed {allowed}"


def a_question_is_open_exactly_while_the_reference_asks_one(change: Change) -> None:
    state = change.step.state
    assert (state is not None and state.case is not None) == (change.after.fold.question is not None)


def a_new_version_is_held_before_anything_else(change: Change) -> None:
    event, before, after = change.event, change.before.state, change.step.state
    if not isinstance(event, Published | Edited) or after is before:
        return
    first = change.step.outputs[0]
    assert change.verdicts == (first,)
    held = change.verdicts[0]
    assert (held.decision, held.version, held.digest) == (Decision.HOLD, event.version, event.digest)
    assert visible(change.after.heard) is None


def only_a_decision_about_the_newest_version_shows_anything(change: Change) -> None:
    shown = visible(change.after.heard)
    if shown is None or shown == visible(change.before.heard):
        return
    if not _by_time(change):
        assert isinstance(change.event, Outcome | StaffDecision)
        assert change.event.proposal is Proposal.RELEASE
        assert change.event.version == shown[0]
    state = change.step.state
    assert state is not None
    assert (state.version, digest_text(state.digest)) == shown


def questions_and_the_clock_change_nothing_visible(change: Change) -> None:
    event = change.event
    if isinstance(event, Reported | Appealed | Tick) and not _by_time(change):
        assert visible(change.after.heard) == visible(change.before.heard)
        assert isinstance(event, Tick) or not change.verdicts
        assert all(verdict.decision is Decision.HOLD for verdict in change.verdicts)


def a_repeat_changes_nothing(change: Change) -> None:
    before, event = change.before.state, change.event
    if before is None or not isinstance(event, Published | Edited) or not before.is_known:
        return
    if (event.version, event.digest) == (before.version, digest_text(before.digest)):
        assert change.step.state is before
        assert not change.step.outputs


def every_case_closes_once_or_stays_open(change: Change) -> None:
    before, after = _cases(change.before.state), _cases(change.step.state)
    closings = [output for output in change.step.outputs if type(output) is CaseClosed]
    closed = {closing.case for closing in closings}
    assert len(closings) == len(closed)
    opened = {change.arrival.opens} & (after.keys() | closed)
    assert after.keys() == (before.keys() | opened) - closed
    for closing in closings:
        version = before[closing.case][1] if closing.case in before else None
        assert version in (closing.version, None, 0)


def a_closing_says_whether_a_verdict_followed(change: Change) -> None:
    decisions = (Decision.RELEASE, Decision.REMOVE)
    published = {
        verdict.case: verdict.decision for verdict in change.verdicts if verdict.decision in decisions
    }
    closings = [output for output in change.step.outputs if type(output) is CaseClosed]
    assert {one.case: one.decision for one in closings if one.published} == published
    assert all((one.closing is Closing.DECIDED) == (one.decision is not None) for one in closings)


def verdicts_speak_of_the_newest_version_only(change: Change) -> None:
    before, state = change.before.state, change.step.state
    for verdict in change.verdicts:
        assert state is not None
        assert (verdict.version, verdict.digest) == (state.version, digest_text(state.digest))
        if before is not None and before.is_known:
            assert verdict.version >= before.version
    if before is not None and before.decision is Decision.DELETED and change.verdicts:
        assert change.verdicts[0].decision is Decision.DELETED or change.verdicts[0].version > before.version


def the_last_verdict_says_what_the_state_says(change: Change) -> None:
    state, heard = change.step.state, change.after.heard
    if state is None or state.decision is Decision.UNKNOWN:
        return
    assert heard is not None
    assert heard == (state.decision, state.version, digest_text(state.digest))


def apps_know_whom_a_hold_waits_for_and_until_when(change: Change) -> None:
    before, state = change.before.state, change.step.state
    if state is None or state.case is None or state.case.effect is not Effect.HIDE:
        return
    now = (state.case.id, state.case.stage, state.case.due)
    then = None
    if before is not None and before.case is not None and before.case.effect is Effect.HIDE:
        then = (before.case.id, before.case.stage, before.case.due)
    said = [(verdict.case, verdict.stage, verdict.due) for verdict in change.verdicts]
    assert said == [now] if said else now == then


def people_see_every_case_that_waits_for_them(change: Change) -> None:
    before, after = _cases(change.before.state), _cases(change.step.state)
    tasks = {output.case: output for output in change.step.outputs if type(output) is ReviewTask}
    for task in tasks.values():
        assert task.case in after, "a task for a case that is not open"
        case, version = after[task.case]
        assert case.stage is Stage.PEOPLE
        assert (task.due, task.effect, task.version) == (case.due, case.effect, version)
    for name, (case, _version) in after.items():
        if case.stage is not Stage.PEOPLE or name in tasks:
            continue
        assert name in before, "a case that no task speaks of"
        was = before[name][0]
        assert (was.stage, was.due, was.effect) == (Stage.PEOPLE, case.due, case.effect)
    gone = {name for name, (case, _) in before.items() if name not in after and case.stage is Stage.PEOPLE}
    closed = {one.case for one in change.step.outputs if type(one) is ReviewClosed and one.reason != _MOVED}
    assert gone == closed


def machines_get_every_case_that_waits_for_them(change: Change) -> None:
    before, after = _cases(change.before.state), _cases(change.step.state)
    work = {output.case: output for output in change.step.outputs if type(output) is Case}
    for name, (case, version) in after.items():
        was = before.get(name)
        if case.stage is not Stage.AUTOMATIC or (was is not None and was[0].effort is case.effort):
            continue
        assert name in work, "nobody was given the case"
        handed = work[name]
        assert (handed.version, handed.effort, handed.due) == (version, case.effort, case.due)
        assert handed.content is change.event or handed.source is not None


def machines_never_answer_for_people(change: Change) -> None:
    event, state = change.event, change.before.state
    if not isinstance(event, Outcome) or event.decided_by.is_person:
        return
    closings = [output for output in change.step.outputs if type(output) is CaseClosed]
    for closing in closings:
        case, _version = _cases(state)[closing.case]
        assert not case.person_final
        assert (event.effort or Effort.LOW).rank >= case.effort.rank
    if state is not None and state.deciders:
        assert visible(change.after.heard) == visible(change.before.heard)
        assert all(verdict.decision is Decision.HOLD for verdict in change.verdicts)


def an_appeal_is_ended_by_a_person_who_is_new_to_it(change: Change) -> None:
    state = change.before.state
    if state is None:
        return
    for output in change.step.outputs:
        if type(output) is not CaseClosed or output.closing is not Closing.DECIDED:
            continue
        case = state.case
        if case is not None and case.id == output.case and case.origin is Origin.APPEAL:
            assert output.decided_by is not None
            assert output.decided_by.is_person
            assert output.by is not None
            assert output.by not in state.deciders


def time_decides_only_what_a_set_lets_it(change: Change) -> None:
    before, terms = change.before.state, change.terms
    for closing in _by_time(change):
        assert isinstance(change.event, Tick)
        assert before is not None
        case, _version = _cases(before)[closing.case]
        assert before.case is case
        assert (case.stage, case.effect) == (Stage.PEOPLE, Effect.HIDE)
        assert case.origin in (Origin.PUBLISH, Origin.EDIT)
        assert case.due <= change.arrival.now
        assert not any((case.urgent, before.restricted, before.reports, before.deciders))
        assert (closing.decision, closing.policy_set) == (Decision(terms.overdue.value), terms.policy_set)
        assert case.removable if closing.decision is Decision.REMOVE else not case.person_final
        assert closing.decision is Decision.REMOVE or not terms.restricted
        told = [one.texts for one in change.step.outputs if isinstance(one, Notice)]
        assert told or closing.decision is Decision.RELEASE
        assert all(texts == terms.overdue_notices for texts in told)
    if isinstance(change.event, Tick) and terms.overdue is Overdue.HOLD:
        assert not _by_time(change)


def what_is_unreadable_is_hidden_and_with_people(change: Change) -> None:
    if isinstance(change.event, Unreadable):
        state = change.step.state
        assert state is not None
        assert visible(change.after.heard) is None
        if state.decision is not Decision.DELETED:
            assert state.case is not None
            assert state.case.person_final
            assert state.case.stage is Stage.PEOPLE


def only_what_is_settled_is_forgotten(change: Change) -> None:
    if change.step.state is None and change.before.state is not None:
        assert isinstance(change.event, Tick)
        assert not _cases(change.before.state)


def the_state_survives_its_bytes_and_wakes_in_time(change: Change) -> None:
    state = change.step.state
    if state is None:
        return
    data = encode_state(state, TERMS.retention)
    assert decode_state(data) == state
    assert head_of(data)[0] == wake_of(state, TERMS.retention)
    assert head_of(data)[0] > change.arrival.now or not isinstance(change.event, Tick)
    assert wake_of(state, TERMS.retention) <= min(
        (case.due for case, _version in _cases(state).values()), default=1 << 60
    )
    early = change.arrival._replace(now=head_of(data)[0] - 1)
    assert step(state, Tick(), early, TERMS) == (state, (), "later")


def the_state_stays_small(change: Change) -> None:
    state = change.step.state
    if state is not None:
        assert len(state.older) <= MAX_OLDER
        assert len(state.deciders) <= MAX_DECIDERS
        assert len(state.reporters) <= 4 * MAX_REPORTERS


def nothing_changed_is_the_same_object(change: Change) -> None:
    before, after = change.before.state, change.step.state
    rewritten = change.step.note == "later"
    assert change.step.outputs or rewritten or after is before or after != before


def what_is_restricted_stays_with_few(change: Change) -> None:
    before, after, event = change.before.state, change.step.state, change.event
    late = isinstance(event, Outcome) and event.restricted
    if before is None or not (before.restricted or late):
        assert after is None or not after.restricted
        return
    assert after is None or after.restricted
    outputs = change.step.outputs
    assert all(one.restricted and not one.reason for one in change.verdicts)
    assert all(one.restricted for one in outputs if isinstance(one, ReviewTask | CaseClosed))
    seen_by_all = set() if before.restricted else _with_people(before)
    taken_back = {one.case for one in outputs if isinstance(one, ReviewClosed) and not one.restricted}
    put_again = {one.case for one in outputs if isinstance(one, ReviewTask)}
    assert taken_back == seen_by_all
    assert seen_by_all & _with_people(after) <= put_again


def danger_stays_with_people_and_hastens_them(change: Change) -> None:
    before, after = _cases(change.before.state), _cases(change.step.state)
    for case, _version in after.values():
        assert not case.urgent or (case.stage is Stage.PEOPLE and case.person_final)
        assert not case.urgent or case.due <= change.arrival.now + TERMS.urgent
    was = {name for name, (case, _version) in before.items() if case.urgent}
    still = {name for name, (case, _version) in after.items() if case.urgent}
    assert was & after.keys() <= still
    ended = {one.case for one in change.step.outputs if isinstance(one, CaseClosed)}
    for name in was & ended:
        decided = isinstance(change.event, StaffDecision) or (
            isinstance(change.event, Outcome) and change.event.decided_by.is_person
        )
        crowded = sum(case.urgent for case, _version in after.values()) >= MAX_OLDER
        assert decided or crowded, f"{name} ended though nobody looked"
    event = change.event
    if isinstance(event, Outcome) and event.urgent and event.case in before:
        answered = event.version != before[event.case][1]
        assert answered or event.case in still


def a_request_hides_or_shows_as_it_says(change: Change) -> None:
    event, state = change.event, change.step.state
    if not isinstance(event, CaseRequested):
        return
    dropped = [one for one in change.step.outputs if isinstance(one, OutcomeDropped)]
    if dropped:
        assert change.step.outputs == tuple(dropped)
        assert state is change.before.state
        return
    assert state is not None
    assert state.case is not None
    assert state.case.effort.rank >= event.effort.rank
    assert (event.version, event.digest) == (state.version, digest_text(state.digest))
    hides = event.effect is Effect.HIDE
    assert visible(change.after.heard) == (None if hides else visible(change.before.heard))


def _by_time(change: Change) -> list[CaseClosed]:
    """The closings that nobody but the clock made."""
    closings = (one for one in change.step.outputs if isinstance(one, CaseClosed))
    return [one for one in closings if one.decided_by is DecidedBy.TIMEOUT]


def _with_people(state: ContentState | None) -> set[str]:
    return {name for name, (case, _version) in _cases(state).items() if case.stage is Stage.PEOPLE}


def _cases(state: ContentState | None) -> dict[str, tuple[OpenCase, int]]:
    """Every open case by id, with its version."""
    if state is None:
        return {}
    cases = {older.case.id: (older.case, older.version) for older in state.older}
    if state.case is not None:
        cases[state.case.id] = (state.case, state.version)
    assert len(cases) == len(state.older) + (state.case is not None)
    return cases


INVARIANTS: tuple[Invariant, ...] = (
    hold_is_exactly_while_the_open_case_hides,
    a_new_version_is_held_before_anything_else,
    only_a_decision_about_the_newest_version_shows_anything,
    questions_and_the_clock_change_nothing_visible,
    a_repeat_changes_nothing,
    every_case_closes_once_or_stays_open,
    a_closing_says_whether_a_verdict_followed,
    verdicts_speak_of_the_newest_version_only,
    the_last_verdict_says_what_the_state_says,
    apps_know_whom_a_hold_waits_for_and_until_when,
    people_see_every_case_that_waits_for_them,
    machines_get_every_case_that_waits_for_them,
    machines_never_answer_for_people,
    an_appeal_is_ended_by_a_person_who_is_new_to_it,
    time_decides_only_what_a_set_lets_it,
    what_is_unreadable_is_hidden_and_with_people,
    only_what_is_settled_is_forgotten,
    the_state_survives_its_bytes_and_wakes_in_time,
    the_state_stays_small,
    nothing_changed_is_the_same_object,
    readers_show_exactly_what_the_reference_allows,
    a_question_is_open_exactly_while_the_reference_asks_one,
    what_is_restricted_stays_with_few,
    danger_stays_with_people_and_hastens_them,
    a_request_hides_or_shows_as_it_says,
)
