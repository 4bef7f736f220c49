"""An evaluation as a page for people: the headline first, then where it comes from."""

from collections.abc import Sequence

from stream.ops.evaluation.labelled.labelling import Labelling
from stream.ops.evaluation.labelled.result import Result
from stream.ops.evaluation.labelled.shown.beside import beside, published
from stream.ops.evaluation.labelled.shown.cells import Section
from stream.ops.evaluation.labelled.shown.confidence import confidence, mistakes
from stream.ops.evaluation.labelled.shown.groups import by_kind, by_language, by_policy
from stream.ops.evaluation.labelled.shown.headline import headline
from stream.ops.evaluation.labelled.shown.operation import cost_and_latency, people
from stream.ops.evaluation.labelled.tally import Mistake
from stream.ops.report import Page


def page_of(result: Result, labelling: Labelling, wrong: Sequence[Mistake]) -> Page:
    """The page of a result.

    Args:
        result: what was measured.
        labelling: how the data's labels were read.
        wrong: texts that were decided wrongly, to be looked at.
    """
    setup = result.setup
    sections: tuple[Section | None, ...] = (
        headline(result, labelling),
        beside(result),
        by_policy(result),
        by_kind(result, labelling),
        by_language(result, labelling),
        confidence(result),
        people(result),
        cost_and_latency(result),
        published(result, labelling),
        mistakes(wrong),
    )
    return Page(
        title=f"Evaluation: {labelling.title}",
        about=(
            ("Data", f"{setup.data}, {setup.drawn}"),
            ("Set", f"{setup.set}, {setup.digest}"),
            ("Engine", ", ".join(dict.fromkeys((setup.engine, setup.model)))),
        ),
        sections=tuple(section for section in sections if section is not None and section[1]),
    )
