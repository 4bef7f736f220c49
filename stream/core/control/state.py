"""What `control` says now: a pure fold over its records.

Each key lies in one partition, so that any interleaving of the partitions gives the same state, and so does
what compaction leaves.
"""

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from stream.core.control.events import (
    SET_KEY,
    ControlEvent,
    Paused,
    PausedAction,
    PromotionKept,
    RulesPublished,
    SetPromoted,
    key_of,
)
from stream.core.errors import Misrouted
from stream.core.printable import printable
from stream.core.wire import read_control


class ControlState(Struct, frozen=True):
    """What operators have told.

    Attributes:
        promoted: the set in force; None where each process's folder has it.
        pauses: what machines may not do alone, by key.
        rules: the files of operators' rules, by name.
    """

    promoted: SetPromoted | None = None
    pauses: tuple[Paused, ...] = ()
    rules: tuple[RulesPublished, ...] = ()

    def paused(self, action: PausedAction, policies: Sequence[str], surface: str | None) -> str:
        """Why machines may not do this alone now; empty if they may.

        Args:
            action: what would be done.
            policies: those concerned; one that is paused is enough.
            surface: where; None where nobody said, which meets pauses of every surface only.
        """
        for pause in self.pauses:
            if (
                pause.action is action
                and pause.policy in (None, *policies)
                and pause.surface in (None, surface)
            ):
                return f"{pause.scope}: {pause.reason}" if pause.reason else pause.scope
        return ""

    def pauses_any(self, action: PausedAction) -> bool:
        """Whether machines may not do this somewhere, under some policy."""
        return any(pause.action is action for pause in self.pauses)


def applied(state: ControlState, key: bytes | None, value: bytes | None) -> ControlState:
    """Apply one record.

    Args:
        state: what counted before.
        key: the record's.
        value: its event; None withdraws what stood under the key.

    Raises:
        Unreadable: it is no event of `control`; the state stays as it is.
        Misrouted: its key is not its event's, so that compaction could keep the wrong one.
    """
    if value is None:
        return _without(state, (key or b"").decode(errors="replace"))
    event = read_control(value)
    if key != key_of(event).encode():
        told = printable((key or b"").decode(errors="replace")[:200])
        raise Misrouted(f"The record's key is {told!r} and must be {key_of(event)!r}.")
    return _with(_without(state, key_of(event)), event)


def _with(state: ControlState, event: ControlEvent) -> ControlState:
    if isinstance(event, Paused):
        return replace(state, pauses=tuple(sorted((*state.pauses, event), key=key_of)))
    if isinstance(event, RulesPublished):
        return replace(state, rules=tuple(sorted((*state.rules, event), key=key_of)))
    if isinstance(event, PromotionKept):
        return state  # for people who look back (`history`): no process holds it
    return replace(state, promoted=event)


def _without(state: ControlState, key: str) -> ControlState:
    return ControlState(
        promoted=None if key == SET_KEY else state.promoted,
        pauses=tuple(pause for pause in state.pauses if key_of(pause) != key),
        rules=tuple(rules for rules in state.rules if key_of(rules) != key),
    )
