"""What came of a case's questions: the answer that counts under each policy, and all the others."""

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from stream.core.actions import is_urgent
from stream.core.cascade import Why, joined
from stream.core.judgement import Answer, Judgement, Question, Usage
from stream.core.policy import Autonomy, PolicyResult
from stream.core.policy.calibration import Basis
from stream.core.policy.policy_set import PolicySet
from stream.core.template import template_digest
from stream.core.terms import Effort


class Asked(Struct, frozen=True):
    """One question and its checked judgements, in the order of its policies; no answer where none can be."""

    question: Question
    why: Why
    judgements: tuple[Judgement, ...]
    answer: Answer | None = None

    def judgement(self, policy: str) -> Judgement:
        """What it came to under one of its policies."""
        return next(judgement for judgement in self.judgements if judgement.policy == policy)


class Answers:
    """All questions of one case.

    Args:
        asked: every one; of the same policy, those that count later come later.
        unasked: the judgements of the policies that were never asked about.
    """

    def __init__(self, asked: Sequence[Asked], unasked: Sequence[Judgement]) -> None:
        self.asked = asked
        self._unasked = unasked
        self.last = {
            judgement.policy: one
            for one in asked
            if one.why is not Why.REPEATED
            for judgement in one.judgements
        }

    @property
    def judgements(self) -> tuple[Judgement, ...]:
        """The one that counts under each policy, with how far the model agrees with itself."""
        counting = (self._agreed(one, one.judgement(policy)) for policy, one in self.last.items())
        return (*self._unasked, *counting)

    @property
    def standing(self) -> list[Asked]:
        """The questions with an answer that counts and passed its checks, each once."""
        held = [
            one
            for policy, one in self.last.items()
            if one.judgement(policy).result is not PolicyResult.FAILED
        ]
        return list({one.question.id: one for one in held}.values())

    @property
    def everything(self) -> tuple[Judgement, ...]:
        """Those too that a later one took the place of."""
        return (*self._unasked, *(judgement for one in self.asked for judgement in one.judgements))

    def lost_alarm(self, policies: Sequence[str], policy_set: PolicySet) -> bool:
        """Whether an answer spoke of danger to a life, and the one that took its place cannot be trusted."""
        failed = {one.policy for one in self.judgements if one.result is PolicyResult.FAILED}
        return is_urgent([name for name in policies if name in failed], self.everything, policy_set)

    @property
    def usage(self) -> Usage:
        """Tokens of all answers together."""
        parts = [one.answer.usage for one in self.asked if one.answer is not None]
        return Usage(
            prompt=sum(part.prompt for part in parts),
            cached=sum(part.cached for part in parts),
            output=sum(part.output for part in parts),
        )

    def effort(self, policies: PolicySet, least: Effort) -> Effort:
        """The least that an answer which counts was asked at; `least` where there is none."""
        efforts = (one.question.effort for one in self._counting(policies))
        return min(efforts, key=lambda effort: effort.rank, default=least)

    def model(self, policies: PolicySet, own: str) -> str:
        """What gave the answers that count; the engine's own name where there is none."""
        answers = (one.answer for one in self._counting(policies))
        return joined(answer.model or own for answer in answers if answer is not None) or own

    def bases(self, policies: PolicySet, own: str) -> dict[str, Basis]:
        """What the answer that counts under each policy was given under; `own` is the engine's own model."""
        return {
            policy: Basis(
                policy=policies.policies[policy].digest,
                template=template_digest(one.question.policies),
                model=one.answer.model or own,
                effort=one.question.effort,
            )
            for policy, one in self.last.items()
            if one.answer is not None
        }

    def _counting(self, policies: PolicySet) -> list[Asked]:
        return [one for policy, one in self.last.items() if policies.autonomy[policy] is not Autonomy.SHADOW]

    def _agreed(self, one: Asked, judgement: Judgement) -> Judgement:
        asked = (one.question.policies, one.question.effort)
        draws = [
            draw.judgement(judgement.policy).result
            for draw in self.asked
            if draw.why is Why.REPEATED
            and draw.answer is not None
            and (draw.question.policies, draw.question.effort) == asked
        ]
        if not draws or judgement.result is PolicyResult.FAILED:
            return judgement
        share = draws.count(judgement.result) / len(draws)
        return replace(
            judgement, confidence=replace(judgement.confidence, agreement=share, repeats=len(draws))
        )
