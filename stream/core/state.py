"""The gate's state of one piece of content, and its bytes in the changelog.

The bytes begin with the time at which the gate must look at the entry again, since when it hides something
that no person was asked about, and how much text waits for machines: a restore schedules and counts a
million entries without decoding one.
"""

import struct

from msgspec import Struct
from msgspec.msgpack import Decoder, Encoder

from stream.core.errors import Unreadable
from stream.core.terms import Decision, Effect, Effort, Origin, Stage

_FORMAT = 2
"""The first byte: another form of the rest gets another number, so that no gate misreads it. 1 is the same
without `urgent` and `restricted`, which a gate that cannot read them would tell to everybody. What was
written before `removable` reads as not removable.
"""
_READABLE = frozenset({1, _FORMAT})
RESTRICTED_RETENTION = 365 * 86_400_000
"""How long (ms), at least, the gate remembers that content is restricted."""
_HEAD = struct.Struct(">BQQI")
_TOLD = struct.Struct(">QQI")

MAX_REPORTERS = 16
MAX_OLDER = 4
MAX_DECIDERS = 4
_FINGERPRINT = 4


class OpenCase(Struct, frozen=True, array_like=True, gc=False):
    """A case that has not closed.

    `person_final`: only a person's outcome may close it. `urgent`: people have it on a deadline of its own.
    `removable`: a machine recommends removal and nothing held it back, so a set may let time do it.
    """

    id: str
    effect: Effect
    origin: Origin
    stage: Stage
    opened_at: int
    due: int
    effort: Effort = Effort.LOW
    person_final: bool = False
    overdue: int = 0
    urgent: bool = False
    removable: bool = False


class OlderCase(Struct, frozen=True, array_like=True, gc=False):
    """A case about a superseded version: judged for the record, it can publish nothing any more."""

    case: OpenCase
    version: int
    digest: bytes | None
    offset: int
    reports: int = 0
    deciders: tuple[str, ...] = ()
    size: int = 0


class ContentState(Struct, frozen=True, array_like=True, gc=False):
    """What the gate knows of one content id. Everything but `older` is about `version`.

    Attributes:
        version: the newest seen; 0 where nothing readable ever named one.
        digest: sha256 of its text, None where nobody named it.
        offset: where it lies in `content`, -1 where the gate did not see it published.
        decision: that of the last verdict (`unknown` where the gate has forgotten it); it is `hold`
            exactly while `case` hides.
        changed_at: when its retention begins, in ms.
        deciders: the last people who decided about it; a machine may not overturn them.
        reports: how many distinct reporters it had.
        reporters: 4-byte fingerprints of the first of them.
        final: an appeal against the present decision was upheld; there is no second one.
        size: bytes of its text, 0 where the gate did not see it published.
        restricted: few people may see it, in this version and every later one.
    """

    version: int
    digest: bytes | None
    offset: int
    decision: Decision
    changed_at: int
    case: OpenCase | None = None
    older: tuple[OlderCase, ...] = ()
    deciders: tuple[str, ...] = ()
    reports: int = 0
    reporters: bytes = b""
    final: bool = False
    size: int = 0
    restricted: bool = False

    @property
    def is_known(self) -> bool:
        """Whether the gate itself knows which version is the newest."""
        return self.decision is not Decision.UNKNOWN and self.version > 0

    def has_report_of(self, fingerprint: bytes) -> bool:
        """Whether this reporter is among those remembered."""
        known = self.reporters
        return any(
            known[start : start + _FINGERPRINT] == fingerprint for start in range(0, len(known), _FINGERPRINT)
        )


def wake_of(state: ContentState, retention_ms: int) -> int:
    """When the gate must look again: the earliest deadline, else the end of its retention (ms)."""
    case, older = state.case, state.older
    if older:
        due = min(one.case.due for one in older)
        return due if case is None else min(due, case.due)
    if case is not None:
        return case.due
    kept = max(retention_ms, RESTRICTED_RETENTION) if state.restricted else retention_ms
    return state.changed_at + kept


def encode_state(state: ContentState, retention_ms: int) -> bytes:
    """The changelog's bytes: a head, then MessagePack.

    The head, big-endian: the format's number in 1 byte; wake time and hidden-since in ms, 8 bytes each; and
    in 4 bytes how much text waits for machines, that is of versions with a case in the automatic stage.
    """
    case = state.case
    since = waiting = 0
    if case is not None and case.stage is Stage.AUTOMATIC:
        waiting = state.size
        if case.effect is Effect.HIDE:
            since = case.opened_at
    if state.older:
        waiting += sum(older.size for older in state.older if older.case.stage is Stage.AUTOMATIC)
    return _HEAD.pack(_FORMAT, wake_of(state, retention_ms), since, waiting) + _encode(state)


def decode_state(data: bytes) -> ContentState:
    """Read the changelog's bytes back.

    Raises:
        msgspec.DecodeError: these are not bytes of `encode_state`.
    """
    return _decode(memoryview(data)[_HEAD.size :])


def head_of(data: bytes) -> tuple[int, int, int]:
    """Tell, without decoding the rest, what the runner asks of every state.

    Returns:
        When the gate must look again, and since when it hides what no person was asked about (0: it does
        not), in ms; and how many bytes of text wait for machines.

    Raises:
        Unreadable: these bytes are of another format.
    """
    try:
        if data[0] in _READABLE:
            return _TOLD.unpack_from(data, 1)
    except (IndexError, struct.error):
        pass
    raise Unreadable(f"it is of another format (it begins with {data[:1].hex() or 'nothing'}, not 01 or 02)")


_encode = Encoder().encode
_decode = Decoder(ContentState).decode
