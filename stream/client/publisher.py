"""Publishes what happens to an app's content: checked, keyed by its id, acknowledged by all replicas."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from types import TracebackType
from typing import Self, Unpack
from uuid import uuid4

from confluent_kafka import KafkaError, KafkaException, Message, Producer
from msgspec import Struct

from stream.client.checked import InvalidEvent, checked
from stream.client.connection import Settings, Trouble, in_words, producer_settings, refused
from stream.client.details import AppealDetails, Context, ReportDetails
from stream.core.content import Appealed, ContentEvent, Deleted, Edited, Published, Reported
from stream.core.errors import Unavailable
from stream.core.topics import SPECS, Topic, TopicNames
from stream.core.wire import headers_of

Headers = list[tuple[str, str | bytes | None]]
Report = Callable[[KafkaError | None, Message], None]

_ROOM_S = 30.0
_POLL_S = 0.1


class Delivery(Struct, frozen=True):
    """Where an event lies now, on every in-sync replica."""

    topic: str
    partition: int
    offset: int


class Publisher:
    """Sends events of the `content` topic. One for a process is enough; every thread may use it.

    Each method returns a future of the `Delivery` at once; it fails with `Unavailable` where the broker
    did not take the event in `delivery.timeout.ms` (30 s). `asyncio.wrap_future` makes it awaitable.

    Args:
        settings: librdkafka's settings, `bootstrap.servers` at least.
        source: who publishes, as a URI reference: `/shop/comments`.
        prefix: what this installation puts before its topics' names.

    Raises:
        Misconfigured: a setting is unknown, or contradicts the contract.
    """

    def __init__(self, settings: Settings, *, source: str, prefix: str = "") -> None:
        self._source = source
        self._topic = TopicNames(prefix).of(Topic.CONTENT)
        self._trouble = Trouble(settings)
        try:
            self._producer = Producer({**producer_settings(settings), "error_cb": self._trouble.heard})
        except KafkaException as error:
            raise refused(error) from error
        self._closed = threading.Event()
        self._reports = threading.Thread(target=self._serve_reports, name="sluice-publisher", daemon=True)
        self._reports.start()

    def publish(
        self, content_id: str, version: int, text: str, **context: Unpack[Context]
    ) -> Future[Delivery]:
        """Publish content for the first time, or again; it is hidden until a verdict releases it."""
        return self.send(_of(Published, id=content_id, version=version, text=text, **context))

    def edit(self, content_id: str, version: int, text: str, **context: Unpack[Context]) -> Future[Delivery]:
        """Publish a new version. Give the whole context again: nothing is taken over from the one before."""
        return self.send(_of(Edited, id=content_id, version=version, text=text, **context))

    def delete(self, content_id: str, version: int) -> Future[Delivery]:
        """Take content back: hidden for good, unless a newer version is published."""
        return self.send(_of(Deleted, id=content_id, version=version))

    def report(
        self, content_id: str, version: int, reporter: str, reason: str, **details: Unpack[ReportDetails]
    ) -> Future[Delivery]:
        """Pass on that somebody reports this version. `reporter` is a pseudonym; each counts once."""
        return self.send(
            _of(Reported, id=content_id, version=version, reporter=reporter, reason=reason, **details)
        )

    def appeal(
        self, content_id: str, version: int, appellant: str, **details: Unpack[AppealDetails]
    ) -> Future[Delivery]:
        """Pass on that an author, or a reporter, wants a person to look at the decision again."""
        return self.send(_of(Appealed, id=content_id, version=version, appellant=appellant, **details))

    def send(self, event: ContentEvent, event_id: str | None = None) -> Future[Delivery]:
        """Send any event of the `content` topic.

        Args:
            event: what happened.
            event_id: its CloudEvents id, the same for a repeat of it; a random one if None.

        Raises:
            InvalidEvent: it breaks the contract, or is larger than the topic takes.
            Unavailable: the publisher is closed, or has waited 30 s for room in its queue.
        """
        value = checked(event)
        headers: Headers = [*headers_of(event, self._source, event_id or uuid4().hex)]
        future: Future[Delivery] = Future()
        future.set_running_or_notify_cancel()

        def report(error: KafkaError | None, message: Message) -> None:
            if error is None:
                self._trouble.told = ""
                future.set_result(_delivery(message))
            else:
                future.set_exception(_undelivered(event, error, self._trouble.told))

        self._queue(event, value, headers, report)
        return future

    def flush(self, timeout: float = 30.0) -> None:
        """Wait until everything sent so far is delivered or has failed.

        Raises:
            Unavailable: not within `timeout` seconds.
        """
        deadline = time.monotonic() + timeout
        while len(self._producer):
            if time.monotonic() > deadline:
                raise Unavailable(
                    f"{self._topic}: some events are not yet delivered after {timeout:g} s; "
                    "is the broker there?"
                )
            self._poll(min(timeout, _POLL_S))

    def close(self, timeout: float = 30.0) -> None:
        """Flush, then send nothing more. Raises `Unavailable` as `flush` does. Safe to call twice."""
        if self._closed.is_set():
            return
        try:
            self.flush(timeout)
        finally:
            self._closed.set()
            self._reports.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _queue(self, event: ContentEvent, value: bytes, headers: Headers, report: Report) -> None:
        deadline = time.monotonic() + _ROOM_S
        while not self._closed.is_set():
            try:
                self._producer.produce(
                    self._topic, value, event.id.encode(), on_delivery=report, headers=headers
                )
            except BufferError as error:
                if time.monotonic() > deadline:
                    raise Unavailable(
                        f"{self._topic}: no room for another event in {_ROOM_S:g} s; is the broker there?"
                    ) from error
                self._poll(_POLL_S)
            except KafkaException as error:
                raise _undelivered(event, error.args[0], self._trouble.told) from error
            else:
                return
        raise Unavailable("This publisher is closed: make a new one.")

    def _serve_reports(self) -> None:
        while not self._closed.is_set():
            self._poll(_POLL_S)

    def _poll(self, timeout: float) -> None:
        """Serve reports. librdkafka's own flush calls them beside a fatal error too, which breaks them."""
        try:
            self._producer.poll(timeout)
        except KafkaException as error:
            # Of the producer as a whole: each event's own report fails, and says so.
            self._trouble.heard(error.args[0])


def _of(kind: type, **fields: object) -> ContentEvent:
    event: ContentEvent = kind(**{"at": time.time_ns() // 1_000_000, **fields})
    return event


def _delivery(message: Message) -> Delivery:
    return Delivery(str(message.topic()), int(message.partition() or 0), int(message.offset() or 0))


def _undelivered(event: ContentEvent, error: KafkaError, trouble: str) -> Exception:
    what = f"{type(event).__struct_config__.tag} of {event.id!r}"
    if error.code() == KafkaError.MSG_SIZE_TOO_LARGE:
        most = SPECS[Topic.CONTENT].max_bytes
        return InvalidEvent(f"{what}: larger than the {most:,} bytes of a record: shorten thread or signals.")
    fatal = " Make a new publisher." if error.fatal() else ""
    return Unavailable(f"{what}: not delivered: {in_words(error, trouble)}{fatal}")
