"""What the gate says and how its cases end, in a few words."""

from stream.core.terms import Decision, Stage
from stream.core.verdict import CaseClosed, Notice, OutcomeDropped, Verdict
from stream.ops.amounts import clock
from stream.ops.phrases.parts import Phrase, by, clauses, labels


def _verdict(event: Verdict) -> list[str]:
    told = [f"{event.decision.value.upper()} v{event.version}"]
    if event.decision is Decision.HOLD:
        told.append("waits for people" if event.stage is Stage.PEOPLE else "being checked")
        told.append(f"until {clock(event.due)}" if event.due is not None else "")
    return [*told, by(event), clauses(event.clauses), labels(event.labels), event.reason]


def _notice(event: Notice) -> list[str]:
    return [
        f"tell the {event.to.value}: {event.decision.value} v{event.version}",
        "automated" if event.automated else "by a person",
        clauses(event.clauses),
    ]


def _closed(event: CaseClosed) -> list[str]:
    return [
        f"closed case {event.case} v{event.version}: {event.closing.value}",
        "" if event.published else "nothing published",
        by(event),
    ]


def _dropped(event: OutcomeDropped) -> list[str]:
    what = event.proposal.value if event.proposal else "outcome"
    return [
        f"dropped {what} v{event.version}: {event.reason}",
        f"case {event.case}" if event.case else "",
        by(event),
    ]


PHRASES: dict[type, Phrase] = {
    Verdict: _verdict,
    Notice: _notice,
    CaseClosed: _closed,
    OutcomeDropped: _dropped,
}
