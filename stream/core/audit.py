"""The audit records of routing and judging: everything needed to do both again, and one restricted field."""

from msgspec import Struct

from stream.core.cascade import Why
from stream.core.case import Source
from stream.core.fields import (
    CaseId,
    ContentId,
    Count,
    Digest,
    KnownVersion,
    Language,
    Millis,
    Name,
    Note,
    Policies,
    Pseudonym,
    Rules,
    Version,
)
from stream.core.judgement import Judgement, Usage
from stream.core.outcome import Proposal
from stream.core.policy import PolicyResult
from stream.core.terms import Effect, Effort, Origin


class CaseRouted(
    Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="type", tag="audit.case-routed.v1"
):
    """Where triage sent a case, and under which policies; no post text.

    `lane` is the queue of the judge (`bulk`, `priority`, `urgent`), or `people` where no model may answer;
    `reason` says why then. `surface` is missing where Kafka no longer had the text. `rules` are the
    operators' rules that took the case, the first 64 by name.
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
    rules: Rules = ()


class Ask(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One question that was put to a model: about which policies, why, what it used, what came of it.

    Attributes:
        draw: 0 for the likeliest answer; n from 1 on for the nth at random.
        model: which one answered; None where none did.
        template: how it was put (`core.template`).
    """

    policies: Policies
    effort: Effort
    why: Why
    results: dict[str, PolicyResult]
    draw: Count = 0
    model: Name | None = None
    usage: Usage = Usage()
    template: Digest | None = None


class Overruled(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An answer that a later one at high effort took the place of."""

    effort: Effort
    judgement: Judgement
    reasoning: str = ""


class Confidential(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What quotes the content, and the chain of thought; one field, so that it can be encrypted whole.

    Attributes:
        judgements: the answer that counts, of each policy.
        reasoning: what led to it, by policy; of several asked together, under their ids joined by `+`.
        overruled: what was answered before.
    """

    judgements: tuple[Judgement, ...] = ()
    reasoning: dict[str, str] = {}
    overruled: tuple[Overruled, ...] = ()


class JudgedRecord(Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="type"):
    """The fields that a judgement in service and one in shadow share; no post text outside `confidential`.

    The version is named by id, digest and its position in `content`. Usage is that of all questions together.

    Attributes:
        model: what gave the answers that count; several are joined by `--`.
        effort: the least of those answers'.
        failures: the checks that the answers that count did not pass.
        asks: every question, in no order.
        restricted: it is, or may be, content that few people may see: then nothing is confidential here.
        sampled: drawn at random for an auditor to read.
        digests: of the text of each policy that was asked.
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
    asks: tuple[Ask, ...] = ()
    restricted: bool = False
    sampled: bool = False
    digests: dict[Name, Digest] = {}
    confidential: Confidential | None = None


class CaseJudged(JudgedRecord, frozen=True, kw_only=True, omit_defaults=True, tag="audit.case-judged.v1"):
    """How the judge came to an outcome: model, effort, tokens, checks."""


class CaseShadowed(JudgedRecord, frozen=True, kw_only=True, omit_defaults=True, tag="audit.case-shadowed.v1"):
    """What a set that is not in force would have proposed for a case. Nothing follows from it.

    `policy_set` is that set; `beside` the one under which triage routed the case.
    """

    beside: Digest
