"""`control` for people who look and command: what it says, and what would change. Pure."""

from collections.abc import Iterable, Iterator

from stream.core.control import Paused, key_of
from stream.core.control.state import ControlState, applied
from stream.core.errors import Poison, SluiceError
from stream.core.policy.policy_set import PolicySet
from stream.ports import Record


class NotPaused(SluiceError):
    """What is to be resumed is not paused."""


class NotPublished(SluiceError):
    """What is to be withdrawn was not published."""


def state_of(records: Iterable[Record]) -> ControlState:
    """What `control` says; records that every process refuses are passed over here too."""
    state = ControlState()
    for record in records:
        try:
            state = applied(state, record.key, record.value)
        except Poison:
            continue
    return state


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
