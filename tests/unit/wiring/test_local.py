"""A judge whose engine is elsewhere says at its start which policies it will ask nobody about."""

import logging

import pytest

from stream.wiring.workers import tell_what_must_stay_here
from tests.unit.policies.sample import SHIPPED
from tests.unit.processors.script import Engine, Script


def test_policies_for_local_models_are_named_where_there_is_none(caplog: pytest.LogCaptureFixture) -> None:
    tell_what_must_stay_here(SHIPPED.policy_set("default"), Engine(Script({}, local=False)))
    assert "child-safety may be judged by a local model only" in caplog.text


@pytest.mark.parametrize(("name", "local"), [("default", True), ("demo", False)])
def test_nothing_is_said_where_nothing_must_stay_or_the_engine_is_here(
    name: str, local: bool, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        tell_what_must_stay_here(SHIPPED.policy_set(name), Engine(Script({}, local=local)))
    assert not caplog.text
