"""Settings as TOML text that says where each value came from; secrets stay masked. Pure."""

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any

from stream.config.keys import Key, dotted, leaves
from stream.config.reading import Value
from stream.core.secret import Secret

_COLUMN = 48


def as_toml(values: Mapping[Key, Value], *, explained: bool = False) -> str:
    """Every key with its value and origin; unset ones stand as comments. Secrets are masked.

    Args:
        values: a value for every key.
        explained: whether to say above each key what fits.
    """
    lines: list[str] = []
    section: Key | None = None
    for key in sorted(values, key=_place):
        if key[:-1] != section:
            section = key[:-1]
            lines += ["", f"[{dotted(section)}]"]
        if explained:
            lines.append(f"# {leaves()[key].wanted}")
        value = values[key]
        line = f"# {key[-1]} =" if value.value is None else f"{key[-1]} = {literal(value.value)}"
        lines.append(f"{line:<{_COLUMN}} # {value.origin}")
    return "\n".join(lines[1:]) + "\n"


def as_tree(values: Mapping[Key, Value]) -> dict[str, dict[str, Any]]:
    """The same for scripts: dotted key → value and origin."""
    return {dotted(key): {"value": plain(one.value), "origin": one.origin} for key, one in values.items()}


def plain(value: Any) -> Any:  # noqa: ANN401 - any leaf
    """A value as JSON has it; a secret is its mask."""
    return str(value) if isinstance(value, Path | Secret | StrEnum) else value


def literal(value: Any) -> str:  # noqa: ANN401 - any leaf
    """A value as TOML writes it."""
    value = plain(value)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}"'
    return str(value)


def _place(key: Key) -> tuple[int, Key]:
    """A section's own values before its subsections, sections in the order of the tree."""
    order = list(leaves())
    first_of_section = next(n for n, other in enumerate(order) if other[0] == key[0])
    return first_of_section, (*key[:-1], "") if len(key) > 1 else key
