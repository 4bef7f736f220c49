"""The gate's state of one piece of content, and its bytes in the changelog.

The bytes begin with the time at which the gate must look at the entry again, so that a restore
schedules a million entries without decoding one.
"""

from msgspec import Struct
from msgspec.msgpack import Decoder, Encoder

from stream.core.terms import Decision, Effect, Effort, Origin, Stage

MAX_REPORTERS = 16
MAX_OLDER = 4
_FINGERPRINT = 4


class OpenCase(Struct, frozen=True, array_like=True, gc=False):
    """A case that has not closed. `person_final`: only a person's outcome may close it."""

    id: str
    effect: Effect
    origin: Origin
    stage: Stage
    opened_at: int
    due: int
    effort: Effort = Effort.LOW
    person_final: bool = False
    overdue: int = 0


class OlderCase(Struct, frozen=True, array_like=True, gc=False):
    """A case about a superseded version: judged for the record, it can publish nothing any more."""

    case: OpenCase
    version: int
    digest: bytes | None
    offset: int


class ContentState(Struct, frozen=True, array_like=True, gc=False):
    """What the gate knows of one content id.

    `decision` is that of the last verdict (`unknown` where the gate has forgotten it); it is `hold`
    exactly while `case` hides. `offset` is where the current version lies in `content`, -1 if nowhere.
    `reporters` are 4-byte fingerprints of the first distinct reporters of this version.
    """

    version: int
    digest: bytes | None
    offset: int
    decision: Decision
    changed_at: int
    case: OpenCase | None = None
    older: tuple[OlderCase, ...] = ()
    by_person: bool = False
    decider: str | None = None
    reports: int = 0
    reporters: bytes = b""

    def has_report_of(self, fingerprint: bytes) -> bool:
        """Whether this reporter is among those remembered."""
        known = self.reporters
        return any(
            known[start : start + _FINGERPRINT] == fingerprint for start in range(0, len(known), _FINGERPRINT)
        )


def wake_of(state: ContentState, retention_ms: int) -> int:
    """When the gate must look again: the earliest deadline, else the end of its retention (ms)."""
    dues = [older.case.due for older in state.older]
    if state.case is not None:
        dues.append(state.case.due)
    return min(dues) if dues else state.changed_at + retention_ms


def encode_state(state: ContentState, retention_ms: int) -> bytes:
    """The changelog's bytes: 8 bytes big-endian wake time in ms, then MessagePack."""
    return wake_of(state, retention_ms).to_bytes(8, "big") + _encode(state)


def decode_state(data: bytes) -> ContentState:
    """Read the changelog's bytes back.

    Raises:
        msgspec.DecodeError: these are not bytes of `encode_state`.
    """
    return _decode(memoryview(data)[8:])


def wake_at(data: bytes) -> int:
    """The wake time of encoded state, in ms, without decoding the rest."""
    return int.from_bytes(data[:8], "big")


_encode = Encoder().encode
_decode = Decoder(ContentState).decode
