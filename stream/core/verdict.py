"""Verdicts and what goes with them: the gate's word to apps, authors and auditors."""

from enum import StrEnum

from msgspec import Struct

from stream.core.fields import (
    CaseId,
    Clauses,
    ContentId,
    Digest,
    KnownVersion,
    Millis,
    Name,
    Note,
    Pseudonym,
)
from stream.core.outcome import Proposal
from stream.core.terms import DecidedBy, Decision, Effort, Labels, Stage


class Verdict(Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="type", tag="verdict.v1"):
    """The state of one piece of content. The last verdict of an id is the whole truth about it.

    Show a version only if the last verdict is `release` and names that id, version and digest.
    A `hold` says whom it waits for (`stage`) and until when (`due`). `labels` of a release is the
    complete set: what an earlier release labelled and this one does not is lifted. `restricted`: few people
    may see what it is about; no tool but theirs may show it.
    """

    id: ContentId
    version: KnownVersion
    decision: Decision
    at: Millis
    digest: Digest | None = None
    case: CaseId | None = None
    stage: Stage | None = None
    due: Millis | None = None
    labels: Labels = ()
    decided_by: DecidedBy | None = None
    policy_set: Digest | None = None
    model: Name | None = None
    effort: Effort | None = None
    clauses: Clauses = ()
    reason: Note = ""
    restricted: bool = False


class NoticeTo(StrEnum):
    """Whom a notice is for."""

    AUTHOR = "author"
    REPORTER = "reporter"


class Notice(Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="type", tag="notice.v1"):
    """What to tell an author or the reporters about a decision. Never the model's words.

    `texts` are human-written, by clause and language, where the policy set has them.
    """

    id: ContentId
    version: KnownVersion
    case: CaseId
    at: Millis
    to: NoticeTo
    decision: Decision
    automated: bool
    clauses: Clauses = ()
    labels: Labels = ()
    policy_set: Digest | None = None
    texts: dict[str, str] = {}
    may_appeal: bool = True


class Closing(StrEnum):
    """How a case ended."""

    DECIDED = "decided"
    SUPERSEDED = "superseded"
    DELETED = "deleted"
    OVERFLOW = "overflow"


class CaseClosed(
    Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="type", tag="audit.case-closed.v1"
):
    """The one closing of a case, for the record; `published` says whether a verdict followed from it.

    `bulk`: it was one of many that nobody looked at one by one, so it is nobody's label.
    """

    id: ContentId
    case: CaseId
    version: KnownVersion
    at: Millis
    closing: Closing
    published: bool
    decision: Decision | None = None
    decided_by: DecidedBy | None = None
    by: Pseudonym | None = None
    policy_set: Digest | None = None
    model: Name | None = None
    effort: Effort | None = None
    clauses: Clauses = ()
    reason: Note = ""
    restricted: bool = False
    bulk: bool = False


class OutcomeDropped(
    Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="type", tag="audit.outcome-dropped.v1"
):
    """An outcome that did not apply, and why: late, a duplicate, or not its sender's to give."""

    id: ContentId
    version: KnownVersion
    at: Millis
    reason: Name
    case: CaseId | None = None
    proposal: Proposal | None = None
    decided_by: DecidedBy | None = None
    by: Pseudonym | None = None
