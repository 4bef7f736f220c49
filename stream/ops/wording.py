"""Events in words, for people who look: a few words each, the post's own text only where asked for. Pure."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from stream.core.audit import CaseJudged, CaseRouted
from stream.core.case import Case, ReviewClosed, ReviewTask, RoutedCase
from stream.core.content import Appealed, Deleted, Edited, Published, Reported
from stream.core.dead_letter import DeadLetter
from stream.core.ledger import CaseView
from stream.core.outcome import Outcome, StaffDecision
from stream.core.printable import printable
from stream.core.terms import Decision, Label, Stage
from stream.core.verdict import CaseClosed, Notice, OutcomeDropped, Verdict

COLOURS = {
    "hold": "yellow",
    "people": "magenta",
    "release": "green",
    "remove": "red",
    "deleted": "bright_black",
}
"""By what a verdict says; `people` for a hold that waits for them."""

SEPARATOR = " · "


def in_words(event: Any, *, show_text: bool = False) -> str:  # noqa: ANN401 - any event of the contract
    """Say what an event says.

    Args:
        event: any event of the contract.
        show_text: whether what a person wrote may be shown; else only its length.
    """
    told = _WORDS[type(event)](event)
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


def clock(milliseconds: int) -> str:
    """A moment in this machine's time zone: the day only if it is not today."""
    moment = datetime.fromtimestamp(milliseconds / 1_000).astimezone()
    form = "%H:%M:%S" if moment.date() == datetime.now().astimezone().date() else "%Y-%m-%d %H:%M:%S"
    return moment.strftime(form)


def count(number: int, what: str) -> str:
    """A number of things: `1 fault`, `1,200 faults`."""
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def span(milliseconds: int) -> str:
    """How long: `0.044 s`, `12.3 s`, `1:02:03`."""
    if milliseconds < 10_000:
        return f"{milliseconds / 1_000:.3f} s"
    if milliseconds < 60_000:
        return f"{milliseconds / 1_000:.1f} s"
    return str(timedelta(seconds=milliseconds // 1_000))


def standing(verdict: Verdict) -> str:
    """What a verdict says, as a key of `COLOURS`."""
    with_people = verdict.decision is Decision.HOLD and verdict.stage is Stage.PEOPLE
    return "people" if with_people else verdict.decision.value


def _text(text: str, show: bool) -> str:
    return f"“{text}”" if show else count(len(text), "character")


def _posted(event: Published | Edited) -> list[str]:
    verb = "edited" if isinstance(event, Edited) else "published"
    extras = (("thread of", event.thread), ("attachments:", event.attachments), ("signals:", event.signals))
    return [
        f"{verb} v{event.version}",
        event.surface,
        event.language or "",
        *(f"{name} {len(some)}" for name, some in extras if some),
    ]


def _deleted(event: Deleted) -> list[str]:
    return [f"deleted v{event.version}"]


def _reported(event: Reported) -> list[str]:
    return [f"reported v{event.version}", event.reason, f"by {event.reporter}"]


def _appealed(event: Appealed) -> list[str]:
    return [f"appealed v{event.version}", f"by its {event.role.value} {event.appellant}"]


def _verdict(event: Verdict) -> list[str]:
    told = [f"{event.decision.value.upper()} v{event.version}"]
    if event.decision is Decision.HOLD:
        told.append("waits for people" if event.stage is Stage.PEOPLE else "being checked")
        told.append(f"until {clock(event.due)}" if event.due is not None else "")
    return [*told, _by(event), _clauses(event.clauses), _labels(event.labels), event.reason]


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
        _clauses(event.clauses),
        count(event.reports, "report") if event.reports else "",
        f"until {clock(event.due)}",
        f"overdue {event.overdue}×" if event.overdue else "",
    ]


def _task_closed(event: ReviewClosed) -> list[str]:
    return [f"case {event.case} needs nobody any more", event.reason]


def _outcome(event: Outcome) -> list[str]:
    return [
        f"{event.proposal.value} v{event.version}",
        f"case {event.case}",
        _by(event),
        f"would {event.recommendation.value}" if event.recommendation else "",
        _clauses(event.clauses),
        _labels(event.labels),
        event.reason,
    ]


def _staff(event: StaffDecision) -> list[str]:
    return [
        f"staff {event.proposal.value} v{event.version}",
        f"by {event.by}",
        _clauses(event.clauses),
        event.reason,
    ]


def _notice(event: Notice) -> list[str]:
    return [
        f"tell the {event.to.value}: {event.decision.value} v{event.version}",
        "automated" if event.automated else "by a person",
        _clauses(event.clauses),
    ]


def _audited(event: CaseRouted) -> list[str]:
    return [
        f"routed case {event.case} v{event.version} to {event.lane}",
        event.surface or "",
        ", ".join(event.policies),
        event.reason,
    ]


def _judged(event: CaseJudged) -> list[str]:
    usage = event.usage
    return [
        f"judged case {event.case} v{event.version}: {event.proposal.value}",
        f"{event.model} at {event.effort} effort",
        f"{event.seconds:.2f} s",
        f"{usage.prompt:,} + {usage.output:,} tokens ({usage.cached:,} cached)" if usage.prompt else "",
        *(f"{policy} failed: {', '.join(checks)}" for policy, checks in event.failures.items()),
    ]


def _closed(event: CaseClosed) -> list[str]:
    return [
        f"closed case {event.case} v{event.version}: {event.closing.value}",
        "" if event.published else "nothing published",
        _by(event),
    ]


def _dropped(event: OutcomeDropped) -> list[str]:
    what = event.proposal.value if event.proposal else "outcome"
    return [
        f"dropped {what} v{event.version}: {event.reason}",
        f"case {event.case}" if event.case else "",
        _by(event),
    ]


def _dead(event: DeadLetter) -> list[str]:
    return [f"{event.processor} gave up on {event.place}: {event.error}", event.detail]


def _by(event: Verdict | Outcome | CaseClosed | OutcomeDropped) -> str:
    """Who or what decided."""
    if event.decided_by is None:
        return ""
    parts = [event.decided_by.value, getattr(event, "model", None), getattr(event, "by", None)]
    effort = getattr(event, "effort", None)
    return "by " + " ".join(part for part in parts if part) + (f" ({effort})" if effort else "")


def _clauses(clauses: tuple[str, ...]) -> str:
    return ", ".join(clauses)


def _labels(labels: tuple[Label, ...]) -> str:
    return "labelled " + ", ".join(label.kind.value for label in labels) if labels else ""


_WORDS: dict[type, Callable[[Any], list[str]]] = {
    Published: _posted,
    Edited: _posted,
    Deleted: _deleted,
    Reported: _reported,
    Appealed: _appealed,
    Verdict: _verdict,
    Case: _case,
    RoutedCase: _routed,
    ReviewTask: _task,
    ReviewClosed: _task_closed,
    Outcome: _outcome,
    StaffDecision: _staff,
    Notice: _notice,
    CaseRouted: _audited,
    CaseJudged: _judged,
    CaseClosed: _closed,
    OutcomeDropped: _dropped,
    DeadLetter: _dead,
}
