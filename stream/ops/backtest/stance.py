"""What one policy set makes of one version. Pure."""

from collections.abc import Iterable

from msgspec import Struct
from msgspec.structs import replace

from stream.core.actions import Ruling
from stream.core.judgement import Finding, Judgement, Usage
from stream.core.outcome import Proposal
from stream.core.policy import PolicyResult
from stream.core.policy.calibration import Basis


class Kept(Struct, frozen=True, array_like=True):
    """One policy's judgement with no word of the post or of a model in it, and the tokens that it took."""

    judgement: Judgement
    usage: Usage = Usage()
    basis: Basis | None = None
    """What it was given under, where that is known: a calibrated grant holds for nothing else."""


class Stance(Struct, frozen=True, kw_only=True):
    """What one set makes of one version.

    Attributes:
        proposal: released, left to people, or removed.
        clauses: the broken ones that count, as their policies write them, such as `harassment/HR1.a`.
        results: by policy, of those that were asked.
        usage: tokens of all questions, whenever they were put.
        restricted: few people may see the content, as far as this set's policies tell.
        recorded: whether all of it was read from `audit`.
    """

    proposal: Proposal
    clauses: tuple[str, ...] = ()
    results: dict[str, PolicyResult] = {}
    usage: Usage = Usage()
    restricted: bool = False
    recorded: bool = False


def wordless(judgement: Judgement) -> Judgement:
    """The same judgement without quotes, rationale and advice."""
    findings = tuple(Finding(finding.clause, "") for finding in judgement.findings)
    return replace(judgement, findings=findings, rationale="", remediation="")


def stance_of(ruling: Ruling, kept: Iterable[Kept], *, restricted: bool, recorded: bool) -> Stance:
    """Sum up one set's judgements and what follows from them."""
    kept = list(kept)
    cited = (f"{one.judgement.policy}/{finding.clause}" for one in kept for finding in one.judgement.findings)
    written = {name.lower(): name for name in cited}
    return Stance(
        proposal=ruling.proposal,
        clauses=tuple(written.get(clause, clause) for clause in ruling.clauses),
        results={one.judgement.policy: one.judgement.result for one in kept},
        usage=total(one.usage for one in kept),
        restricted=restricted or ruling.restricted,
        recorded=recorded,
    )


def total(parts: Iterable[Usage]) -> Usage:
    """Tokens together."""
    prompt = cached = output = 0
    for part in parts:
        prompt, cached, output = prompt + part.prompt, cached + part.cached, output + part.output
    return Usage(prompt, cached, output)
