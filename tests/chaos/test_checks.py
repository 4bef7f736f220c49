"""Each check of a chaos run can fail: a small true run, and one mistake at a time in its evidence."""

from collections.abc import Callable

import pytest
from msgspec import Struct
from msgspec.structs import replace

from stream.core.case import Case, ReviewClosed
from stream.core.outcome import Outcome
from stream.core.terms import DecidedBy, Decision, Effort, Origin
from stream.core.verdict import CaseClosed, Verdict
from tests.chaos import checks
from tests.chaos.checks import cases, content, memory, outcomes
from tests.chaos.evidence import Check, Evidence, Written
from tests.chaos.true_run import true_run


def some(evidence: Evidence, decision: Decision) -> tuple[int, int, Verdict]:
    """Partition, place and value of a verdict with this decision."""
    return next(
        (partition, place, written.event)
        for partition in evidence.partitions
        for place, written in enumerate(evidence.verdicts[partition])
        if isinstance(written.event, Verdict) and written.event.decision is decision
    )


def lose_a_hold(evidence: Evidence) -> None:
    partition, place, _ = some(evidence, Decision.HOLD)
    del evidence.verdicts[partition][place]


def double_a_hold(evidence: Evidence) -> None:
    partition, place, _ = some(evidence, Decision.HOLD)
    evidence.verdicts[partition].insert(place, evidence.verdicts[partition][place])


def double_a_release(evidence: Evidence) -> None:
    partition, place, _ = some(evidence, Decision.RELEASE)
    evidence.gate[partition].append(evidence.verdicts[partition][place])


def change_a_release(evidence: Evidence, **fields: object) -> None:
    partition, place, verdict = some(evidence, Decision.RELEASE)
    written = evidence.verdicts[partition][place]
    evidence.verdicts[partition][place] = written._replace(event=replace(verdict, **fields))


def release_another_version(evidence: Evidence) -> None:
    change_a_release(evidence, version=9)


def name_another_model(evidence: Evidence) -> None:
    change_a_release(evidence, model="another-model")


def name_another_decider(evidence: Evidence) -> None:
    change_a_release(evidence, decided_by=DecidedBy.STAFF)


def leave_a_verdict_unsigned(evidence: Evidence) -> None:
    change_a_release(evidence, policy_set=None)


def overturn_a_person(evidence: Evidence) -> None:
    """As a gate would that asks only whether the case is open."""
    partition, _, restored = next(
        (partition, place, written.event)
        for partition in evidence.partitions
        for place, written in enumerate(evidence.verdicts[partition])
        if isinstance(written.event, Verdict) and written.event.decided_by is DecidedBy.STAFF
    )
    removed = replace(restored, decision=Decision.REMOVE, decided_by=DecidedBy.MODEL, effort=Effort.LOW)
    evidence.verdicts[partition].append(Written(99_999, "o0-0", removed))


def apply_a_late_outcome(evidence: Evidence) -> None:
    """As a gate without the check of the open case would: the deleted post is shown."""
    partition, _, verdict = some(evidence, Decision.DELETED)
    offset = max(offset for offset, outcome in evidence.outcomes[partition] if outcome.id == verdict.id)
    shown = Verdict(id=verdict.id, version=3, decision=Decision.RELEASE, at=1, digest="x")
    evidence.verdicts[partition].append(Written(99_999, f"o{partition}-{offset}", shown))


def lose_an_outcome(evidence: Evidence) -> None:
    partition = next(number for number in evidence.partitions if evidence.outcomes[number])
    offset, _ = evidence.outcomes[partition][0]
    cause = f"o{partition}-{offset}"
    evidence.gate[partition] = [one for one in evidence.gate[partition] if one.cause != cause]


def close_twice(evidence: Evidence) -> None:
    for partition in evidence.partitions:
        closings = [one for one in evidence.gate[partition] if isinstance(one.event, CaseClosed)]
        evidence.gate[partition] += [one._replace(cause="o0-0") for one in closings[:1]]


def never_close(evidence: Evidence) -> None:
    for partition in evidence.partitions:
        kept = [one for one in evidence.gate[partition] if not isinstance(one.event, CaseClosed)]
        evidence.gate[partition] = kept


def without(evidence: Evidence, unwanted: Callable[[Struct], bool]) -> None:
    """Lose some of what the gate wrote beside verdicts."""
    for partition in evidence.partitions:
        evidence.gate[partition] = [one for one in evidence.gate[partition] if not unwanted(one.event)]


