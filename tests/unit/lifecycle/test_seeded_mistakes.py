"""Each invariant can fail: a mistake is put into the lifecycle, and a short walk must meet it."""

from collections.abc import Callable

import pytest
from msgspec.structs import replace

from stream.core import (
    appeals,
    authority,
    closing,
    lapse,
    lifecycle,
    publication,
    restriction,
    state,
    succession,
)
from stream.core.content import Appealed, Deleted, Published, Reported
from stream.core.lifecycle import Event
from stream.core.outcome import CaseRequested, Outcome, Proposal, StaffDecision
from stream.core.reader import Reader
from stream.core.staff import staff_decided
from stream.core.state import ContentState, OlderCase, OpenCase
from stream.core.step import Arrival, Output, Step, Terms, Tick, Unreadable
from stream.core.terms import Decision, Effect, Origin, Stage
from stream.core.verdict import CaseClosed, Verdict
from tests.unit.lifecycle import invariants as must
from tests.unit.lifecycle.alphabet import ID, LANES, NOW, ordered
from tests.unit.lifecycle.exploration import Violation, walk
from tests.unit.lifecycle.invariants import Invariant

Patch = pytest.MonkeyPatch


def spoil(patch: Patch, kind: type, change: Callable[[Step], Step]) -> None:
    """Let every step that this kind of event makes come out changed."""
    real = lifecycle._HANDLERS[kind]

    def spoilt(state: ContentState | None, event: Event, arrival: Arrival, terms: Terms) -> Step:
        return change(real(state, event, arrival, terms))

    patch.setitem(lifecycle._HANDLERS, kind, spoilt)


def late_answers_count(patch: Patch) -> None:
    patch.setattr(closing, "_subject_of", lambda state, _case: state if state.case else None)


def an_older_case_publishes(patch: Patch) -> None:
    def published(state: ContentState, older: OlderCase, outcome: Outcome, arrival: Arrival) -> Step:
        return closing.close(replace(state, older=()), older.case, outcome, arrival)

    patch.setattr(closing, "_close_for_the_record", published)


def a_report_hides(patch: Patch) -> None:
    def hiding(step: Step) -> Step:
        if step.state is None or step.state.case is None:
            return step
        return step._replace(state=replace(step.state, case=replace(step.state.case, effect=Effect.HIDE)))

    spoil(patch, Reported, hiding)


def a_report_takes_down(patch: Patch) -> None:
    def removing(step: Step) -> Step:
        gone = Verdict(id=ID, version=1, decision=Decision.REMOVE, at=NOW)
        return step._replace(outputs=(*step.outputs, gone))

    spoil(patch, Reported, removing)


def an_edit_drops_the_open_case(patch: Patch) -> None:
    patch.setattr(publication, "supersede", lambda _state, _arrival: ((), ()))


def a_repeat_is_judged_again(patch: Patch) -> None:
    patch.setattr(publication, "_nothing_new", lambda _state, _event, _digest: "")


def a_light_answer_counts(patch: Patch) -> None:
    patch.setattr(authority, "_refusal_of_machine", lambda _case, _outcome: "")


def anybody_ends_an_appeal(patch: Patch) -> None:
    patch.setattr(authority, "_refusal_of_person", lambda _subject, _case, _outcome: "")


def an_overdue_case_is_told_to_nobody(patch: Patch) -> None:
    spoil(patch, Tick, lambda step: step._replace(outputs=()))


def an_overdue_hold_is_not_told_to_apps(patch: Patch) -> None:
    def silent(step: Step) -> Step:
        return step._replace(outputs=tuple(one for one in step.outputs if type(one) is not Verdict))

    spoil(patch, Tick, silent)


def a_deletion_leaves_its_case_open(patch: Patch) -> None:
    patch.setattr(publication, "closing_of", lambda *_given: ())


def what_is_unreadable_is_skipped(patch: Patch) -> None:
    patch.setitem(lifecycle._HANDLERS, Unreadable, lambda state, *_given: Step(state))


def open_cases_are_forgotten(patch: Patch) -> None:
    patch.setitem(lifecycle._HANDLERS, Tick, lambda *_given: Step(None))


def the_gate_oversleeps(patch: Patch) -> None:
    patch.setattr(state, "wake_of", lambda _state, _retention: 1 << 60)


def time_answers_whatever_waits(patch: Patch) -> None:
    patch.setattr(lapse, "_is_plain", lambda _state, case: case.stage is Stage.PEOPLE)


def time_releases_what_a_machine_doubts(patch: Patch) -> None:
    patch.setattr(lapse, "_may", lambda *_given: True)


def work_comes_before_the_hold(patch: Patch) -> None:
    spoil(patch, Published, lambda step: step._replace(outputs=step.outputs[::-1]))


