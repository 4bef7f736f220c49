"""Cases beyond their due time, as people look for them."""

from collections.abc import Iterator

from msgspec import Struct

from stream.core.ledger.entry import ContentEntry
from stream.core.ledger.summary import UNROUTED, is_overdue
from stream.core.terms import Effect, Origin, Stage


class OverdueCase(Struct, frozen=True, kw_only=True):
    """One open case that should have been answered by `due` (ms)."""

    id: str
    case: str
    version: int | None
    effect: Effect
    stage: Stage
    surface: str
    due: int
    opened_at: int
    overdue_seconds: float
    origin: Origin | None = None
    policies: tuple[str, ...] = ()
    why: str = ""


def overdue_of(content_id: str, entry: ContentEntry, now: int) -> Iterator[OverdueCase]:
    """The overdue cases of one content."""
    for case in entry.open_cases:
        if case.due is not None and is_overdue(case, now):
            yield OverdueCase(
                id=content_id,
                case=case.id,
                version=case.version,
                effect=case.effect,
                stage=case.stage,
                surface=case.surface or UNROUTED,
                due=case.due,
                opened_at=case.opened_at,
                overdue_seconds=(now - case.due) / 1_000,
                origin=case.origin,
                policies=case.policies,
                why=case.task.why if case.task is not None else "",
            )
