"""What each event of the contract says, in a few words; nothing here is what a person wrote. Pure."""

from collections.abc import Callable
from typing import Any

from stream.core.audit import CaseJudged, CaseRouted, CaseShadowed, JudgedRecord
from stream.core.cascade import Why
from stream.core.case import Case, ReviewClosed, ReviewTask, RoutedCase
from stream.core.content import Appealed, Deleted, Edited, Published, Reported
from stream.core.control import Paused, PromotionKept, RulesPublished, SetPromoted
from stream.core.dead_letter import DeadLetter
from stream.core.outcome import CaseRequested, Outcome, StaffDecision
from stream.core.terms import Decision, Label, Stage
from stream.core.verdict import CaseClosed, Notice, OutcomeDropped, Verdict
from stream.ops.amounts import clock, count


def phrases_of(event: Any) -> list[str]:  # noqa: ANN401 - any event of the contract
    """Say what an event says, in parts; some may be empty."""
    return _PHRASES[type(event)](event)


def bare_phrases_of(event: Any) -> list[str]:  # noqa: ANN401 - any event of the contract
    """What may be said of an event about restricted content: what it is, of which version, and its state."""
    kind = str(type(event).__struct_config__.tag).removesuffix(".v1")
    version = getattr(event, "version", None)
    states = (getattr(event, name, None) for name in ("decision", "proposal", "stage", "closing", "lane"))
    case = getattr(event, "case", None)
    return [
        "restricted",
        kind if version is None else f"{kind} v{version}",
        *(str(state) for state in states if state is not None),
        *([f"case {case}"] if case else []),
    ]


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
        "URGENT" if event.urgent else "",
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


def _requested(event: CaseRequested) -> list[str]:
    return [
        f"v{event.version} is to be judged again",
        event.origin.value,
        event.effect.value,
        f"effort {event.effort}",
        f"by {event.by}",
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
        f"rules: {', '.join(event.rules)}" if event.rules else "",
        event.reason,
    ]


_HARDER = (Why.RAISED, Why.AUDITED)


def _judged(event: CaseJudged) -> list[str]:
    return [f"judged case {event.case} v{event.version}: {event.proposal.value}", *_how(event)]


def _shadowed(event: CaseShadowed) -> list[str]:
    would = f"would be {event.proposal.value} under {event.policy_set[:19]}…"
    return [f"judged case {event.case} v{event.version} in shadow: {would}", *_how(event)]


def _how(event: JudgedRecord) -> list[str]:
    usage = event.usage
    return [
        f"{event.model} at {event.effort} effort",
        f"{event.seconds:.2f} s",
        f"{usage.prompt:,} + {usage.output:,} tokens ({usage.cached:,} cached)" if usage.prompt else "",
        *(f"{', '.join(one.policies)} {one.why}" for one in event.asks if one.why in _HARDER),
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


def _promoted(event: SetPromoted) -> list[str]:
    return [f"set {event.name} promoted", event.digest, f"by {event.by}", event.reason]


def _kept(event: PromotionKept) -> list[str]:
    back = f"back to promotion {event.restores}" if event.restores is not None else ""
    return [f"promotion {event.number} kept", back, *_promoted(event.promoted)]


def _paused(event: Paused) -> list[str]:
    return [f"paused {event.scope}", f"by {event.by}", event.reason]


def _ruled(event: RulesPublished) -> list[str]:
    return [f"rules {event.name} published", f"by {event.by}", event.reason]


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


_PHRASES: dict[type, Callable[[Any], list[str]]] = {
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
    CaseRequested: _requested,
    Notice: _notice,
    CaseRouted: _audited,
    CaseJudged: _judged,
    CaseShadowed: _shadowed,
    CaseClosed: _closed,
    OutcomeDropped: _dropped,
    SetPromoted: _promoted,
    PromotionKept: _kept,
    Paused: _paused,
    RulesPublished: _ruled,
    DeadLetter: _dead,
}
