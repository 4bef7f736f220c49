"""What a policy has earned: the evidence that a grant rests on, and whether an answer falls under it. Pure.

Evidence belongs to one policy text, model, effort and template. An answer given under anything else is
another model's word, and the policy only recommends.
"""

import math
from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Struct

from stream.core.fields import Count, Digest, Name, Pseudonym
from stream.core.judgement import Confidence, Stated
from stream.core.terms import Effort

Share = Annotated[float, Meta(ge=0, le=1)]
_STEPS = {Stated.LOW: 0.0, Stated.MEDIUM: 1.0, Stated.HIGH: 2.0}


class Signal(StrEnum):
    """What may speak for an answer's being right."""

    STATED = "stated"
    LOG_PROBABILITY = "log_probability"
    AGREEMENT = "agreement"


class Drawn(StrEnum):
    """How the rows came before people.

    random: drawn before anybody knew the answer, so they stand for all.
    flagged: the model sent them, so they hold what it flags, and nothing that it would release. Who decided
        could see its recommendation.
    """

    RANDOM = "random"
    FLAGGED = "flagged"


class Lapse(StrEnum):
    """What is not as it was calibrated."""

    POLICY = "policy"
    TEMPLATE = "template"
    MODEL = "model"
    EFFORT = "effort"
    UNKNOWN = "unknown"


class Basis(Struct, frozen=True):
    """What an answer was given under, beside its text: `template` as `core.template` names it."""

    policy: Digest
    template: Digest
    model: Name
    effort: Effort


class Evidence(Struct, frozen=True, kw_only=True):
    """What was measured of one thing that the model does, by people's labels.

    Attributes:
        template: how it was asked.
        target: what was asked for: the least precision of removals, or the largest share of violations that
            is released.
        bound: what is certified: no less, or no more, than this.
        confidence: how sure that is, after what looking several times has cost.
        rows: how many the bound was computed from; none of them chose the threshold.
        mistakes: how many of them were wrong.
        drawn: how they came before people.
        signal: what is held against `at_least`; None where none ranks the model's mistakes.
        at_least: below it people decide.
    """

    template: Digest
    model: Name
    effort: Effort
    target: Share
    bound: Share
    confidence: Share
    rows: Count
    mistakes: Count
    drawn: Drawn
    signal: Signal | None = None
    at_least: float | Stated | None = None

    def doubts(self, confidence: Confidence) -> bool:
        """Whether the signal is below the threshold, or missing; never where there is no threshold."""
        if self.signal is None or self.at_least is None:
            return False
        value = value_of(confidence, self.signal)
        least = _STEPS[self.at_least] if isinstance(self.at_least, Stated) else self.at_least
        return value is None or not value >= least  # not a number: doubt

    @property
    def is_whole(self) -> bool:
        """Whether signal and threshold fit each other."""
        if self.signal is None or self.at_least is None:
            return self.signal is None and self.at_least is None
        if isinstance(self.at_least, float) and not math.isfinite(self.at_least):
            return False
        return (self.signal is Signal.STATED) is isinstance(self.at_least, Stated)

    def shortfall(self, *, removes: bool) -> str:
        """What keeps it from carrying a grant; empty where it does. See `target` and `bound`."""
        if not self.rows > 0 or self.mistakes > self.rows:
            return f"{self.mistakes} mistakes in {self.rows} rows"
        met = self.bound >= self.target if removes else self.bound <= self.target
        return "" if met else f"a bound of {self.bound:g} for a target of {self.target:g}"

    @property
    def threshold(self) -> str:
        """In words, what people decide because of: `log_probability below -0.02`; empty where nothing."""
        return f"{self.signal} below {self.at_least}" if self.signal is not None else ""


class Calibration(Struct, frozen=True, kw_only=True):
    """What a set says that was measured of one policy.

    Attributes:
        policy: the digest of its text.
        by: who measured.
        at: the day, such as `2026-11-23`.
        attempt: which look it was, from 1: each later one has less of the error budget.
        remove: of removals.
        release: of releases.
    """

    policy: Digest
    by: Pseudonym
    at: Annotated[str, Meta(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")]
    attempt: Annotated[int, Meta(ge=1, le=1_000)] = 1
    remove: Evidence | None = None
    release: Evidence | None = None

    def lapse(self, evidence: Evidence, basis: Basis | None) -> Lapse | None:
        """What of an answer's basis was not calibrated; None where the evidence is about such answers.

        Args:
            evidence: one of this calibration's.
            basis: what the answer was given under; None where nobody knows.
        """
        if basis is None:
            return Lapse.UNKNOWN
        compared = {
            Lapse.POLICY: (basis.policy, self.policy),
            Lapse.TEMPLATE: (basis.template, evidence.template),
            Lapse.MODEL: (basis.model, evidence.model),
            Lapse.EFFORT: (basis.effort, evidence.effort),
        }
        return next((what for what, (now, then) in compared.items() if now != then), None)


def value_of(confidence: Confidence, signal: Signal) -> float | None:
    """A signal as a number, more for surer; None where an answer came without it. Stated ones are 0, 1, 2."""
    match signal:
        case Signal.STATED:
            return None if confidence.stated is None else _STEPS[confidence.stated]
        case Signal.LOG_PROBABILITY:
            return confidence.log_probability
        case Signal.AGREEMENT:
            return confidence.agreement
