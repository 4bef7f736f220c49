"""Cases: the work that the gate hands out, and the tasks it puts in front of people."""

from msgspec import Struct

from stream.core.content import Edited, Published
from stream.core.fields import (
    CaseId,
    Clauses,
    ContentId,
    Count,
    Digest,
    KnownVersion,
    Millis,
    Note,
    Policies,
)
from stream.core.terms import Decision, Effect, Effort, Origin


class Source(Struct, frozen=True, gc=False):
    """Where in the `content` topic a version was published."""

    partition: int
    offset: int


class Case(Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="type", tag="case.opened.v1"):
    """One question about one version.

    `content` is the whole event that published it; None where the gate no longer had it in hand, in
    which case `source` says where triage finds it. `effort` is the least that may answer it. `restricted`:
    few people may see this content, and no model but a local one.
    """

    id: ContentId
    case: CaseId
    version: KnownVersion
    effect: Effect
    origin: Origin
    opened_at: Millis
    due: Millis
    effort: Effort = Effort.LOW
    digest: Digest | None = None
    source: Source | None = None
    content: Published | Edited | None = None
    restricted: bool = False


class RoutedCase(
    Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="type", tag="case.routed.v1"
):
    """A case that triage has routed: which policies of which set judge it, and how hard.

    `added` are those of `policies` that an operator's rule added to the set's own route. `urgent`: it came by
    the urgent lane. `restricted`: as the case that was opened.
    """

    id: ContentId
    case: CaseId
    version: KnownVersion
    effect: Effect
    origin: Origin
    opened_at: Millis
    due: Millis
    digest: Digest
    content: Published | Edited
    policies: Policies
    policy_set: Digest
    effort: Effort = Effort.LOW
    source: Source | None = None
    added: Policies = ()
    urgent: bool = False
    restricted: bool = False


class ReviewTask(
    Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="type", tag="review.task.v1"
):
    """What a person should decide, why, and by when. The last task of a case is the one that counts.

    It carries no post text: `source` and `digest` say where a reviewer's tool finds it.

    Attributes:
        urgent: a life may be in danger; `due` is minutes away.
        restricted: few people may see the content; the task lies in `cases.review.restricted`.
    """

    id: ContentId
    case: CaseId
    version: KnownVersion
    effect: Effect
    origin: Origin
    at: Millis
    due: Millis
    why: Note
    digest: Digest | None = None
    source: Source | None = None
    recommendation: Decision | None = None
    clauses: Clauses = ()
    reports: Count = 0
    overdue: Count = 0
    urgent: bool = False
    restricted: bool = False


class ReviewClosed(
    Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False, tag_field="type", tag="review.closed.v1"
):
    """A case that no longer needs a person: decided, superseded or deleted; or `restricted`: it goes on in
    `cases.review.restricted`.
    """

    id: ContentId
    case: CaseId
    at: Millis
    reason: Note
    restricted: bool = False
