"""What is proposed and asked for, in a few words."""

from stream.core.outcome import CaseRequested, Outcome, StaffDecision
from stream.ops.phrases.parts import Phrase, by, clauses, labels


def _outcome(event: Outcome) -> list[str]:
    return [
        f"{event.proposal.value} v{event.version}",
        f"case {event.case}",
        by(event),
        f"would {event.recommendation.value}" if event.recommendation else "",
        clauses(event.clauses),
        labels(event.labels),
        event.reason,
    ]


def _staff(event: StaffDecision) -> list[str]:
    return [
        f"staff {event.proposal.value} v{event.version}",
        f"by {event.by}",
        clauses(event.clauses),
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


PHRASES: dict[type, Phrase] = {
    Outcome: _outcome,
    StaffDecision: _staff,
    CaseRequested: _requested,
}
