"""The ledger on Faust: one agent, one table, timers, and web views.

What Faust 0.15 does by default and must not do here: it reads uncommitted records (`transport`), commits
offsets whose changelog writes may not have been acknowledged (`settling`), keeps entries of partitions that
went to another worker (`store`), and creates topics by itself (`application`).
"""

from stream.adapters.faust.application import DRAIN_SECONDS, LedgerWorker, Options

__all__ = ["DRAIN_SECONDS", "LedgerWorker", "Options"]
