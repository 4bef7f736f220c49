"""What each process tells Prometheus: one class a process, heard by its processor and its runner.

Names follow Prometheus' conventions: `sluice_…`, base units, `_total` for counters. Every series that an
alert could ask for exists from the start with a zero, since a missing one reads as "all is well".
"""

from stream.adapters.metrics.gate import GateMetrics
from stream.adapters.metrics.judge import JudgeMetrics
from stream.adapters.metrics.ledger import LedgerMetrics
from stream.adapters.metrics.page import Page, serve
from stream.adapters.metrics.triage import TriageMetrics

__all__ = ["GateMetrics", "JudgeMetrics", "LedgerMetrics", "Page", "TriageMetrics", "serve"]
