"""Cases on their way, and what people are asked, in a few words."""

from stream.core.case import Case, ReviewClosed, ReviewTask, RoutedCase
from stream.ops.amounts import clock, count
from stream.ops.phrases.parts import Phrase, clauses


def _case(event: Case) -> list[str]:
    return [
        f"case {event.case} v{event.version}",
        event.origin.value,
        event.effect.value,
        f"effort {event.effort}",
    ]


def _routed(event: RoutedCase) -> list[str]:
    return [
        f"case {event.case} v{event.version}",
        "to " + ", ".join(event.policies),
        f"effort {event.effort}",
    ]


def _task(event: ReviewTask) -> list[str]:
    return [
        f"case {event.case} v{event.version} for people",
        event.why,
        f"recommended: {event.recommendation.value}" if event.recommendation else "",
        clauses(event.clauses),
        count(event.reports, "report") if event.reports else "",
        f"until {clock(event.due)}",
        f"overdue {event.overdue}×" if event.overdue else "",
        "URGENT" if event.urgent else "",
    ]


def _task_closed(event: ReviewClosed) -> list[str]:
    return [f"case {event.case} needs nobody any more", event.reason]


PHRASES: dict[type, Phrase] = {
    Case: _case,
    RoutedCase: _routed,
    ReviewTask: _task,
    ReviewClosed: _task_closed,
}
