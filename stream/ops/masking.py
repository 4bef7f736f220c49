"""Events for scripts with what people wrote left out. Pure."""

from typing import Any

from msgspec import to_builtins

_WRITTEN = frozenset({"text", "statement", "value"})
"""Fields with words of authors, reporters and appellants, and signals read from their images."""

_RESTRICTED = frozenset({"confidential"})
"""Fields that quote the content or hold the model's chain of thought: never in a terminal."""


_STATES = frozenset(
    {
        "type", "id", "case", "version", "digest", "at", "due", "opened_at", "decision", "proposal", "stage",
        "effect", "origin", "effort", "lane", "closing", "published", "decided_by", "policy_set",
        "restricted", "urgent", "overdue", "reports", "processor", "topic", "partition", "offset", "error",
    }
)  # fmt: skip
"""All that is shown of what few people may see: ids and states."""


def masked(
    event: Any,  # noqa: ANN401 - any event of the contract
    *,
    show_text: bool = False,
    restricted: bool = False,
) -> Any:  # noqa: ANN401
    """The event as JSON has it, with `[n characters]` in place of what somebody wrote.

    Args:
        event: any event of the contract.
        show_text: whether what people wrote may stay; what is restricted never does.
        restricted: whether its content is few people's: then ids and states are left. Some events say so
            themselves.
    """
    told = to_builtins(event)
    if restricted or told.get("restricted"):
        return {name: value for name, value in told.items() if name in _STATES}
    return _mask(told, show_text=show_text)


def _mask(value: Any, *, show_text: bool) -> Any:  # noqa: ANN401 - any JSON
    if isinstance(value, list | tuple):
        return [_mask(one, show_text=show_text) for one in value]
    if not isinstance(value, dict):
        return value
    return {
        name: _length(inner) if name in _WRITTEN and not show_text else _mask(inner, show_text=show_text)
        for name, inner in value.items()
        if name not in _RESTRICTED
    }


def _length(value: Any) -> Any:  # noqa: ANN401 - any JSON
    return f"[{len(value):,} characters]" if isinstance(value, str) and value else value
