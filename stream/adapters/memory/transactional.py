"""The `TransactionalProducer` port's twin."""

from collections.abc import Sequence

from stream.adapters.memory.broker import Identity, MemoryBroker
from stream.adapters.memory.group import MemoryMembership
from stream.adapters.memory.log import Fate, Ticket
from stream.core.errors import Oversized, ProducerFenced, TransactionAborted
from stream.ports import Membership, Outgoing, Position


class MemoryTransactionalProducer:
    """Holds a transactional id of the in-memory broker; a later holder of it fences this one.

    Args:
        broker: where it belongs.
        identity: the transactional id.
        max_bytes: the largest value that it accepts itself; topics may take less.
    """

    def __init__(self, broker: MemoryBroker, identity: str, max_bytes: int = 1_000_000) -> None:
        self._broker = broker
        self._name = identity
        self._max_bytes = max_bytes
        self._failure: Exception | None = None
        broker.answer("init", lambda: None)
        with broker.changed:
            self._identity: Identity = broker.identity(identity)
            broker.settle(self._identity, Fate.ABORTED)
            self._identity.epoch += 1
            self._epoch = self._identity.epoch

    def begin(self) -> None:
        """See `stream.ports.TransactionalProducer`."""
        with self._broker.changed:
            self._check()
            self._broker.answer("begin", lambda: None)
            self._identity.ticket = Ticket()
            self._failure = None

    def produce(self, outputs: Sequence[Outgoing]) -> None:
        """See `stream.ports.TransactionalProducer`."""
        for output in outputs:
            if len(output.value or b"") > self._max_bytes:
                raise Oversized(f"a record for {output.topic} above this producer's {self._max_bytes} bytes")
        with self._broker.changed:
            self._check()
            self._broker.answer("produce", lambda: self._publish(outputs))

    def _publish(self, outputs: Sequence[Outgoing]) -> None:
        for output in outputs:
            try:
                self._broker.publish(output, self._identity.ticket)
            except Oversized as refused:
                # The real broker answers later: the commit is where it shows.
                self._failure = refused

    def send_offsets(self, positions: Sequence[Position], membership: Membership) -> None:
        """See `stream.ports.TransactionalProducer`."""
        with self._broker.changed:
            self._check()
            self._broker.answer("send_offsets", lambda: self._hold(positions, membership))

    def _hold(self, positions: Sequence[Position], membership: Membership) -> None:
        if not isinstance(membership, MemoryMembership):
            raise TypeError(f"not a membership of this broker: {membership!r}")
        group = self._broker.group(membership.group, "range")
        if not group.admits(membership):
            self._failure = TransactionAborted(f"{membership} is not of the current generation")
            raise self._failure
        ticket = self._identity.ticket
        if ticket is not None:
            group.hold(ticket, {(each.topic, each.partition): each for each in positions})

    def commit(self) -> None:
        """See `stream.ports.TransactionalProducer`."""
        with self._broker.changed:
            self._check()
            if self._failure is not None:
                raise self._failure
            self._broker.answer("commit", lambda: self._broker.settle(self._identity, Fate.COMMITTED))

    def abort(self) -> None:
        """See `stream.ports.TransactionalProducer`."""
        with self._broker.changed:
            self._check()
            self._broker.answer("abort", lambda: self._broker.settle(self._identity, Fate.ABORTED))

    def close(self) -> None:
        """See `stream.ports.TransactionalProducer`."""
        with self._broker.changed:
            if self._identity.epoch == self._epoch:
                self._broker.settle(self._identity, Fate.ABORTED)

    def _check(self) -> None:
        if self._identity.epoch != self._epoch:
            raise ProducerFenced(f"the transactional id {self._name} is not this producer's any more")
