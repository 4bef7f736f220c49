"""The ledger: what one record of `verdicts`, `audit` or a review topic changes in what is known of a content.

It keeps no state of its own: it is handed the bytes of one content's entry, and gives back what they become.
It writes nothing but dead letters, and nothing waits for it.
"""

from collections.abc import Callable

from msgspec.structs import replace

from stream.core.dead_letter import letter_for
from stream.core.errors import Misrouted, Oversized, Poison
from stream.core.ledger import ContentEntry, LedgerEvent, Place, apply, decode_entry, encode_entry, is_over
from stream.core.murmur2 import partition_of
from stream.core.topics import SPECS, Topic, TopicNames
from stream.core.wire import encode, headers_of, read_audit, read_review, read_verdict
from stream.ports import UNCHANGED, Clock, LedgerObserver, Outgoing, Record, Step

SOURCE = "/sluice/ledger"

_READERS: dict[Topic, Callable[[bytes | None], LedgerEvent]] = {
    Topic.VERDICTS: read_verdict,
    Topic.AUDIT: read_audit,
    Topic.CASES_REVIEW: read_review,
    Topic.CASES_REVIEW_RESTRICTED: read_review,
}

TOPICS = tuple(_READERS)
"""What the ledger reads."""

_MOST_BYTES = SPECS[Topic.LEDGER_STATE].max_bytes - 1_024
"""The largest entry: what is left is for its key and Kafka's own overhead."""


class Ledger:
    """One record in; the next entry out, or a dead letter. Pure but for the clock and the observer.

    Args:
        names: the topics' names on this cluster.
        partitions: how many partitions every topic has.
        retention: how long (ms) an entry stays after its last change, once nothing about it is open.
        clock: milliseconds since 1970.
        observer: hears what was folded, for the metrics.
    """

    def __init__(
        self, names: TopicNames, partitions: int, retention: int, clock: Clock, observer: LedgerObserver
    ) -> None:
        self._topics = {names.of(topic): topic for topic in TOPICS}
        self._dead_letters = names.of(Topic.DEAD_LETTERS)
        self._partitions = partitions
        self._retention = retention
        self._clock = clock
        self._observer = observer

    def handle(self, record: Record, entry: bytes | None) -> Step:
        """Fold one record into the entry of its key.

        Raises:
            Misconfigured: another version wrote the entry.
        """
        topic = self._topics[record.topic]
        try:
            event = self._read(record, topic)
        except Poison as error:
            return self._refused(record, error)
        known = decode_entry(entry) if entry is not None else ContentEntry()
        folded = apply(known, event, Place(topic, record.offset))
        if folded is known:
            self._observer.repeated()
            return Step(UNCHANGED, ())
        # A time ahead of the clock would keep the entry until then.
        folded = replace(folded, changed_at=min(folded.changed_at, self._clock()))
        encoded = encode_entry(folded)
        if len(encoded) > _MOST_BYTES:
            size = f"{len(encoded):,} bytes, and {_MOST_BYTES:,} at most fit into ledger-state"
            return self._refused(record, Oversized(f"Its content's entry would take {size}."))
        self._observer.folded(topic.value)
        return Step(encoded, ())

    def is_over(self, entry: ContentEntry, until: int) -> bool:
        """Whether an entry's time in the ledger is over, where everything is known until then (ms).

        A ledger that reads old records must not count by the clock: a topic that it has not read yet may say
        that something about this content still waits.
        """
        return is_over(entry, until - self._retention)

    def _read(self, record: Record, topic: Topic) -> LedgerEvent:
        """The record's event, once its key and partition agree with it.

        Raises:
            Unreadable: it is none.
            Misrouted: they do not agree.
        """
        event = _READERS[topic](record.value)
        key = event.id.encode()
        if record.key != key or partition_of(key, self._partitions) != record.partition:
            raise Misrouted(f"The record's key or partition is not that of its content id {event.id!r}.")
        return event

    def _refused(self, record: Record, error: Poison) -> Step:
        """A dead letter that says where the record lies.

        Its bytes stay where they are: these topics have one writer each, so nobody may replay them, and
        those of `audit` are for few eyes.
        """
        self._observer.refused(type(error).__name__.lower())
        place = (record.topic, record.partition, record.offset)
        letter = letter_for("ledger", place, (record.key, None), error, self._clock())
        headers = headers_of(letter, SOURCE, "d." + letter.place)
        return Step(
            UNCHANGED,
            [Outgoing(self._dead_letters, letter.key or b"", encode(letter), headers, record.partition)],
        )
