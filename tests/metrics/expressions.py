"""What a PromQL expression asks for: metrics, their labels, and the values that it expects of them."""

import re
from collections.abc import Iterator

from msgspec import Struct

TARGET = {"namespace", "pod", "instance", "job"}
"""Labels that Prometheus gives every series of a target."""
_WORDS = {
    "absent", "and", "bool", "by", "changes", "count", "group_left", "group_right", "histogram_quantile",
    "ignoring", "increase", "max", "min", "offset", "on", "or", "rate", "sum", "unless", "without",
}  # fmt: skip
_GROUPING = re.compile(r"\b(by|without|on|ignoring|group_left|group_right)\s*\(([^)]*)\)")
_SELECTOR = re.compile(r"([a-zA-Z_:][a-zA-Z0-9_:]*)\s*(?:\{([^}]*)\})?")
_MATCHER = re.compile(r'([a-zA-Z_]\w*)\s*(=~|!~|!=|=)\s*"([^"]*)"')


class Matcher(Struct, frozen=True):
    """One condition on a label."""

    label: str
    operator: str
    values: tuple[str, ...]


class Selector(Struct, frozen=True):
    """One metric asked for."""

    name: str
    matchers: tuple[Matcher, ...]


def selectors(expression: str) -> list[Selector]:
    """Every metric of an expression: whatever is no word of the language, no duration and no grouping."""
    bare = _GROUPING.sub(" ", expression)
    bare = re.sub(r"\[[^\]]*\]", " ", bare)
    return [
        Selector(match[1], tuple(_matchers(match[2] or "")))
        for match in _SELECTOR.finditer(bare)
        if match[1] not in _WORDS and not re.search(r"[\d.]$", bare[: match.start()])
    ]


def groupings(expression: str) -> set[str]:
    """Every label that an expression groups or joins by."""
    lists = [match[2].split(",") for match in _GROUPING.finditer(expression)]
    return {label.strip() for labels in lists for label in labels if label.strip()}


def _matchers(text: str) -> Iterator[Matcher]:
    for label, operator, value in _MATCHER.findall(text):
        yield Matcher(label, operator, tuple(value.split("|")) if "~" in operator else (value,))
