"""`control` for people who look and command: what it says, and what would change. Pure."""

from collections.abc import Iterable, Iterator

from stream.core.control import Paused, PromotionKept, SetPromoted, key_of
from stream.core.control.history import History, history
from stream.core.control.promotion import promoted_set
from stream.core.control.state import ControlState, applied
from stream.core.errors import Poison, PolicyInvalid, SluiceError
from stream.core.policy.policy_set import PolicySet
from stream.core.wire import read_control
from stream.ports import Record


class NotPaused(SluiceError):
    """What is to be resumed is not paused."""


class NotPublished(SluiceError):
    """What is to be withdrawn was not published."""


class NotPromoted(SluiceError):
    """What is to be gone back to was not promoted, or is kept no longer."""


class Overtaken(SluiceError):
    """Somebody else promoted between the look at what stands and the promotion: nothing was sent."""


def state_of(records: Iterable[Record]) -> ControlState:
    """What `control` says; records that every process refuses are passed over here too."""
    state = ControlState()
    for record in records:
        try:
            state = applied(state, record.key, record.value)
        except Poison:
            continue
    return state


def history_of(records: Iterable[Record]) -> History:
    """The promotions that `control` keeps, and the one in force; what processes refuse is passed over."""
    state = ControlState()
    kept: dict[bytes, PromotionKept] = {}
    for record in records:
        try:
            state = applied(state, record.key, record.value)
        except Poison:
            continue
        if record.key is None:
            continue
        kept.pop(record.key, None)
        if record.value is not None and isinstance(event := read_control(record.value), PromotionKept):
            kept[record.key] = event
    return history(kept.values(), state.promoted)


def refusal(event: SetPromoted) -> str:
    """Why every process refuses this promotion; empty where it holds together."""
    try:
        promoted_set(event)
    except PolicyInvalid as error:
        return str(error)
    return ""


def check_paused(wanted: Paused, state: ControlState) -> None:
    """See that a pause of exactly this scope is in force.

    Raises:
        NotPaused: there is none; says what is paused.
    """
    if key_of(wanted) in map(key_of, state.pauses):
        return
    others = "; ".join(pause.scope for pause in state.pauses) or "nothing"
    raise NotPaused(f"{wanted.scope} is not paused. Paused: {others}")


def changes(before: PolicySet, after: PolicySet) -> Iterator[tuple[str, str]]:
    """What a promotion changes: how (`new`, `gone`, `changed`), and which part."""
    if before.name != after.name:
        yield "changed", f"the set: {before.name} to {after.name}"
    for policy_id in sorted({*before.policies, *after.policies}):
        old, new = before.policies.get(policy_id), after.policies.get(policy_id)
        if old is None or new is None:
            yield ("new" if old is None else "gone"), f"policy {policy_id}"
        elif old.digest != new.digest:
            yield "changed", f"policy {policy_id}: version {old.version} to {new.version}"
        elif old.notices != new.notices:
            yield "changed", f"notices of policy {policy_id}"
        if old is not None and new is not None and before.autonomy[policy_id] != after.autonomy[policy_id]:
            words = f"{before.autonomy[policy_id]} to {after.autonomy[policy_id]}"
            yield "changed", f"autonomy under {policy_id}: {words}"
    parts = ("routes", "terms", "languages", "surfaces", "models", "audited", "thresholds")
    for part in parts:
        if getattr(before, part) != getattr(after, part):
            yield "changed", part
