"""The ports: what the runners and processors need from the world, as Protocols.

`stream.adapters` implements each on the real part; `stream.adapters.memory` holds an in-memory twin of
each, and one contract suite (`tests/contract`) runs against both.
"""

from collections.abc import Callable

from stream.ports.consequences import RestsOnSet
from stream.ports.control import ControlLog, Controls
from stream.ports.engine import ContentArchive, Engine
from stream.ports.kafka import (
    Changelog,
    Consumer,
    Done,
    Membership,
    Producer,
    RebalanceListener,
    TransactionalProducer,
)
from stream.ports.keyed import NEVER, UNCHANGED, KeyedFold, KeyedProcessor, Step, Unchanged
from stream.ports.observers import GateObserver, JudgeObserver, LedgerObserver, ShadowObserver, TriageObserver
from stream.ports.policies import PolicySource
from stream.ports.processor import Processor
from stream.ports.records import (
    BEGINNING,
    MAX_METADATA,
    Consumed,
    EndOfPartition,
    Headers,
    Outgoing,
    Partition,
    Position,
    Record,
    RecordsLost,
    check_metadata,
)
from stream.ports.rules import RuleSource

Clock = Callable[[], int]
"""Milliseconds since 1970-01-01 UTC."""

__all__ = [
    "BEGINNING",
    "MAX_METADATA",
    "NEVER",
    "UNCHANGED",
    "Changelog",
    "Clock",
    "Consumed",
    "Consumer",
    "ContentArchive",
    "ControlLog",
    "Controls",
    "Done",
    "EndOfPartition",
    "Engine",
    "GateObserver",
    "Headers",
    "JudgeObserver",
    "KeyedFold",
    "KeyedProcessor",
    "LedgerObserver",
    "Membership",
    "Outgoing",
    "Partition",
    "PolicySource",
    "Position",
    "Processor",
    "Producer",
    "RebalanceListener",
    "Record",
    "RecordsLost",
    "RestsOnSet",
    "RuleSource",
    "ShadowObserver",
    "Step",
    "TransactionalProducer",
    "TriageObserver",
    "Unchanged",
    "check_metadata",
]
