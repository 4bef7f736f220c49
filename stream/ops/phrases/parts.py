"""What several phrases share: who decided, which clauses, which labels."""

from collections.abc import Callable
from typing import Any

from stream.core.outcome import Outcome
from stream.core.terms import Label
from stream.core.verdict import CaseClosed, OutcomeDropped, Verdict

Phrase = Callable[[Any], list[str]]
"""Says what one kind of event says, in parts; some may be empty."""


def by(event: Verdict | Outcome | CaseClosed | OutcomeDropped) -> str:
    """Who or what decided."""
    if event.decided_by is None:
        return ""
    parts = [event.decided_by.value, getattr(event, "model", None), getattr(event, "by", None)]
    effort = getattr(event, "effort", None)
    return "by " + " ".join(part for part in parts if part) + (f" ({effort})" if effort else "")


def clauses(cited: tuple[str, ...]) -> str:
    """The clauses that are cited."""
    return ", ".join(cited)


def labels(given: tuple[Label, ...]) -> str:
    """The labels of a release."""
    return "labelled " + ", ".join(label.kind.value for label in given) if given else ""
