"""One content in the ledger, and its bytes in the table."""

from msgspec import DecodeError, Struct
from msgspec.msgpack import Decoder, Encoder

from stream.core.errors import Misconfigured
from stream.core.outcome import Proposal
from stream.core.terms import DecidedBy, Decision, Effect, Effort, Label, Origin, Stage
from stream.core.verdict import Closing

_FORMAT = b"\x02"
"""The first byte: another form of the rest gets another one, so that no ledger misreads it. 1 is the same
without what few people are asked.
"""
_READABLE = (b"\x01", _FORMAT)

MAX_PAST = 8
"""Superseded versions that an entry remembers, newest last."""
MAX_CASES = 16
"""Cases that an entry remembers. Beyond it the oldest that is not open leaves; open ones stay."""


class Standing(Struct, frozen=True, array_like=True, gc=False):
    """What the last verdict said. From `verdicts`."""

    version: int
    digest: str | None
    decision: Decision
    at: int
    stage: Stage | None = None
    due: int | None = None
    case: str | None = None
    decided_by: DecidedBy | None = None
    policy_set: str | None = None
    model: str | None = None
    effort: Effort | None = None
    clauses: tuple[str, ...] = ()
    labels: tuple[Label, ...] = ()
    reason: str = ""
    restricted: bool = False


class PastVersion(Struct, frozen=True, array_like=True, gc=False):
    """What was last said about a version that another has followed. From `verdicts`."""

    version: int
    decision: Decision
    at: int


class Held(Struct, frozen=True, array_like=True, gc=False):
    """The holds of one case: since when, and what the last of them said. From `verdicts`."""

    since: int
    due: int
    stage: Stage
    version: int


class Routed(Struct, frozen=True, array_like=True, gc=False):
    """Where triage last sent the case. From `audit`."""

    at: int
    lane: str
    surface: str | None
    policies: tuple[str, ...]
    effect: Effect
    origin: Origin
    opened_at: int
    due: int
    version: int
    reason: str = ""


class Judged(Struct, frozen=True, array_like=True, gc=False):
    """What the judge last answered. From `audit`."""

    at: int
    proposal: Proposal
    policies: tuple[str, ...]
    model: str
    effort: Effort
    prompt: int = 0
    cached: int = 0
    output: int = 0


class Closed(Struct, frozen=True, array_like=True, gc=False):
    """How the case ended. From `audit`."""

    at: int
    closing: Closing
    published: bool
    decision: Decision | None = None
    decided_by: DecidedBy | None = None
    clauses: tuple[str, ...] = ()


class Asked(Struct, frozen=True, array_like=True, gc=False):
    """What people were last asked about the case. From `cases.review` or `cases.review.restricted`."""

    since: int
    due: int
    why: str
    effect: Effect
    origin: Origin
    version: int
    recommendation: Decision | None = None
    reports: int = 0
    overdue: int = 0
    answered: bool = False
    """Whether it no longer needs a person."""
    urgent: bool = False


class CaseEntry(Struct, frozen=True, array_like=True, gc=False):
    """One case, as far as each topic has told of it; `asked_few` is what `cases.review.restricted` told."""

    id: str
    held: Held | None = None
    routed: Routed | None = None
    judged: Judged | None = None
    closed: Closed | None = None
    asked: Asked | None = None
    asked_few: Asked | None = None

    @property
    def task(self) -> Asked | None:
        """What people were last asked: once few are, the others are no more."""
        return self.asked_few or self.asked

    @property
    def is_open(self) -> bool:
        """Whether it still waits for an answer. What people no longer need to answer is closed too."""
        return self.closed is None and not (self.task is not None and self.task.answered)

    @property
    def policies(self) -> tuple[str, ...]:
        """Which policies judge it: those that were asked, else those that it was routed to."""
        if self.judged is not None:
            return self.judged.policies
        return self.routed.policies if self.routed is not None else ()

    @property
    def surface(self) -> str | None:
        """Where it was posted; None before triage has seen it."""
        return self.routed.surface if self.routed is not None else None

    @property
    def stage(self) -> Stage:
        """Whom it waits for."""
        asked = self.task is not None and not self.task.answered
        held = self.held is not None and self.held.stage is Stage.PEOPLE
        return Stage.PEOPLE if asked or held else Stage.AUTOMATIC

    @property
    def effect(self) -> Effect:
        """Whether it hides its content: a hold that names it says so."""
        if self.held is not None:
            return Effect.HIDE
        told = self.task or self.routed
        return told.effect if told is not None else Effect.WATCH

    @property
    def origin(self) -> Origin | None:
        """What opened it, or asked the strongest question since; None before anything but a hold is known."""
        told = self.task or self.routed
        return told.origin if told is not None else None

    @property
    def version(self) -> int | None:
        """The version it is about."""
        told = self.held or self.task or self.routed
        return told.version if told is not None else None

    @property
    def opened_at(self) -> int:
        """When it was opened (ms), as well as is known."""
        if self.routed is not None:
            return self.routed.opened_at
        known = [told.since for told in (self.held, self.asked, self.asked_few) if told is not None]
        known += [told.at for told in (self.judged, self.closed) if told is not None]
        return min(known, default=0)

    @property
    def due(self) -> int | None:
        """Until when it is to be answered (ms): what people were told goes before what apps were."""
        told = self.task or self.held or self.routed
        return told.due if told is not None else None

    @property
    def seconds_in_hold(self) -> float | None:
        """How long it hid its content; None while it does, or where it never did."""
        if self.held is None or self.closed is None:
            return None
        return max(0, self.closed.at - self.held.since) / 1_000


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
