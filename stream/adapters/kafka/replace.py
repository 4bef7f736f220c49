"""Replaces records in one transaction, unless somebody else did so since they were read."""

from collections.abc import Callable, Sequence

from stream.adapters.kafka.connection import Connection
from stream.adapters.kafka.transactional import KafkaTransactionalProducer, TransactionSettings
from stream.core.errors import TransactionAborted, Unavailable
from stream.core.topics import SPECS, Topic
from stream.ports import Outgoing

_TIMEOUT_MS = 10_000
"""Readers of the partitions wait for so long where the writer dies between two of its records."""
_PATIENCE_SECONDS = 20.0


def replace_together(
    connection: Connection, identity: str, decided: Callable[[], Sequence[Outgoing]]
) -> None:
    """Write records that depend on what stands, so that all of them are seen or none.

    1. The identity is taken over: from here on nobody who took it before can commit.
    2. `decided` reads what stands and says what to write; what it raises ends this.
    3. It is written in one transaction, which fails if somebody took the identity over meanwhile.

    Args:
        connection: the cluster.
        identity: the transactional id that all who write these records share.
        decided: see above.

    Raises:
        ProducerLost: somebody took over, or the outcome is unknown.
        Unavailable: the broker does not answer, or went away in between; nothing is written.
        Oversized: a record is larger than its topic takes.
        Misconfigured: the broker refuses this client.
    """
    settings = TransactionSettings(
        identity=identity,
        timeout_ms=_TIMEOUT_MS,
        max_bytes=SPECS[Topic.CONTROL].max_bytes,
        answer_s=_PATIENCE_SECONDS,
        settle_s=_PATIENCE_SECONDS,
    )
    producer = KafkaTransactionalProducer(connection, settings)
    try:
        records = decided()
        producer.begin()
        producer.produce(records)
        producer.commit()
    except TransactionAborted as aborted:
        raise Unavailable(f"{aborted}; nothing was written: try again") from aborted
    finally:
        producer.close()