def hand_nothing_out(evidence: Evidence) -> None:
    """As a gate would that holds, and leaves the rest to its deadline."""
    without(evidence, lambda event: isinstance(event, Case))


def hand_another_text_out(evidence: Evidence) -> None:
    for partition in evidence.partitions:
        for place, written in enumerate(evidence.gate[partition]):
            case = written.event
            if isinstance(case, Case) and case.content is not None:
                other = replace(case, content=replace(case.content, text="another"))
                evidence.gate[partition][place] = written._replace(event=other)


def leave_it_with_people(evidence: Evidence) -> None:
    without(evidence, lambda event: isinstance(event, ReviewClosed))


def lose_a_report_at_triage(evidence: Evidence) -> None:
    """The deadline would hide it: the case closes all the same."""
    for partition in evidence.partitions:
        kept = [one for one in evidence.routed[partition] if one.origin is not Origin.REPORT]
        evidence.routed[partition] = kept


def lose_a_case_at_the_judge(evidence: Evidence) -> None:
    for partition in evidence.partitions:
        evidence.outcomes[partition] = [
            (offset, outcome)
            for offset, outcome in evidence.outcomes[partition]
            if not (isinstance(outcome, Outcome) and outcome.version == 3)
        ]


def forget_a_state(evidence: Evidence) -> None:
    """As a restore would that ends too early."""
    partition, _, verdict = some(evidence, Decision.RELEASE)
    evidence.states[partition].pop(verdict.id)


def keep_a_case_open_in_the_state(evidence: Evidence) -> None:
    """As a gate would that writes its words, and its state in another transaction."""
    partition, _, verdict = some(evidence, Decision.DELETED)
    state = evidence.states[partition][verdict.id]
    states = (one for number in evidence.partitions for one in evidence.states[number].values())
    other = next(one for one in states if one.case is not None)
    evidence.states[partition][verdict.id] = replace(state, case=other.case)


def show_an_aborted_record(evidence: Evidence) -> None:
    partition = next(number for number in evidence.partitions if evidence.live[number])
    evidence.live[partition].insert(0, (0, b"aborted"))


def lose_a_dead_letter(evidence: Evidence) -> None:
    evidence.dead.clear()


SEEDED: list[tuple[Callable[[Evidence], None], Check]] = [
    (lose_a_hold, content.content_is_answered_once_in_order),
    (double_a_hold, content.content_is_answered_once_in_order),
    (double_a_release, outcomes.no_input_takes_effect_twice),
    (release_another_version, outcomes.a_verdict_of_an_outcome_is_that_outcome),
    (name_another_model, outcomes.a_verdict_of_an_outcome_is_that_outcome),
    (name_another_decider, outcomes.a_verdict_of_an_outcome_is_that_outcome),
    (leave_a_verdict_unsigned, outcomes.every_machine_signs_its_verdicts),
    (overturn_a_person, outcomes.no_machine_overturns_a_person),
    (apply_a_late_outcome, outcomes.a_verdict_of_an_outcome_is_that_outcome),
    (apply_a_late_outcome, content.nothing_is_shown_that_content_hides),
    (lose_an_outcome, outcomes.every_outcome_is_accounted_for),
    (close_twice, cases.every_case_closes_once_or_is_with_people),
    (never_close, cases.every_case_closes_once_or_is_with_people),
    (leave_it_with_people, cases.every_case_closes_once_or_is_with_people),
    (hand_nothing_out, cases.every_hold_hands_out_its_work),
    (hand_another_text_out, cases.every_hold_hands_out_its_work),
    (lose_a_report_at_triage, cases.no_work_is_lost),
    (lose_a_case_at_the_judge, cases.no_work_is_lost),
    (forget_a_state, memory.the_state_is_what_was_said_last),
    (keep_a_case_open_in_the_state, memory.the_state_is_what_was_said_last),
    (show_an_aborted_record, memory.a_live_reader_saw_what_a_late_one_sees),
    (lose_a_dead_letter, content.every_poison_is_kept),
]


@pytest.mark.parametrize("check", checks.ALL)
def test_a_true_run_passes(check: Check) -> None:
    assert check(true_run()) == []


@pytest.mark.parametrize(("mistake", "check"), SEEDED)
def test_a_seeded_mistake_is_found(mistake: Callable[[Evidence], None], check: Check) -> None:
    # Given a true run / When one mistake is made in it
    evidence = true_run()
    mistake(evidence)
    # Then the check that is there for it says so
    assert check(evidence) != []


def test_every_check_has_a_mistake_that_it_finds() -> None:
    assert {check for _, check in SEEDED} == set(checks.ALL)
