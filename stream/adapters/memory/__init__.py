"""The in-memory twin of every Kafka port: a broker in this process, with its markers, generations and faults.

It models what the runners depend on, and the contract suite (`tests/contract`) holds it to the real one.
"""

from stream.adapters.memory.broker import MemoryBroker
from stream.adapters.memory.changelog import MemoryChangelog
from stream.adapters.memory.consumer import MemoryConsumer
from stream.adapters.memory.control import MemoryControlLog
from stream.adapters.memory.producer import MemoryProducer
from stream.adapters.memory.transactional import MemoryTransactionalProducer

__all__ = [
    "MemoryBroker",
    "MemoryChangelog",
    "MemoryConsumer",
    "MemoryControlLog",
    "MemoryProducer",
    "MemoryTransactionalProducer",
]
