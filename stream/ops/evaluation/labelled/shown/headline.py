"""The headline: recall and false flags beside each other, then the rest."""

from stream.ops.evaluation.labelled.counts import Estimate
from stream.ops.evaluation.labelled.labelling import Labelling
from stream.ops.evaluation.labelled.result import Result
from stream.ops.evaluation.labelled.shown.cells import Section, as_cell, percent
from stream.ops.report import Part, Remark, Tile, Tiles

_FLAGGED = "what is left to people counts as flagged"
_RIGHT = "people are right about what is left to them"


def headline(result: Result, labelling: Labelling) -> Section:
    """What to look at first, with what must be known to read it."""
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
        tiles.insert(4, _tile("Exact match", exact, result.matrix.with_people, _RIGHT))
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


def _tile(
    name: str, alone: Estimate, people: Estimate, counted: str = _FLAGGED, *, leads: bool = False
) -> Tile:
    between = "" if alone.value is None else f"{as_cell(alone).between}; "
    below = f"{between}{percent(people)} if {counted}"
    return Tile(name, percent(alone), below, as_cell(alone), leads)


def _share_tile(name: str, one: Estimate) -> Tile:
    return Tile(name, percent(one), as_cell(one).between, as_cell(one))


def _name_of_flags(labelling: Labelling) -> str:
    return "Over-enforcement" if labelling.hard_negatives is not None else "False flags"