def no_action_on_a_forgotten_post_restores_it(patch: Patch) -> None:
    patch.setattr(closing, "is_published", lambda _subject, _outcome: True)


def a_verdict_names_another_version(patch: Patch) -> None:
    def renamed(step: Step) -> Step:
        return step._replace(
            outputs=tuple(
                replace(one, version=3) if isinstance(one, Verdict) else one for one in step.outputs
            )
        )

    spoil(patch, StaffDecision, renamed)


def a_closing_denies_its_verdict(patch: Patch) -> None:
    def denied(step: Step) -> Step:
        return step._replace(
            outputs=tuple(
                replace(one, published=False) if isinstance(one, CaseClosed) else one for one in step.outputs
            )
        )

    spoil(patch, Outcome, denied)


def a_joining_report_asks_nobody(patch: Patch) -> None:
    spoil(patch, Reported, lambda step: step._replace(outputs=()))


def an_upheld_appeal_is_never_final(patch: Patch) -> None:
    patch.setattr(appeals, "_nothing_to_appeal", lambda _state, _event: "")


def a_settled_state_is_written_again(patch: Patch) -> None:
    def copied(step: Step) -> Step:
        return step if step.state is None else step._replace(state=replace(step.state))

    spoil(patch, Deleted, copied)


def an_appeal_forgets_what_it_is(patch: Patch) -> None:
    patch.setattr(appeals, "_origin", lambda _state, _event: Origin.REPORT)


def an_appeal_shows_at_once(patch: Patch) -> None:
    def released(state: ContentState | None, event: Appealed, arrival: Arrival, terms: Terms) -> Step:
        order = ordered(event.version, Proposal.RELEASE, "nobody", digest=event.digest)
        return staff_decided(state, order, arrival, terms)

    patch.setitem(lifecycle._HANDLERS, Appealed, released)


def every_older_case_is_kept(patch: Patch) -> None:
    """Four moves fill no list of four: the bound is set to one, and the rule forgets it."""
    patch.setattr(must, "MAX_OLDER", 1)


def a_reader_shows_before_the_end(patch: Patch) -> None:
    patch.setattr(Reader, "is_current", property(lambda _reader: True))


def a_reader_prefers_high_versions(patch: Patch) -> None:
    def applied(reader: Reader, verdict: Verdict) -> None:
        known = reader.verdict_of(verdict.id)
        if known is None or verdict.version > known.version:
            reader._verdicts[verdict.id] = verdict

    patch.setattr(Reader, "apply", applied)


def restricted_content_is_forgotten_to_be(patch: Patch) -> None:
    patch.setattr(lifecycle, "restricts", lambda _state, event: getattr(event, "restricted", False))


def a_task_stays_before_everybody(patch: Patch) -> None:
    patch.setattr(restriction, "_moved", lambda *_given: ())


def danger_waits_as_long_as_anything(patch: Patch) -> None:
    def patient(step: Step) -> Step:
        if step.state is None or step.state.case is None:
            return step
        due = NOW + Terms().people
        return step._replace(state=replace(step.state, case=replace(step.state.case, due=due)))

    spoil(patch, Outcome, patient)


def an_edit_ends_what_is_urgent(patch: Patch) -> None:
    real = succession.supersede

    def calm(state: ContentState, arrival: Arrival) -> tuple[tuple[OlderCase, ...], tuple[Output, ...]]:
        case = state.case
        return real(state if case is None else replace(state, case=replace(case, urgent=False)), arrival)

    patch.setattr(publication, "supersede", calm)


def danger_counts_only_from_a_heavy_answer(patch: Patch) -> None:
    real = authority._refusal_of_machine
    calm: Callable[[OpenCase, Outcome], str] = lambda case, outcome: real(  # noqa: E731
        case, replace(outcome, urgent=False)
    )
    patch.setattr(authority, "_refusal_of_machine", calm)


def a_request_hides_nothing(patch: Patch) -> None:
    spoil(patch, CaseRequested, lambda step: step._replace(outputs=()))


Mistake = Callable[[Patch], None]

