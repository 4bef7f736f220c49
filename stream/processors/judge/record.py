"""The audit record of a judged case. What a model wrote, and every quote, stands in one field of it."""

from collections.abc import Iterator

from stream.core.actions import is_restricted
from stream.core.audit import Ask, CaseJudged, Confidential, Overruled
from stream.core.cascade import Why
from stream.core.judgement import Usage
from stream.core.outcome import Outcome
from stream.core.template import template_digest
from stream.processors.judge.answers import Answers, Asked
from stream.processors.judge.brief import Brief

LONGEST_REASONING = 300_000
"""Bytes of all chains of thought in one record: it fits its topic with everything else at its longest."""


def record_of(brief: Brief, outcome: Outcome, answers: Answers, own: str, seconds: float) -> CaseJudged:
    """Write down how a case was judged.

    Of what a restricted policy did not call safe, at any effort, no quote and no word of a model is kept.

    Args:
        brief: what was to be asked.
        outcome: what came of it.
        answers: every question and its answer.
        own: the engine's own model.
        seconds: how long it took.
    """
    case = brief.case
    restricted = outcome.restricted or case.restricted
    restricted = restricted or is_restricted(case.policies, answers.everything, brief.policies)
    return CaseJudged(
        id=case.id,
        case=case.case,
        version=case.version,
        digest=case.digest,
        at=outcome.at,
        proposal=outcome.proposal,
        policy_set=case.policy_set,
        policies=case.policies,
        model=outcome.model or own,
        effort=outcome.effort or case.effort,
        source=case.source,
        by=outcome.by,
        usage=answers.usage,
        seconds=seconds,
        failures={one.policy: one.failures for one in answers.judgements if one.failures},
        asks=tuple(_ask(one, own) for one in answers.asked),
        restricted=restricted,
        sampled=brief.is_for_auditors and not restricted,
        digests={policy: brief.policies.policies[policy].digest for policy in answers.last},
        confidential=None if restricted else _confidential(answers),
    )


def _ask(one: Asked, own: str) -> Ask:
    return Ask(
        policies=tuple(policy.id for policy in one.question.policies),
        effort=one.question.effort,
        why=one.why,
        results={judgement.policy: judgement.result for judgement in one.judgements},
        draw=one.question.draw,
        model=(one.answer.model or own) if one.answer is not None else None,
        usage=one.answer.usage if one.answer is not None else Usage(),
        template=template_digest(one.question.policies),
    )


def _confidential(answers: Answers) -> Confidential:
    thoughts = [one for one in answers.asked if one.why is not Why.REPEATED and one.answer]
    room = LONGEST_REASONING // max(1, len(thoughts))
    counting = {id(one) for one in answers.last.values()}
    return Confidential(
        judgements=answers.judgements,
        reasoning={
            "+".join(policy.id for policy in one.question.policies): thought
            for one in thoughts
            if id(one) in counting and (thought := _reasoning(one, room))
        },
        overruled=tuple(_overruled(answers, room)),
    )


def _overruled(answers: Answers, room: int) -> Iterator[Overruled]:
    """A bundle's reasoning stands with the first of the answers that it led to."""
    for one in answers.asked:
        if one.why is not Why.FIRST:
            continue
        reasoning = _reasoning(one, room)
        for judgement in one.judgements:
            if answers.last[judgement.policy] is not one:
                yield Overruled(effort=one.question.effort, judgement=judgement, reasoning=reasoning)
                reasoning = ""


def _reasoning(one: Asked, room: int) -> str:
    written = one.answer.reasoning if one.answer is not None else ""
    return written.encode(errors="replace")[:room].decode(errors="ignore")
