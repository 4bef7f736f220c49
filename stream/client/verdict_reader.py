"""Reads `verdicts` and answers the one question of the contract: may this version be shown?"""

import threading
import time
from collections.abc import Iterator
from math import inf
from types import TracebackType
from typing import Self

from confluent_kafka import KafkaException

from stream.client.connection import Settings, consumer_settings, refused
from stream.client.follower import Follower
from stream.client.standing import Change, Standing
from stream.client.store import MemoryVerdicts, VerdictStore
from stream.core.errors import Unavailable, Unreadable
from stream.core.topics import Topic, TopicNames
from stream.core.verdict import Verdict
from stream.core.wire import read_verdict

_CHANGES_AT_ONCE = 500


class VerdictReader:
    """Follows every partition of `verdicts` on a thread of its own; every other thread may ask.

    Until it has passed the ends of its start it shows nothing. Kafka's troubles never end it: what it
    says then grows stale, and `staleness` says how far. Where its store fails it ends: it shows nothing
    from then on, and `failure` says why.

    Args:
        settings: librdkafka's settings, `bootstrap.servers` at least.
        prefix: what this installation puts before its topics' names.
        store: where verdicts and offsets are kept; the reader closes it. In memory by default.
        probe_seconds: how often the broker is asked for the ends; `staleness` is no finer than that.

    Raises:
        Misconfigured: a setting is unknown, or contradicts the contract; or the store cannot be used.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        prefix: str = "",
        store: VerdictStore | None = None,
        probe_seconds: float = 2.0,
    ) -> None:
        self._store: VerdictStore = MemoryVerdicts() if store is None else store
        self._topic = TopicNames(prefix).of(Topic.VERDICTS)
        self._news = threading.Condition()
        self._stopped = threading.Event()
        self._failure: Exception | None = None
        try:
            self._follower = Follower(consumer_settings(settings), self._topic, self._store, probe_seconds)
        except KafkaException as error:
            raise refused(error) from error
        self._thread = threading.Thread(target=self._run, name="sluice-verdicts", daemon=True)
        self._thread.start()

    @property
    def is_current(self) -> bool:
        """Whether it has passed the ends that stood when it started, and still reads."""
        return not self._is_over and self._follower.fresh_as_of is not None

    @property
    def staleness(self) -> float:
        """Seconds since it last knew that it had read everything; infinite before that, and once it ended."""
        known = self._follower.fresh_as_of
        return time.monotonic() - known if known is not None and not self._is_over else inf

    @property
    def failure(self) -> Exception | None:
        """Why the reader ended, if it did."""
        return self._failure

    def shows(self, content_id: str, version: int, digest: str) -> bool:
        """Whether this version, with this text, may be shown now. A few µs; never waits for Kafka.

        Args:
            content_id: the app's id.
            version: the version that the app has in hand.
            digest: `digest_of` the text and attachments that it has in hand.
        """
        return self.is_current and self.state_of(content_id).shows(version, digest)

    def state_of(self, content_id: str) -> Standing:
        """What is known of this content: under review until when, labels, the last verdict."""
        record = self._store.get(content_id)
        verdict = None if record is None else _verdict(content_id, record.value)
        return Standing(id=content_id, verdict=verdict, is_current=self.is_current)

    def wait_until_current(self, timeout: float = 30.0) -> None:
        """Wait until something can be shown.

        Raises:
            Unavailable: not within `timeout` seconds, or the reader has ended; says why.
        """
        with self._news:
            self._news.wait_for(lambda: self.is_current or self._is_over, timeout)
        if self._failure is not None:
            raise Unavailable(f"The reader of {self._topic} has ended: {self._failure}") from self._failure
        if not self.is_current:
            trouble = self._follower.trouble or "it has not yet been read to its end."
            raise Unavailable(f"{self._topic}: not current after {timeout:g} s: {trouble}")

    def changes(self, since: int = 0, timeout: float | None = None) -> Iterator[Change]:
        """Whatever changed, once the reader is current: for feeds, search indexes, caches.

        Every id comes at least once after its last change, with its standing of now; changes in between
        may be left out. Ends with the reader, or when nothing has changed for `timeout` seconds.

        Args:
            since: the mark of the last change that was handled; 0 for all. Save it with your own data.
            timeout: seconds, those before it is current included; None waits while the reader lives.

        Raises:
            Unavailable: the reader has ended by a failure.
        """
        last = since
        while marks := self._marks(last, timeout):
            for mark, content_id in marks:
                yield Change(mark, self.state_of(content_id))
            last = marks[-1][0]

    def close(self) -> None:
        """Stop reading and close the store. Safe to call twice."""
        self._stopped.set()
        self._thread.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def _is_over(self) -> bool:
        return self._failure is not None or self._stopped.is_set()

    def _marks(self, since: int, timeout: float | None) -> list[tuple[int, str]]:
        found: list[tuple[int, str]] = []

        def there_are_some() -> bool:
            if self.is_current and not self._is_over:
                found[:] = self._store.changed_since(since, _CHANGES_AT_ONCE)
            return bool(found) or self._is_over

        with self._news:
            self._news.wait_for(there_are_some, timeout)
        if self._failure is not None:
            raise Unavailable(f"The reader of {self._topic} has ended: {self._failure}") from self._failure
        return found

    def _run(self) -> None:
        try:
            while not self._stopped.is_set():
                if self._follower.turn():
                    self._tell()
        except Exception as error:  # noqa: BLE001 - whatever it is, nothing may be shown any more
            self._failure = error
        finally:
            self._stopped.set()
            self._tell()
            self._follower.close()
            with self._news:
                self._store.close()

    def _tell(self) -> None:
        with self._news:
            self._news.notify_all()


def _verdict(content_id: str, value: bytes | None) -> Verdict | None:
    """The verdict in a record; None for what this version cannot read, which keeps the content hidden."""
    try:
        verdict = read_verdict(value)
    except Unreadable:
        return None
    return verdict if verdict.id == content_id else None
