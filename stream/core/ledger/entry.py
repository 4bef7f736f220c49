"""One content in the ledger, and its bytes in the table."""

from msgspec import DecodeError, Struct
from msgspec.msgpack import Decoder, Encoder

from stream.core.errors import Misconfigured
from stream.core.ledger.case_entry import CaseEntry
from stream.core.ledger.facts import PastVersion, Standing

_FORMAT = b"\x02"
"""The first byte: another form of the rest gets another one, so that no ledger misreads it. 1 is the same
without what few people are asked.
"""
_READABLE = (b"\x01", _FORMAT)

MAX_PAST = 8
"""Superseded versions that an entry remembers, newest last."""
MAX_CASES = 16
"""Cases that an entry remembers. Beyond it the oldest that is not open leaves; open ones stay."""


class Seen(Struct, frozen=True, array_like=True, gc=False):
    """The next offset to take from each topic: what lies before it is in the entry already."""

    verdicts: int = 0
    audit: int = 0
    review: int = 0
    few: int = 0


class ContentEntry(Struct, frozen=True, array_like=True, gc=False):
    """Everything the ledger knows of one content.

    Attributes:
        seen: how far each topic is in here.
        changed_at: the latest time that any event named (ms), by the ledger's clock at most; retention counts
            from it.
        standing: what the last verdict said; None before the first.
        past: superseded versions, oldest first, at most `MAX_PAST`.
        cases: by their ids, at most `MAX_CASES` unless more are open.
        dropped: outcomes that did not apply.
    """

    seen: Seen = Seen()
    changed_at: int = 0
    standing: Standing | None = None
    past: tuple[PastVersion, ...] = ()
    cases: tuple[CaseEntry, ...] = ()
    dropped: int = 0

    @property
    def open_cases(self) -> tuple[CaseEntry, ...]:
        """The cases that wait for an answer."""
        return tuple(case for case in self.cases if case.is_open)


def encode_entry(entry: ContentEntry) -> bytes:
    """The table's bytes: the format's number in one byte, then MessagePack."""
    return _FORMAT + _encode(entry)


def decode_entry(data: bytes) -> ContentEntry:
    """Read the table's bytes back.

    Raises:
        Misconfigured: `encode_entry` of this version did not write them.
    """
    try:
        if data[:1] in _READABLE:
            return _decode(memoryview(data)[1:])
        why = f"it begins with {data[:1].hex() or 'nothing'}, not {_FORMAT.hex()}"
    except (DecodeError, UnicodeDecodeError) as error:
        why = str(error)
    raise Misconfigured(
        f"an entry of ledger-state cannot be read ({why}): another version of Sluice wrote it, or somebody "
        "else. Run that version, or rebuild the ledger from its topics: docs/install.md, 6"
    )


_encode = Encoder().encode
_decode = Decoder(ContentEntry).decode
