"""The composition root: settings in, running processes out. The only place that knows every part."""

from stream.wiring.gate import run_gate
from stream.wiring.ledger import run_ledger
from stream.wiring.shadow import run_shadow
from stream.wiring.workers import run_judge, run_triage

__all__ = ["run_gate", "run_judge", "run_ledger", "run_shadow", "run_triage"]
