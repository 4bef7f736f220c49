"""What each process tells Prometheus, and how it is: one class a process, heard by its processor and runner.

Names follow Prometheus' conventions: `sluice_…`, base units, `_total` for counters. Every series that an
alert could ask for exists from the start with a zero, since a missing one reads as "all is well".
"""

from collections.abc import Callable
from typing import Protocol

from prometheus_client import CollectorRegistry

from stream.adapters.metrics.control import ControlMetrics
from stream.adapters.metrics.gate import GateMetrics
from stream.adapters.metrics.health import Health
from stream.adapters.metrics.judge import JudgeMetrics
from stream.adapters.metrics.ledger import LedgerMetrics
from stream.adapters.metrics.page import Page, serve
from stream.adapters.metrics.shadow import ShadowMetrics
from stream.adapters.metrics.triage import TriageMetrics


class Metrics(Protocol):
    """What every process's class has."""

    registry: CollectorRegistry
    health: Health


BY_PROCESS: dict[str, Callable[[], Metrics]] = {
    "gate": GateMetrics,
    "triage": TriageMetrics,
    "judge": JudgeMetrics,
    "ledger": LedgerMetrics,
    "shadow": ShadowMetrics,
}
"""Of each process its class: docs/metrics.md, the alerts and the dashboard are held against these."""

__all__ = [
    "BY_PROCESS",
    "ControlMetrics",
    "GateMetrics",
    "Health",
    "JudgeMetrics",
    "LedgerMetrics",
    "Metrics",
    "Page",
    "ShadowMetrics",
    "TriageMetrics",
    "serve",
]
