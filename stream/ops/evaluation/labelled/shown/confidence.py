"""How far the engine's own signs of confidence can be relied on, and texts that it decided wrongly."""

from collections.abc import Sequence

from stream.ops.evaluation.labelled.result import Result
from stream.ops.evaluation.labelled.shown.cells import Section, as_cell, bar
from stream.ops.evaluation.labelled.signals import Signal, SignalFigures
from stream.ops.evaluation.labelled.tally import Mistake
from stream.ops.report import Part, Picture, Remark, Table, Text, Texts
from stream.ops.report.pictures import Curve, bars, curves

_SIGNALS = {
    Signal.STATED: "stated confidence",
    Signal.LOG_PROBABILITY: "log-probability",
    Signal.AGREEMENT: "agreement",
}


def confidence(result: Result) -> Section:
    """Calibration and risk against coverage, for each signal that the engine gave."""
    if not result.signals:
        return ("Confidence", (Remark("The engine gave no sign of confidence with what it decided."),))
    headings = ("signal", "answers", "ranks right above wrong", "calibration error")
    rows = tuple(
        (_SIGNALS[one.signal], one.answers, as_cell(one.ranking), one.calibration_error)
        for one in result.signals
    )
    parts: list[Part] = [Table(headings, rows, "How well each signal tells right answers from wrong ones")]
    if lines := [_calibrated(one) for one in result.signals if one.signal is not Signal.STATED]:
        ideal = Curve("perfect", ((0.0, 0.0), (1.0, 1.0)), dashed=True)
        drawn = curves([*lines, ideal], "claimed probability of being right", "share that is right")
        parts.append(Picture(drawn, "Calibration: ten groups of equally many answers"))
    for one in result.signals:
        if one.signal is Signal.STATED:
            steps = [bar(step.name, step.right, "") for step in one.calibration]
            parts.append(Picture(bars(steps, "share that is right"), "Calibration of stated confidence"))
    drawn = curves(
        [Curve(_SIGNALS[one.signal], one.curve) for one in result.signals],
        "coverage: share of labelled questions decided at this confidence or more",
        "risk: share of these that is wrong",
        top=min(1.0, max(0.1, 1.3 * max(risk for one in result.signals for _, risk in one.curve))),
    )
    parts.append(Picture(drawn, "Risk against coverage: a useful signal rises late"))
    parts.append(
        Remark(
            "Ranks: the chance that a right answer has more of the signal than a wrong one. 50% is no better "
            "than chance: it must not be used. After a chain of thought, log-probabilities saturate."
        )
    )
    return ("Confidence", tuple(parts))


def mistakes(wrong: Sequence[Mistake]) -> Section | None:
    """Texts that were decided wrongly, masked until somebody opens them."""
    parts = []
    for violates, what in ((True, "Missed"), (False, "Falsely flagged")):
        texts = tuple(
            Text(one.id, one.text, f"{one.policy} {' '.join(one.clauses)}".strip())
            for one in wrong
            if one.violates is violates
        )
        if texts:
            parts.append(Texts(texts, f"{what}: a random few of each policy. They may be hard to read."))
    return ("Texts decided wrongly", tuple(parts)) if parts else None


def _calibrated(one: SignalFigures) -> Curve:
    points = tuple((step.claimed or 0.0, step.right.value or 0.0) for step in one.calibration)
    return Curve(_SIGNALS[one.signal], points)
