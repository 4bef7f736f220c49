"""The ledger on Faust: one agent, one table, timers, and web views.

What Faust 0.15 does by default and must not do here, and what does it instead: docs/adr/0008.
"""

from stream.adapters.faust.application import LedgerWorker, Options

__all__ = ["LedgerWorker", "Options"]
