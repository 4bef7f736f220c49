"""Dead letters: what could not be handled, kept whole enough to be read and replayed."""

from typing import Annotated

from msgspec import Meta, Struct

from stream.core.errors import SluiceError
from stream.core.fields import Millis, Name, is_content_id

MAX_BYTES = 1_048_576
MAX_KEY = 1_024
"""Many times a content id: a longer key is none of ours."""


class DeadLetter(
    Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="type", tag="dead-letter.v1"
):
    """One record that a processor gave up on: where it lies, its bytes (base64 in JSON), and the error.

    `value` holds at most the first 1 MiB, `key` the first 1 KiB; `truncated` says that there was more. A
    replay needs both whole. `withheld`: the record may be for few eyes, so its bytes stay where they lie, and
    the key is here only if it is a content id.
    """

    processor: Name
    topic: Annotated[str, Meta(max_length=249)]
    partition: int
    offset: int
    at: Millis
    error: Name
    detail: Annotated[str, Meta(max_length=2_000)]
    key: bytes | None = None
    value: bytes | None = None
    truncated: bool = False
    withheld: bool = False

    @property
    def place(self) -> str:
        """Where the record lies; unique per cluster."""
        return f"{self.topic}/{self.partition}-{self.offset}"


def letter_for(
    processor: str,
    place: tuple[str, int, int],
    content: tuple[bytes | None, bytes | None],
    error: SluiceError,
    at: int,
    *,
    keep_bytes: bool = True,
) -> DeadLetter:
    """Write the dead letter of one record.

    Args:
        processor: who gave up on it.
        place: its topic, partition and offset.
        content: its key and value.
        error: why; the class is the letter's `error`, the text its `detail`.
        at: the processor's clock, in ms.
        keep_bytes: whether the letter may hold the record, not only its place.
    """
    topic, partition, offset = place
    key, value = content
    if not keep_bytes:
        named = key is not None and is_content_id(key.decode(errors="replace"))
        key, value = key if named else None, None
    return DeadLetter(
        processor=processor,
        topic=topic,
        partition=partition,
        offset=offset,
        at=at,
        error=type(error).__name__.lower(),
        detail=str(error)[:2_000],
        key=key[:MAX_KEY] if key is not None else None,
        value=value[:MAX_BYTES] if value is not None else None,
        truncated=len(value or b"") > MAX_BYTES or len(key or b"") > MAX_KEY,
        withheld=not keep_bytes,
    )
