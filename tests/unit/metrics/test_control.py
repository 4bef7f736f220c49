"""`control`, as every process tells of it."""

from collections.abc import Callable

import pytest
from prometheus_client import generate_latest

from stream.adapters.control import ControlDesk
from stream.adapters.memory import MemoryBroker, MemoryControlLog
from stream.adapters.metrics import GateMetrics, JudgeMetrics, TriageMetrics
from stream.core.control import PausedAction
from stream.ports import Outgoing
from tests.unit.control.told import pause, written

Metrics = GateMetrics | TriageMetrics | JudgeMetrics


def told(metrics: Metrics) -> dict[str, str]:
    lines = generate_latest(metrics.registry).decode().splitlines()
    series = (line.rpartition(" ") for line in lines if line.startswith("sluice_control_"))
    return {name.removeprefix("sluice_control_"): value for name, _, value in series}


@pytest.mark.parametrize("kind", [GateMetrics, TriageMetrics, JudgeMetrics])
def test_what_operators_told_is_counted_from_zero(kind: Callable[[], Metrics]) -> None:
    # Given a process before it has read `control`
    metrics = kind()
    assert set(told(metrics).values()) == {"0.0"}
    # When it has read a pause and a record that is none
    broker = MemoryBroker()
    broker.create_topic("control", 1)
    broker.publish(written(pause(PausedAction.RELEASE, "spam")).to("control"))
    broker.publish(Outgoing("control", b"x", b"y"))
    desk = ControlDesk(MemoryControlLog(broker, "control"), lambda: 5_000)
    metrics.control.watch(desk)
    desk.begin()
    desk.close()
    # Then its page says so
    assert told(metrics) == {
        "applied_total": "1.0",
        "refused_total": "1.0",
        "last_applied_timestamp_seconds": "5.0",
        'in_force_pauses{action="remove"}': "0.0",
        'in_force_pauses{action="release"}': "1.0",
    }
