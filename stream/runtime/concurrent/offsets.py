"""Completed offsets beyond the committed one, as text for the metadata of a Kafka offset commit. Pure.

Nothing done beyond the base is the empty text. Otherwise one letter names the form, and base85 follows:

- `R`: lengths of runs from the base on, as varints (7 bits a byte, least first): open, done, open, done …
- `B`: a bitmap whose first bit (least significant of the first byte) is the base itself.

A bitmap over `MAX_SPAN` offsets takes 3,751 characters, and the shorter form is the one that is sent:
so what is admitted within that span always fits a commit (`ports.MAX_METADATA`), whatever its pattern.
"""

from base64 import b85decode, b85encode
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from stream.core.errors import Unreadable

MAX_SPAN = 24_000
"""Offsets from the base to the last one done, both included, that fit whatever their pattern."""


def encode(base: int, done: Sequence[int]) -> str:
    """Return the metadata for a commit at `base`; `done` ascends and lies above it.

    Raises:
        ValueError: the span is larger than `MAX_SPAN`: more was admitted than can be told.
    """
    if not done:
        return ""
    if done[0] <= base or done[-1] - base >= MAX_SPAN:
        raise ValueError(f"done offsets {done[0]} to {done[-1]} do not lie within {MAX_SPAN} above {base}")
    runs = bytes(chain.from_iterable(map(_varint, _runs(base, done))))
    bits = (done[-1] - base) // 8 + 1
    form, payload = ("R", runs) if len(runs) <= bits else ("B", _bitmap(base, done, bits))
    return form + b85encode(payload).decode("ascii")


def decode(base: int, metadata: str) -> frozenset[int]:
    """Return the offsets that are done from `base` on.

    Raises:
        Unreadable: it is not of this codec, or speaks of more than `MAX_SPAN` offsets.
    """
    if not metadata:
        return frozenset()
    try:
        payload = b85decode(metadata[1:])
    except ValueError as error:
        raise Unreadable(f"commit metadata is not base85: {error}") from None
    if metadata[0] == "R":
        return frozenset(_from_runs(base, payload))
    if metadata[0] == "B":
        return frozenset(_from_bitmap(base, payload))
    raise Unreadable(f"commit metadata of unknown form {metadata[0]!r}; this release knows R and B")


def _runs(base: int, done: Sequence[int]) -> Iterator[int]:
    begin, end = base, base
    for offset in done:
        if offset == end:
            end += 1
            continue
        if end > begin:
            yield end - begin
        yield offset - end
        begin, end = offset, offset + 1
    yield end - begin


def _varint(number: int) -> Iterator[int]:
    while number > 127:
        yield number & 127 | 128
        number >>= 7
    yield number


def _numbers(payload: bytes) -> Iterator[int]:
    number = shift = 0
    for byte in payload:
        number |= (byte & 127) << shift
        shift += 7
        if byte > 127:
            continue
        yield number
        number = shift = 0
    if shift:
        raise Unreadable("commit metadata ends inside a number")


def _from_runs(base: int, payload: bytes) -> Iterator[int]:
    at, done = base, False
    for length in _numbers(payload):
        _check_span(at + length - base)
        if done:
            yield from range(at, at + length)
        at += length
        done = not done


def _bitmap(base: int, done: Iterable[int], size: int) -> bytes:
    bits = bytearray(size)
    for offset in done:
        place = offset - base
        bits[place >> 3] |= 1 << (place & 7)
    return bytes(bits)


def _from_bitmap(base: int, payload: bytes) -> Iterator[int]:
    _check_span((len(payload) - 1) * 8)
    for place in range(len(payload) * 8):
        if payload[place >> 3] >> (place & 7) & 1:
            yield base + place


def _check_span(span: int) -> None:
    if span > MAX_SPAN:
        raise Unreadable(f"commit metadata spans {span} offsets; at most {MAX_SPAN} were ever written")
