"""How well an engine's own signs of confidence tell its right answers from its wrong ones.

A signal is kept as two fine histograms, of right and of wrong answers, so that any number of rows takes the
same memory. Log-probabilities are binned by the distance from certainty on a logarithmic scale, because after
a chain of thought nearly all of them lie close to it.
"""

import math
from enum import StrEnum

from msgspec import Struct

from stream.core.judgement import Confidence, Stated
from stream.ops.evaluation.labelled.counts import Estimate, share

BINS = 1_024
_GROUPS = 10
_DEVIATIONS = 1.96
_NEAREST, _FARTHEST = -9.0, 1.5
"""Powers of ten of the distance from certainty, -ln p, between which log-probabilities are told apart."""


class Signal(StrEnum):
    """What may speak for an answer."""

    STATED = "stated"
    LOG_PROBABILITY = "log_probability"
    AGREEMENT = "agreement"


class Step(Struct, frozen=True):
    """Answers of about one confidence: how likely right they claim to be (None for mere words), and are."""

    name: str
    claimed: float | None
    right: Estimate


class SignalFigures(Struct, frozen=True):
    """One signal, measured.

    Attributes:
        answers: decided answers that carry it and whose label is known.
        ranking: the chance that a right answer has more of it than a wrong one: 0.5 is none at all.
        calibration: claimed beside true, from the least sure to the surest.
        calibration_error: the mean distance between claimed and true, weighted by answers; None for words.
        curve: (coverage, risk) from the surest down: the share of labelled questions that the engine would
            answer itself at this confidence or more, and the share of these that are wrong.
    """

    signal: Signal
    answers: int
    ranking: Estimate
    calibration: tuple[Step, ...]
    calibration_error: float | None
    curve: tuple[tuple[float, float], ...]


class SignalTally:
    """Counts one signal."""

    def __init__(self, signal: Signal) -> None:
        """Args: signal: which of a judgement's signs is counted."""
        self.signal = signal
        self._right = [0] * BINS
        self._wrong = [0] * BINS
        self._claimed = [0.0] * BINS

    def add(self, confidence: Confidence, *, right: bool) -> None:
        """Count an answer, if it carries the signal."""
        found = _placed(self.signal, confidence)
        if found is None:
            return
        place, claimed = found
        (self._right if right else self._wrong)[place] += 1
        self._claimed[place] += claimed

    def figures(self, labelled: int) -> SignalFigures | None:
        """What it comes to; None where no answer carried it.

        Args:
            labelled: all questions whose label is known, those too that went to people.
        """
        right, wrong = sum(self._right), sum(self._wrong)
        if not right + wrong:
            return None
        steps = self._steps(right + wrong)
        errors = [
            abs(one.claimed - (one.right.value or 0.0)) * one.right.of
            for one in steps
            if one.claimed is not None
        ]
        words = self.signal is Signal.STATED
        return SignalFigures(
            self.signal,
            right + wrong,
            self._ranking(right, wrong),
            steps,
            None if words else sum(errors) / (right + wrong),
            self._curve(labelled),
        )

    def _ranking(self, right: int, wrong: int) -> Estimate:
        """The area under the ROC curve, with Hanley and McNeil's interval (1982, Radiology 143)."""
        if not right or not wrong:
            return Estimate(None, 0.0, 1.0, 0, right * wrong)
        below, won = 0, 0.0
        for good, bad in zip(self._right, self._wrong, strict=True):
            won += good * (below + bad / 2)
            below += bad
        area = won / (right * wrong)
        q1, q2 = area / (2 - area), 2 * area * area / (1 + area)
        spread = area * (1 - area) + (right - 1) * (q1 - area**2) + (wrong - 1) * (q2 - area**2)
        deviation = _DEVIATIONS * math.sqrt(max(spread, 0.0) / (right * wrong))
        return Estimate(area, max(0.0, area - deviation), min(1.0, area + deviation), int(won), right * wrong)

    def _steps(self, answers: int) -> tuple[Step, ...]:
        """About ten groups of equally many neighbours; words are a group each."""
        steps: list[Step] = []
        right = total = 0
        claimed = 0.0
        least = 1 if self.signal is Signal.STATED else answers / _GROUPS
        for place in range(BINS):
            right += self._right[place]
            total += self._right[place] + self._wrong[place]
            claimed += self._claimed[place]
            if total >= least or (total and place == BINS - 1):
                steps.append(self._step(place, claimed / total, right, total))
                right, total, claimed = 0, 0, 0.0
        return tuple(steps)

    def _step(self, place: int, claimed: float, right: int, total: int) -> Step:
        if self.signal is Signal.STATED:
            return Step(list(Stated)[place].value, None, share(right, total))
        return Step(f"{claimed:.3f}", claimed, share(right, total))

    def _curve(self, labelled: int) -> tuple[tuple[float, float], ...]:
        points = []
        right = wrong = 0
        for good, bad in zip(reversed(self._right), reversed(self._wrong), strict=True):
            if good + bad:
                right, wrong = right + good, wrong + bad
                points.append(((right + wrong) / labelled, wrong / (right + wrong)))
        return tuple(points)


def _placed(signal: Signal, confidence: Confidence) -> tuple[int, float] | None:
    """The bin of an answer, and the probability that it claims."""
    if signal is Signal.STATED:
        return None if confidence.stated is None else (list(Stated).index(confidence.stated), 0.0)
    if signal is Signal.AGREEMENT:
        agreed = confidence.agreement
        return None if agreed is None else (round(agreed * (BINS - 1)), agreed)
    if confidence.log_probability is None:
        return None
    distance = math.log10(max(-confidence.log_probability, 10**_NEAREST))
    sure = (_FARTHEST - min(distance, _FARTHEST)) / (_FARTHEST - _NEAREST)
    return round(sure * (BINS - 1)), math.exp(confidence.log_probability)
