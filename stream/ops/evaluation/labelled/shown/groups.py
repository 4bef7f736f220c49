"""Figures by policy, by kind of text and by language."""

from stream.ops.evaluation.labelled.labelling import Labelling
from stream.ops.evaluation.labelled.parity import LEAST_ROWS, Parity
from stream.ops.evaluation.labelled.result import Result
from stream.ops.evaluation.labelled.shown.cells import Section, as_cell, bar
from stream.ops.report import Cell, Part, Picture, Remark, Table
from stream.ops.report.pictures import Bar, bars

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
        recalls.append(bar(name, found.recall, "engine"))
        if name in trained:
            recalls.append(bar(f"{name}, classifier", trained[name].measures().recall, "trained classifier"))
    headings = (
        "policy",
        "violating",
        "safe",
        "precision",
        "recall",
        "F1",
        "false flags",
        "recall, left to people as flagged",
        "classifier's F1",
    )
    return (
        "By policy",
        (
            Table(headings, tuple(rows), "Rows whose label for the policy is known"),
            Picture(bars(recalls, "recall"), "Recall by policy, with 95% intervals"),
        ),
    )


def by_kind(result: Result, labelling: Labelling) -> Section | None:
    """False flags and recall of each kind of test case."""
    hard = labelling.hard_negatives
    if hard is None or not result.by_kind:
        return None
    kinds = sorted(result.by_kind.items())
    safe = [(name, one) for name, one in kinds if one.counts.safe]
    violating = [(name, one) for name, one in kinds if one.counts.violating]
    parts: list[Part] = []
    if safe:
        flags = [bar(f"{name} ({one.counts.safe:,})", one.flagged.false_flags) for name, one in safe]
        parts.append(Picture(bars(flags, "false flags"), f"Safe rows by kind: {hard.what}"))
    if violating:
        caught = [bar(f"{name} ({one.counts.violating:,})", one.flagged.recall) for name, one in violating]
        parts.append(Picture(bars(caught, "recall"), "Violating rows by kind"))
    return ("By kind of text", tuple(parts))


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
        shares.append(bar(f"{name}, recall", found.recall, "recall"))
        shares.append(bar(f"{name}, false flags", found.false_flags, "false flags"))
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
    return Table(("", "worst language", "its share", "median of all", "gap", "by chance"), rows, "Parity")
