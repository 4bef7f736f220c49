"""The ledger on Faust: one agent, one table, timers, and web views.

What Faust 0.15 does by default and must not do here, and what does it instead: docs/adr/0008.
"""

import os

os.environ.setdefault("FAUST_LOOP", "uvloop")  # read when faust is imported

from stream.adapters.faust.options import Options
from stream.adapters.faust.worker import LedgerWorker

__all__ = ["LedgerWorker", "Options"]
