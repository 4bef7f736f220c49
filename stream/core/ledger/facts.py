"""What each topic has told of a content, or of one of its cases, as far as the ledger keeps it. Values."""

from msgspec import Struct

from stream.core.outcome import Proposal
from stream.core.terms import DecidedBy, Decision, Effect, Effort, Label, Origin, Stage
from stream.core.verdict import Closing


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
