"""What one group's consumer is like, and what librdkafka is told of it."""

from typing import Any, Literal

from msgspec import Struct


class ConsumerSettings(Struct, frozen=True, kw_only=True):
    """What one group's consumer is like.

    Attributes:
        group: the group's name.
        strategy: `range` keeps partitions of the same number in several topics together; it is the only one
            that does.
        instance: a name that outlives the process (static membership): a restart takes its partitions back
            at once. It does not leave on close, so a planned scale-down costs one session time-out.
        isolation: whether records of open and aborted transactions are seen.
        ends: whether `EndOfPartition` is reported.
        headers: whether records carry their headers: a microsecond each, and nothing here reads them.
        prefetch_kib: bound of what librdkafka keeps ready, over all partitions.
        session_ms: how long a silent member keeps its partitions.
        idle_ms: how long the process may go without `consume` before it loses them.
        fetch_wait_ms: how long the broker may hold a fetch back for more records.
    """

    group: str
    strategy: Literal["range", "cooperative-sticky"]
    instance: str | None = None
    isolation: Literal["read_committed", "read_uncommitted"] = "read_committed"
    ends: bool = False
    headers: bool = False
    prefetch_kib: int = 8_192
    session_ms: int = 6_000
    idle_ms: int = 300_000
    fetch_wait_ms: int = 20

    def as_librdkafka(self) -> dict[str, Any]:
        """librdkafka's names for these settings."""
        static = {"group.instance.id": self.instance} if self.instance else {}
        return {
            **static,
            "group.id": self.group,
            "partition.assignment.strategy": self.strategy,
            "isolation.level": self.isolation,
            "enable.partition.eof": self.ends,
            "queued.max.messages.kbytes": self.prefetch_kib,
            "queued.min.messages": 10_000,
            # By default a partition whose queue was full rests for a second before it fetches again.
            "fetch.queue.backoff.ms": 20,
            "session.timeout.ms": self.session_ms,
            "heartbeat.interval.ms": max(100, self.session_ms // 10),
            "max.poll.interval.ms": max(self.idle_ms, self.session_ms),
            "fetch.wait.max.ms": self.fetch_wait_ms,
            "enable.auto.commit": False,
            "enable.auto.offset.store": False,
            "auto.offset.reset": "error",
        }
