"""Dead letters: found by what they are about, and turned back into the records they were. Pure."""

from collections.abc import Iterable, Iterator

from msgspec import Struct
from msgspec.structs import replace

from stream.core.dead_letter import DeadLetter
from stream.core.errors import Unreadable
from stream.core.topics import Topic, TopicNames
from stream.core.wire import read_dead_letter
from stream.ports import Outgoing, Record

REPLAYED = "sluice-replayed-from"
"""The header that a replayed record carries: where its dead letter lies."""


class Filed(Struct, frozen=True):
    """A dead letter and where it lies in `dead-letters`; `name` is how people call it."""

    partition: int
    offset: int
    letter: DeadLetter

    @property
    def name(self) -> str:
        """Partition and offset, as `3-1042`."""
        return f"{self.partition}-{self.offset}"


class Filter(Struct, frozen=True):
    """Which letters are wanted; what is None does not matter. `topic` without the installation's prefix."""

    processor: str | None = None
    topic: str | None = None
    error: str | None = None
    content_id: str | None = None
    names: tuple[str, ...] = ()

    def takes(self, filed: Filed, prefix: str) -> bool:
        """Whether a letter is among them."""
        letter = filed.letter
        wanted = (
            (self.processor, letter.processor),
            (self.topic, letter.topic.removeprefix(prefix)),
            (self.error, letter.error),
            (None if self.content_id is None else self.content_id.encode(), letter.key),
        )
        return all(want is None or want == has for want, has in wanted) and (
            not self.names or filed.name in self.names
        )


def found(records: Iterable[Record], wanted: Filter, names: TopicNames) -> Iterator[Filed]:
    """The letters among these records that are wanted; what is no letter is passed over."""
    for record in records:
        try:
            filed = Filed(record.partition, record.offset, read_dead_letter(record.value))
        except Unreadable:
            continue
        if wanted.takes(filed, names.prefix):
            yield filed


def made_whole(filed: Filed, original: Record | None) -> Filed:
    """A letter whose bytes were withheld, with those of its record, if that is still there."""
    if original is None:
        return filed
    letter = replace(filed.letter, key=original.key, value=original.value, withheld=False)
    return replace(filed, letter=letter)


class Plan(Struct, frozen=True):
    """What a replay would do: letters' names with the topics they go to, and why others may not."""

    topics: dict[str, str]
    refused: dict[str, str]

    @property
    def names(self) -> set[str]:
        """Every letter that was found."""
        return self.topics.keys() | self.refused.keys()


def plan_of(letters: Iterable[Filed], names: TopicNames) -> Plan:
    """Say of each letter whether it can go back where it came from."""
    plan = Plan({}, {})
    for filed in letters:
        why = why_not_replayed(filed, names)
        if why is None:
            plan.topics[filed.name] = filed.letter.topic
        else:
            plan.refused[filed.name] = why
    return plan


def why_not_replayed(filed: Filed, names: TopicNames) -> str | None:
    """Why a letter cannot go back where it came from; None if it can."""
    letter = filed.letter
    if letter.withheld:
        return f"its bytes were withheld, and Kafka no longer has the record at {letter.place}"
    if letter.truncated:
        return "truncated: only its first bytes were kept"
    if letter.value is None:
        return "had no value"
    if not letter.key:
        return "had no key, which would be refused again"
    if letter.topic not in {names.of(topic) for topic in Topic}:
        return f"came from {letter.topic}, which is no topic of this installation"
    return None


def replayed(filed: Filed) -> Outgoing:
    """The record as it was, bound for its topic; its key finds the partition, which may have been wrong."""
    letter = filed.letter
    return Outgoing(letter.topic, letter.key or b"", letter.value, ((REPLAYED, filed.name.encode()),))
