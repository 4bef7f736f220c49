"""Events for scripts with what people wrote left out. Pure."""

from typing import Any

from msgspec import to_builtins

_WRITTEN = frozenset({"text", "statement", "value"})
"""Fields with words of authors, reporters and appellants, and signals read from their images."""

_RESTRICTED = frozenset({"confidential"})
"""Fields that quote the content or hold the model's chain of thought: never in a terminal."""


def masked(event: Any, *, show_text: bool = False) -> Any:  # noqa: ANN401 - any event of the contract
    """The event as JSON has it, with `[n characters]` in place of what somebody wrote.

    Args:
        event: any event of the contract.
        show_text: whether what people wrote may stay; what is restricted never does.
    """
    return _mask(to_builtins(event), show_text=show_text)


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
