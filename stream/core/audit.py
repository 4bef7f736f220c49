"""The audit records of routing and judging: everything needed to do both again, and one restricted field."""

from msgspec import Struct

from stream.core.case import Source
from stream.core.fields import (
    CaseId,
    ContentId,
    Digest,
    KnownVersion,
    Language,
    Millis,
    Name,
    Note,
    Policies,
    Pseudonym,
    Version,
)
from stream.core.judgement import Judgement, Usage
from stream.core.outcome import Proposal
from stream.core.terms import Effect, Effort, Origin


class CaseRouted(
    Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="type", tag="audit.case-routed.v1"
):
    """Where triage sent a case, and under which policies; no post text.

    `lane` is the queue of the judge (`bulk`, `priority`, `urgent`), or `people` where no model may answer;
    `reason` says why then. `surface` is missing where Kafka no longer had the text.
    """

    id: ContentId
    case: CaseId
    version: KnownVersion
    effect: Effect
    origin: Origin
    at: Millis
    opened_at: Millis
    due: Millis
    lane: Name
    policy_set: Digest
    effort: Effort = Effort.LOW
    surface: Name | None = None
    language: Language | None = None
    policies: Policies = ()
    reason: Note = ""


class Confidential(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What quotes the content, and the chain of thought; one field, so that it can be encrypted whole."""

    judgements: tuple[Judgement, ...] = ()
    reasoning: dict[str, str] = {}


class CaseJudged(
    Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="type", tag="audit.case-judged.v1"
):
    """How the judge came to an outcome: model, effort, tokens, checks; no post text outside `confidential`.

    The version is named by id, digest and its position in `content`.
    """

    id: ContentId
    case: CaseId
    version: Version
    digest: Digest
    at: Millis
    proposal: Proposal
    policy_set: Digest
    policies: Policies
    model: Name
    effort: Effort
    source: Source | None = None
    by: Pseudonym | None = None
    usage: Usage = Usage()
    seconds: float = 0.0
    failures: dict[str, tuple[str, ...]] = {}
    confidential: Confidential | None = None
