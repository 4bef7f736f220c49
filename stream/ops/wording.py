"""Events in words, for people who look: a few words each, the post's own text only where asked for. Pure."""

from typing import Any

from stream.core.content import Appealed, Edited, Published, Reported
from stream.core.ledger import CaseView
from stream.core.printable import printable
from stream.core.terms import Decision, Stage
from stream.core.verdict import Verdict
from stream.ops.amounts import clock, count, span
from stream.ops.phrases import bare_phrases_of, phrases_of

COLOURS = {
    "hold": "yellow",
    "people": "magenta",
    "release": "green",
    "remove": "red",
    "deleted": "bright_black",
}
"""By what a verdict says; `people` for a hold that waits for them."""

SEPARATOR = " · "


def in_words(
    event: Any,  # noqa: ANN401 - any event of the contract
    *,
    show_text: bool = False,
    restricted: bool = False,
) -> str:
    """Say what an event says.

    Args:
        event: any event of the contract.
        show_text: whether what a person wrote may be shown; else only its length.
        restricted: whether its content is few people's: then ids and states are told. Some events say so
            themselves.
    """
    if restricted or getattr(event, "restricted", False):
        return SEPARATOR.join(bare_phrases_of(event))
    told = phrases_of(event)
    if isinstance(event, Published | Edited):
        told.append(_text(event.text, show_text))
    elif isinstance(event, Reported | Appealed) and event.statement:
        told.append(_text(event.statement, show_text))
    return SEPARATOR.join(part for part in map(printable, told) if part)


def case_in_words(case: CaseView) -> str:
    """Say how a case stands, as the ledger tells it."""
    told = [
        f"case {case.case}",
        f"{'open' if case.open else 'closed'}, {case.effect.value}",
        case.surface,
        ", ".join(case.policies),
    ]
    if case.open and case.due is not None:
        told.append(
            f"waits for {_WAITS[case.stage]} until {clock(case.due)}{', overdue' if case.overdue else ''}"
        )
    if case.closed is not None:
        by = f" by {case.closed.decided_by.value}" if case.closed.decided_by is not None else ""
        told.append(f"{(case.closed.decision or case.closed.closing).value}{by}")
    if case.seconds_in_hold is not None:
        told.append(f"{span(round(case.seconds_in_hold * 1_000))} in hold")
    return SEPARATOR.join(part for part in map(printable, told) if part)


_WAITS = {Stage.AUTOMATIC: "machines", Stage.PEOPLE: "people"}


def standing(verdict: Verdict) -> str:
    """What a verdict says, as a key of `COLOURS`."""
    with_people = verdict.decision is Decision.HOLD and verdict.stage is Stage.PEOPLE
    return "people" if with_people else verdict.decision.value


def _text(text: str, show: bool) -> str:
    return f"“{text}”" if show else count(len(text), "character")