MISTAKES: list[tuple[Mistake, Invariant]] = [
    (a_report_hides, must.hold_is_exactly_while_the_open_case_hides),
    (late_answers_count, must.readers_show_exactly_what_the_reference_allows),
    (no_action_on_a_forgotten_post_restores_it, must.readers_show_exactly_what_the_reference_allows),
    (a_light_answer_counts, must.readers_show_exactly_what_the_reference_allows),
    (an_appeal_forgets_what_it_is, must.readers_show_exactly_what_the_reference_allows),
    (an_upheld_appeal_is_never_final, must.a_question_is_open_exactly_while_the_reference_asks_one),
    (work_comes_before_the_hold, must.a_new_version_is_held_before_anything_else),
    (an_appeal_shows_at_once, must.only_a_decision_about_the_newest_version_shows_anything),
    (a_report_takes_down, must.questions_and_the_clock_change_nothing_visible),
    (a_repeat_is_judged_again, must.a_repeat_changes_nothing),
    (an_edit_drops_the_open_case, must.every_case_closes_once_or_stays_open),
    (a_deletion_leaves_its_case_open, must.every_case_closes_once_or_stays_open),
    (a_closing_denies_its_verdict, must.a_closing_says_whether_a_verdict_followed),
    (an_older_case_publishes, must.readers_show_exactly_what_the_reference_allows),
    (a_verdict_names_another_version, must.verdicts_speak_of_the_newest_version_only),
    (a_verdict_names_another_version, must.the_last_verdict_says_what_the_state_says),
    (an_overdue_hold_is_not_told_to_apps, must.apps_know_whom_a_hold_waits_for_and_until_when),
    (an_overdue_case_is_told_to_nobody, must.people_see_every_case_that_waits_for_them),
    (a_joining_report_asks_nobody, must.machines_get_every_case_that_waits_for_them),
    (a_light_answer_counts, must.machines_never_answer_for_people),
    (anybody_ends_an_appeal, must.an_appeal_is_ended_by_a_person_who_is_new_to_it),
    (time_answers_whatever_waits, must.time_decides_only_what_a_set_lets_it),
    (time_releases_what_a_machine_doubts, must.time_decides_only_what_a_set_lets_it),
    (time_answers_whatever_waits, must.an_appeal_is_ended_by_a_person_who_is_new_to_it),
    (time_releases_what_a_machine_doubts, must.readers_show_exactly_what_the_reference_allows),
    (what_is_unreadable_is_skipped, must.what_is_unreadable_is_hidden_and_with_people),
    (open_cases_are_forgotten, must.only_what_is_settled_is_forgotten),
    (the_gate_oversleeps, must.the_state_survives_its_bytes_and_wakes_in_time),
    (every_older_case_is_kept, must.the_state_stays_small),
    (a_settled_state_is_written_again, must.nothing_changed_is_the_same_object),
]


LANE_MISTAKES: list[tuple[Mistake, Invariant]] = [
    (restricted_content_is_forgotten_to_be, must.what_is_restricted_stays_with_few),
    (a_task_stays_before_everybody, must.what_is_restricted_stays_with_few),
    (time_answers_whatever_waits, must.danger_stays_with_people_and_hastens_them),
    (danger_waits_as_long_as_anything, must.danger_stays_with_people_and_hastens_them),
    (an_edit_ends_what_is_urgent, must.danger_stays_with_people_and_hastens_them),
    (danger_counts_only_from_a_heavy_answer, must.danger_stays_with_people_and_hastens_them),
    (a_request_hides_nothing, must.a_request_hides_or_shows_as_it_says),
]


@pytest.mark.parametrize(
    ("mistake", "invariant"), LANE_MISTAKES, ids=lambda named: getattr(named, "__name__", None)
)
def test_the_walk_with_lanes_meets(mistake: Mistake, invariant: Invariant, monkeypatch: Patch) -> None:
    # Given a lifecycle with one mistake in it
    mistake(monkeypatch)
    # When all short sequences are walked / Then the invariant that forbids it fails
    with pytest.raises(Violation, match=f"^{invariant.__name__}\n"):
        walk(3, [invariant], LANES)


@pytest.mark.parametrize(
    ("mistake", "invariant"), MISTAKES, ids=lambda named: getattr(named, "__name__", None)
)
def test_the_walk_meets(mistake: Mistake, invariant: Invariant, monkeypatch: Patch) -> None:
    # Given a lifecycle with one mistake in it
    mistake(monkeypatch)
    # When all short sequences are walked / Then the invariant that forbids it fails
    with pytest.raises(Violation, match=f"^{invariant.__name__}\n"):
        walk(4, [invariant])


@pytest.mark.parametrize("mistake", [a_reader_shows_before_the_end, a_reader_prefers_high_versions])
def test_joining_meets(mistake: Mistake, monkeypatch: Patch) -> None:
    # Given a reader with one mistake in it / When it joins every compaction of every log / Then one fails
    mistake(monkeypatch)
    with pytest.raises(Violation, match=r"^a_joining_reader"):
        walk(4, [])


def test_every_invariant_has_a_mistake_that_it_meets() -> None:
    assert {invariant for _mistake, invariant in (*MISTAKES, *LANE_MISTAKES)} == set(must.INVARIANTS)
