"""An evaluation as a page for people: the headline first, then where it comes from."""

from collections.abc import Sequence

from stream.ops.evaluation.labelled.counts import Estimate, f1, share
from stream.ops.evaluation.labelled.labelling import Labelling
from stream.ops.evaluation.labelled.published import PRICE, PUBLISHED, remarks
from stream.ops.evaluation.labelled.result import Measured, Result, measured
from stream.ops.evaluation.labelled.sections import (
    Section,
    as_cell,
    by_language,
    by_policy,
    confidence,
    mistakes,
    percent,
)
from stream.ops.evaluation.labelled.tally import Mistake
from stream.ops.report import Cell, Page, Part, Picture, Remark, Share, Table, Tile, Tiles
from stream.ops.report.pictures import Bar, bars, matrix

_SIDES = ("violates", "safe")
_RESULTS = ("violates", "safe", "needs context", "failed")
_SURE = {None: Share(None, 0, 1), 0: Share(0, 0, 0), 1: Share(1, 1, 1)}
"""What a constant answer has by its nature."""


def page_of(result: Result, labelling: Labelling, wrong: Sequence[Mistake]) -> Page:
    """The page of a result.

    Args:
        result: what was measured.
        labelling: how the data's labels were read.
        wrong: texts that were decided wrongly, to be looked at.
    """
    setup = result.setup
    sections: tuple[Section | None, ...] = (
        _headline(result, labelling),
        _beside(result),
        by_policy(result),
        _hard_negatives(result, labelling),
        by_language(result, labelling),
        confidence(result),
        _people(result),
        _cost(result),
        _published(result, labelling),
        mistakes(wrong),
    )
    return Page(
        title=f"Evaluation: {labelling.title}",
        about=(
            ("Data", f"{setup.data}, {setup.rows:,} rows"),
            ("Set", f"{setup.set}, {setup.digest}"),
            ("Engine", f"{setup.engine}, {setup.model}"),
        ),
        sections=tuple(section for section in sections if section is not None and section[1]),
    )


def _headline(result: Result, labelling: Labelling) -> Section:
    overall, exact = result.overall, result.matrix.exact
    alone, people = overall.flagged, overall.with_people
    hard = labelling.hard_negatives
    tiles = [
        _tile("Recall", alone.recall, people.recall, leads=True),
        _tile(_name_of_flags(labelling), alone.false_flags, people.false_flags, leads=True),
        _tile("Precision", alone.precision, people.precision),
        _tile("F1", alone.f1, people.f1),
        _share_tile("Left to people", overall.to_people),
    ]
    if len(result.matrix.policies) > 1:
        tiles.insert(4, _tile("Exact match", exact, result.matrix.with_people))
    parts: list[Part] = [Tiles(tuple(tiles))]
    if result.setup.no_evidence:
        parts.insert(0, Remark(result.setup.no_evidence, warns=True))
    what = hard.what if hard else "safe texts, ordinary ones too"
    parts.append(
        Remark(
            f"Over {overall.counts.total:,} rows with a known label: {overall.counts.violating:,} violate, "
            f"{overall.counts.safe:,} are safe; {result.unlabelled:,} more are masked, for an unknown label "
            f"is not read as safe. False flags are counted among {what}. What the engine leaves to people "
            "counts as not flagged in the large figures, and as flagged below them. Ranges are 95% intervals."
        )
    )
    return ("At a glance", tuple(parts))


def _beside(result: Result) -> Section:
    """The engine beside constant answers and a trained classifier, on the same rows."""
    counts = result.overall.counts
    rows: list[tuple[Cell, ...]] = [
        _line("the engine", result.overall),
        _line("the engine, with people's as flagged", result.overall, people=True),
        ("always safe", _SURE[None], _SURE[0], _SURE[0], _SURE[0], as_cell(result.matrix.always_safe)),
        (
            "always violating",
            as_cell(share(counts.violating, counts.total)),
            _SURE[1],
            as_cell(f1(counts.violating, counts.safe, 0)),
            _SURE[1],
            None,
        ),
    ]
    rows[0] = (*rows[0], as_cell(result.matrix.exact))
    rows[1] = (*rows[1], as_cell(result.matrix.with_people))
    if (found := result.classifier) is not None:
        name = f"trained classifier ({found.rows:,} rows)"
        rows.append((*_line(name, measured(found.overall)), as_cell(found.exact)))
    if result.as_given is not None and result.as_given.counts != result.overall.counts:
        rows.append((*_line("the engine, unknown labels read as safe", result.as_given), None))
        if found is not None:
            given = measured(found.as_given)
            rows.append((*_line("classifier, unknown labels read as safe", given), None))
    exact = "exact match" if len(result.matrix.policies) > 1 else "accuracy"
    headings = ("", "precision", "recall", "F1", "false flags", f"{exact} ({result.matrix.rows:,} rows)")
    parts: list[Part] = [Table(headings, tuple(rows), "Does the text break any of these policies?")]
    parts.append(
        Picture(
            matrix(counts.matrix(), _SIDES, _RESULTS),
            "Rows: what people said. Columns: what the engine said.",
        )
    )
    parts.append(Remark(_about_beside(result)))
    return ("Beside something simple", tuple(parts))


