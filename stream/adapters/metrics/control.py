"""What a process tells of `control`, read when Prometheus asks."""

from collections.abc import Iterator

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from stream.adapters.control import ControlDesk
from stream.core.control import PausedAction


class ControlMetrics(Collector):
    """Zeros until `control` is read."""

    def __init__(self) -> None:
        self._desk: ControlDesk | None = None

    def watch(self, desk: ControlDesk) -> None:
        """Tell of this desk from now on."""
        self._desk = desk

    def collect(self) -> Iterator[Metric]:
        """What was heard so far."""
        desk = self._desk
        yield CounterMetricFamily(
            "sluice_control_applied", "Records of control that were applied", desk.applied if desk else 0
        )
        yield CounterMetricFamily(
            "sluice_control_refused", "Records of control that were none of it", desk.refused if desk else 0
        )
        yield GaugeMetricFamily(
            "sluice_control_last_applied_timestamp_seconds",
            "When the last record of control was applied, since 1970; 0 before the first",
            desk.applied_at / 1_000 if desk else 0,
        )
        pauses = GaugeMetricFamily(
            "sluice_control_in_force_pauses",
            "What machines may not do alone now: pauses, by action",
            labels=["action"],
        )
        for action in PausedAction:
            count = sum(pause.action is action for pause in desk.state.pauses) if desk else 0
            pauses.add_metric([action.value], count)
        yield pauses
