"""The `Consumer` port's twin."""

import time
from collections.abc import Iterable, Sequence

from stream.adapters.memory.broker import MemoryBroker
from stream.adapters.memory.fetch import Fetch
from stream.adapters.memory.group import Member, MemoryMembership, Strategy
from stream.core.errors import Fenced, Unavailable
from stream.ports import (
    Consumed,
    Done,
    Membership,
    Partition,
    Position,
    RebalanceListener,
    check_metadata,
)


class MemoryConsumer:
    """A member of one group of the in-memory broker.

    Args:
        broker: where it belongs.
        group: the group's name.
        strategy: as the group's other members have.
        instance: static membership's name, or None.
        committed: whether records of open and aborted transactions are hidden.
        ends: whether `EndOfPartition` is reported.
    """

    def __init__(
        self,
        broker: MemoryBroker,
        group: str,
        strategy: Strategy = "range",
        *,
        instance: str | None = None,
        committed: bool = True,
        ends: bool = False,
    ) -> None:
        self._broker = broker
        self._group = broker.group(group, strategy)
        self._cooperative = strategy == "cooperative-sticky"
        self._instance = instance
        self._fetch = Fetch(broker, committed=committed, ends=ends)
        self._listener: RebalanceListener | None = None
        self._member: Member | None = None
        self._topics: tuple[str, ...] = ()
        self._answers: list[tuple[Done, Exception | None]] = []

    def subscribe(self, topics: Sequence[str], listener: RebalanceListener) -> None:
        """See `stream.ports.Consumer`."""
        self._listener = listener
        self._topics = tuple(topics)
        with self._broker.changed:
            self._member = self._group.join(self._instance, self._topics)
            self._broker.changed.notify_all()

    def consume(self, limit: int, timeout: float) -> list[Consumed]:
        """See `stream.ports.Consumer`."""
        end = time.monotonic() + timeout
        while True:
            # Records first: what was fetched before a rebalance comes back beside it, as with librdkafka.
            records = self._fetch.take(limit)
            served = self._serve()
            if records or served or time.monotonic() >= end:
                return records
            with self._broker.changed:
                self._broker.changed.wait(max(0.0, min(0.01, end - time.monotonic())))

    def _serve(self) -> bool:
        answers, self._answers = self._answers, []
        for done, error in answers:
            done(error)
        return self._rebalance() or bool(answers)

    def _rebalance(self) -> bool:
        member, listener = self._member, self._listener
        if member is None or listener is None:
            return False
        if member.fenced:
            raise Fenced(f"the instance {self._instance} of group {self._group.name} was taken over")
        if member.expired:
            return self._return_from_silence(member, listener)
        if self._group.preparing and not member.joined:
            return self._rejoin(member, listener)
        return self._take_share(member, listener)

    def _return_from_silence(self, member: Member, listener: RebalanceListener) -> bool:
        if member.held:
            listener.lost(sorted(member.held))
            self._fetch.remove(member.held)
        with self._broker.changed:
            self._member = self._group.join(self._instance, self._topics)
        return True

    def _rejoin(self, member: Member, listener: RebalanceListener) -> bool:
        if member.held and not self._cooperative:
            self._give_up(member, listener, sorted(member.held))
        with self._broker.changed:
            self._group.rejoin(member, {topic: self._broker.count(topic) for topic in self._topics})
            self._broker.changed.notify_all()
        return True

    def _take_share(self, member: Member, listener: RebalanceListener) -> bool:
        if self._group.preparing:
            return False
        given, taken = sorted(member.share - member.held), sorted(member.held - member.share)
        if taken:
            self._give_up(member, listener, taken)
            with self._broker.changed:
                self._group.rebalance()
        member.held.update(given)
        if given:
            listener.assigned(given)
        return bool(given or taken)

    def _give_up(self, member: Member, listener: RebalanceListener, partitions: list[Partition]) -> None:
        listener.revoked(partitions)
        self._fetch.remove(partitions)
        member.held.difference_update(partitions)

    def committed(
        self,
        partitions: Sequence[Partition],
        timeout: float,  # noqa: ARG002 - answers at once
    ) -> dict[Partition, Position]:
        """See `stream.ports.Consumer`."""
        self._broker.answer("committed", lambda: None)
        for each in partitions:
            if self._group.unstable(each):
                raise Unavailable(f"an open transaction holds the position of {each}")
        return {each: self._group.positions[each] for each in partitions if each in self._group.positions}

    def membership(self) -> Membership:
        """See `stream.ports.Consumer`."""
        return self._token()

    def _token(self) -> MemoryMembership:
        member = self._member
        return MemoryMembership(
            self._group.name, member.id if member else "", member.generation if member else -1
        )

    def assign(self, positions: Iterable[Position]) -> None:
        """See `stream.ports.Consumer`."""
        self._fetch.place(positions, anew=not self._cooperative)

    def seek(self, position: Position) -> None:
        """See `stream.ports.Consumer`."""
        self._broker.answer("seek", lambda: self._fetch.seek(position))

    def pause(self, partitions: Iterable[Partition]) -> None:
        """See `stream.ports.Consumer`."""
        self._fetch.paused.update(partitions)

    def resume(self, partitions: Iterable[Partition]) -> None:
        """See `stream.ports.Consumer`."""
        self._fetch.paused.difference_update(partitions)

    def commit(self, positions: Sequence[Position], done: Done) -> None:
        """See `stream.ports.Consumer`."""
        check_metadata(positions)
        try:
            self._commit(positions)
        except Unavailable as refused:
            self._answers.append((done, refused))
        else:
            self._answers.append((done, None))

    def commit_now(self, positions: Sequence[Position]) -> None:
        """See `stream.ports.Consumer`."""
        check_metadata(positions)
        self._commit(positions)

    def _commit(self, positions: Sequence[Position]) -> None:
        def take() -> None:
            if not self._group.admits(self._token()):
                raise Unavailable("this member is not of the group's current generation")
            self._group.commit({(each.topic, each.partition): each for each in positions})

        with self._broker.changed:
            self._broker.answer("commit_offsets", take)

    def end(self, partition: Partition) -> int | None:
        """See `stream.ports.Consumer`."""
        return self._fetch.end(partition)

    def close(self) -> None:
        """See `stream.ports.Consumer`."""
        member, listener = self._member, self._listener
        self._listener = None
        if member is None or listener is None:
            return
        if member.held:
            self._give_up(member, listener, sorted(member.held))
        if self._instance is None and not member.expired:
            with self._broker.changed:
                self._group.leave(member)

    def expire(self) -> None:
        """For tests: the group gives this member up, as after a session time-out; it learns of it later."""
        if self._member is not None:
            with self._broker.changed:
                self._member.expired = True
                self._group.leave(self._member)
                self._broker.changed.notify_all()
