"""What must hold of any run, whatever died in it. Each check returns its violations, none if it holds."""

from tests.chaos.checks import cases, content, memory, outcomes
from tests.chaos.evidence import Check

ALL: tuple[Check, ...] = (
    content.content_is_answered_once_in_order,
    content.nothing_is_shown_that_content_hides,
    content.every_poison_is_kept,
    cases.every_hold_hands_out_its_work,
    cases.no_work_is_lost,
    cases.every_case_closes_once_or_is_with_people,
    outcomes.every_outcome_is_accounted_for,
    outcomes.no_input_takes_effect_twice,
    outcomes.a_verdict_of_an_outcome_is_that_outcome,
    outcomes.every_machine_signs_its_verdicts,
    outcomes.no_machine_overturns_a_person,
    memory.the_state_is_what_was_said_last,
    memory.a_live_reader_saw_what_a_late_one_sees,
)