def _about_beside(result: Result) -> str:
    names = ", ".join(result.matrix.policies)
    told = f"Accuracy is over {result.matrix.rows:,} rows."
    if len(result.matrix.policies) > 1:
        told = (
            f"Exact match is over the label matrix {names}: {result.matrix.rows:,} rows have every label, "
            "and a row counts as right where every policy is."
        )
    if result.classifier is None:
        return f"{told} No classifier was trained: there are too few labelled rows of one side."
    told += (
        " The classifier is TF-IDF of words and letters with a logistic regression a policy, cross-validated "
        "over five folds. It has learned from labels of this data, which no written policy has seen."
    )
    if result.classifier.untrained:
        told += f" Too few rows to train it on: {', '.join(result.classifier.untrained)}."
    return told


def _hard_negatives(result: Result, labelling: Labelling) -> Section | None:
    hard = labelling.hard_negatives
    if hard is None or not result.by_kind:
        return None
    kinds = sorted(result.by_kind.items())
    safe = [(name, one) for name, one in kinds if one.counts.safe]
    violating = [(name, one) for name, one in kinds if one.counts.violating]
    parts: list[Part] = []
    if safe:
        flags = [_bar(name, one.flagged.false_flags) for name, one in safe]
        parts.append(Picture(bars(flags, "false flags"), f"Safe rows by kind: {hard.what}"))
    if violating:
        caught = [_bar(name, one.flagged.recall) for name, one in violating]
        parts.append(Picture(bars(caught, "recall"), "Violating rows by kind"))
    return ("By kind of text", tuple(parts))


def _people(result: Result) -> Section:
    rows = [(name, count) for name, count in result.proposals.items()]
    parts: list[Part] = [
        Table(
            ("proposal", "rows"),
            tuple(rows),
            "What the fleet would have done, by the set's autonomy",
        )
    ]
    policies = tuple(
        (name, one.counts.total, as_cell(one.to_people), *_columns(one))
        for name, one in result.by_policy.items()
    )
    headings = ("policy", "rows", "left to people", "violating", "safe", "failed")
    parts.append(Table(headings, policies, "What the engine left to people, by policy"))
    if result.failures:
        parts.append(
            Table(("check", "answers"), tuple(result.failures.items()), "Checks that answers failed")
        )
    if result.obstacles:
        parts.append(
            Table(("why", "rows"), tuple(result.obstacles.items()), "Rows that no model was asked about")
        )
    return ("What went to people", tuple(parts))


def _columns(one: Measured) -> tuple[int, int, int]:
    counts = one.counts
    return counts.violating_to_people, counts.safe_to_people, counts.violating_failed + counts.safe_failed


def _cost(result: Result) -> Section:
    cost = result.cost
    rows: list[tuple[str, str]] = [
        ("answers", f"{cost.answers:,}, {cost.remembered:,} of them remembered from earlier runs"),
        ("prompt tokens", f"{cost.usage.prompt:,}, {cost.usage.cached:,} of them from the prefix cache"),
        ("output tokens", f"{cost.usage.output:,}"),
    ]
    if cost.money is not None and cost.money_paid is not None:
        rows.append(("money", f"{cost.money:,.4f}, {cost.money_paid:,.4f} of it in this run"))
        rows.append(("money per 1,000 posts", f"{cost.money_per_1000:,.4f}"))
    parts: list[Part] = [Table(("", ""), tuple(rows))]
    if cost.seconds:
        seconds = tuple(
            (f"{one.share:.0%} of answers within", f"{one.seconds:.4g} s", f"{one.low:.4g}-{one.high:.4g} s")
            for one in cost.seconds
        )
        parts.append(
            Table(("", "", "95%"), seconds, "How long the answers took that were asked for in this run")
        )
    parts.append(Remark(PRICE))
    return ("Cost and latency", tuple(parts))


def _published(result: Result, labelling: Labelling) -> Section:
    rows = tuple((one.model, one.exact_match, one.moderation_f1, one.toxic_chat_f1) for one in PUBLISHED)
    headings = ("model", "multi-policy exact match", "OpenAI moderation 2022 F1", "ToxicChat F1")
    parts: list[Part] = [Table(headings, rows, "Published figures, in percent")]
    if result.setup.no_evidence:
        parts.append(
            Remark("Nothing on this page can be compared with them: no model was measured.", warns=True)
        )
    parts += [Remark(text) for text in remarks(labelling)]
    return ("Published figures, and how far they compare", tuple(parts))


def _line(name: str, one: Measured, *, people: bool = False) -> tuple[Cell, ...]:
    found = one.with_people if people else one.flagged
    return (name, *map(as_cell, (found.precision, found.recall, found.f1, found.false_flags)))


def _tile(name: str, alone: Estimate, people: Estimate, *, leads: bool = False) -> Tile:
    below = f"{as_cell(alone).between}; {percent(people)} with people's"
    return Tile(name, percent(alone), below, as_cell(alone), leads)


def _share_tile(name: str, one: Estimate) -> Tile:
    return Tile(name, percent(one), as_cell(one).between, as_cell(one))


def _name_of_flags(labelling: Labelling) -> str:
    return "Over-enforcement" if labelling.hard_negatives is not None else "False flags"


def _bar(name: str, one: Estimate) -> Bar:
    return Bar(f"{name} ({one.of:,})", one.value or 0.0, one.low, one.high)
