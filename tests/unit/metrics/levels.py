"""Levels as runners report them."""

from stream.runtime.concurrent import Levels
from stream.runtime.transactional import Levels as TransactionLevels

GATE_LEVELS = TransactionLevels(
    joined=True,
    assigned=4,
    live=3,
    entries=9_000,
    to_restore=40,
    waiting_seconds=0.5,
    lag=17,
    oldest_wait_seconds=12.5,
    weight=2_000_000,
)

LEVELS = Levels(
    in_window=3,
    waiting=7,
    oldest_seconds=1.5,
    oldest_timestamp=940_000,
    span=12,
    lag=40,
    assigned=4,
    unsettled=1,
    joined=True,
    full=False,
)
