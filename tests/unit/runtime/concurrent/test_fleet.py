"""The laws of `fleet` over interleavings that nobody thought of."""

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.unit.runtime.concurrent.fleet import Fleet

QUICK = settings(
    max_examples=80, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
)


def test_nothing_is_lost_and_nothing_runs_again_without_need() -> None:
    run_state_machine_as_test(Fleet, settings=QUICK)


@pytest.mark.slow
def test_nothing_is_lost_in_longer_stories_either() -> None:
    run_state_machine_as_test(Fleet, settings=settings(QUICK, max_examples=600, stateful_step_count=120))
