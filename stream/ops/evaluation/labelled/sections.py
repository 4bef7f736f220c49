"""Sections of the page that go into one thing: policies, languages, confidence, mistakes."""

from collections.abc import Sequence

from stream.ops.evaluation.labelled.counts import Estimate
from stream.ops.evaluation.labelled.labelling import Labelling
from stream.ops.evaluation.labelled.parity import LEAST_ROWS, Parity
from stream.ops.evaluation.labelled.result import Result
from stream.ops.evaluation.labelled.signals import Signal, SignalFigures
from stream.ops.evaluation.labelled.tally import Mistake
from stream.ops.report import Cell, Part, Picture, Remark, Share, Table, Text, Texts
from stream.ops.report.pictures import Bar, Curve, bars, curves

Section = tuple[str, tuple[Part, ...]]

_SIGNALS = {
    Signal.STATED: "stated confidence",
    Signal.LOG_PROBABILITY: "log-probability",
    Signal.AGREEMENT: "agreement",
}
_PARITY = {"recall": "recall", "false_flags": "false flags", "to_people": "left to people"}


def by_policy(result: Result) -> Section | None:
    """Recall and F1 of each policy, beside the classifier's."""
    if len(result.by_policy) < 2:
        return None
    trained = result.classifier.by_policy if result.classifier is not None else {}
    rows: list[tuple[Cell, ...]] = []
    recalls: list[Bar] = []
    for name, one in result.by_policy.items():
        found = one.flagged
        alone = (found.precision, found.recall, found.f1, found.false_flags)
        figures = map(as_cell, (*alone, one.with_people.recall))
        beside = as_cell(trained[name].measures().f1) if name in trained else None
        rows.append((name, one.counts.violating, one.counts.safe, *figures, beside))
        recalls.append(_bar(name, found.recall, "engine"))
        if name in trained:
            recalls.append(_bar(f"{name}, classifier", trained[name].measures().recall, "trained classifier"))
    headings = (
        "policy",
        "violating",
        "safe",
        "precision",
        "recall",
        "F1",
        "false flags",
        "recall with people's",
        "classifier's F1",
    )
    return (
        "By policy",
        (
            Table(headings, tuple(rows), "Rows whose label for the policy is known"),
            Picture(bars(recalls, "recall"), "Recall by policy, with 95% intervals"),
        ),
    )


def by_language(result: Result, labelling: Labelling) -> Section | None:
    """Each language, and the worst beside the median."""
    if len(result.by_language) < 2:
        return None
    rows: list[tuple[Cell, ...]] = []
    shares: list[Bar] = []
    for name, one in sorted(result.by_language.items()):
        found = one.flagged
        alone = (found.precision, found.recall, found.f1, found.false_flags)
        figures = map(as_cell, (*alone, one.to_people))
        rows.append((name, one.counts.violating, one.counts.safe, *figures))
        shares.append(_bar(f"{name}, recall", found.recall, "recall"))
        shares.append(_bar(f"{name}, false flags", found.false_flags, "false flags"))
    headings = ("language", "violating", "safe", "precision", "recall", "F1", "false flags", "left to people")
    parts: list[Part] = [
        Table(headings, tuple(rows), "By the language that the data names"),
        Picture(bars(shares, "share"), "Recall and false flags by language, with 95% intervals"),
    ]
    if result.parity:
        parts.append(_parity(result.parity))
    about = f"These figures are about {labelling.about}. " if labelling.about else ""
    parts.append(
        Remark(
            f"{about}Parity sets the worst language against the median of all that have {LEAST_ROWS} rows. "
            "Chance: how often languages that are served alike would show a gap as large."
        )
    )
    return ("By language", tuple(parts))


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
            steps = [_bar(step.name, step.right, "") for step in one.calibration]
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


def as_cell(one: Estimate) -> Share:
    """An estimate as the page shows it."""
    return Share(one.value, one.low, one.high)


def percent(one: Estimate) -> str:
    """`84%`, or a dash where there is nothing to share."""
    return "-" if one.value is None else f"{one.value:.0%}"


def _parity(found: dict[str, Parity]) -> Table:
    rows = tuple(
        (
            _PARITY[name],
            one.worst,
            f"{one.value:.0%}",
            f"{one.median:.0%}",
            f"{100 * one.gap:.0f} points ({round(100 * one.low)} to {round(100 * one.high)})",
            f"{one.chance:.1%}",
        )
        for name, one in found.items()
    )
    return Table(("", "worst", "there", "median", "gap", "by chance"), rows, "Parity")


def _calibrated(one: SignalFigures) -> Curve:
    points = tuple((step.claimed or 0.0, step.right.value or 0.0) for step in one.calibration)
    return Curve(_SIGNALS[one.signal], points)


def _bar(name: str, one: Estimate, group: str) -> Bar:
    return Bar(name, one.value or 0.0, one.low, one.high, group)
