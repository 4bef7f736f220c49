"""Dead letters: what could not be handled, kept whole enough to be read and replayed."""

from typing import Annotated

from msgspec import Meta, Struct

from stream.core.fields import Millis, Name

MAX_BYTES = 1_048_576


class DeadLetter(
    Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="type", tag="dead-letter.v1"
):
    """One record that a processor gave up on: where it lies, its bytes (base64 in JSON), and the error.

    `value` holds at most the first 1 MiB; `truncated` says that there was more. A replay needs it whole.
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
