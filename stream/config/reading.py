"""Entries → typed values. Every problem is collected; none stops the search for the next."""

from collections.abc import Iterable
from typing import Any

from msgspec import Struct

from stream.config.keys import FILE_SUFFIX, Key, Leaf, dotted, leaves, sections
from stream.config.settings import Settings
from stream.config.sources import Entry, Problem
from stream.config.typed import Unfit, typed
from stream.config.unknown import fault_of

DEFAULT = "default"


class Value(Struct, frozen=True):
    """A key's value and where it came from."""

    value: Any
    origin: str = DEFAULT


def read(entries: Iterable[Entry]) -> tuple[dict[Key, Value], list[Problem]]:
    """Type each entry; a later one of the same key goes before an earlier one.

    Returns:
        A value for every key there is (its default where nothing valid was given), and all problems.
    """
    values = {key: Value(leaf.default) for key, leaf in leaves().items()}
    problems: list[Problem] = []
    given: dict[Key, Entry] = {}
    for entry in entries:
        leaf = _leaf_of(entry.key)
        if leaf is None:
            if entry.key not in sections() or entry.value != {}:
                problems.append(Problem(entry.origin, fault_of(entry.key)))
            continue
        problems += _given_twice(given.get(leaf.key), entry)
        given[leaf.key] = entry
        try:
            values[leaf.key] = Value(typed(entry, leaf), entry.origin)
        except Unfit as error:
            problems.append(Problem(entry.origin, str(error), leaf.key))
    return values, list(dict.fromkeys(problems))


def settings_of(values: dict[Key, Value]) -> Settings:
    """Build the whole tree from a value for every key.

    Raises:
        Misconfigured: a section whose own rules these values break.
    """
    settings: Settings = _assembled(values, ())
    return settings


def _assembled(values: dict[Key, Value], section: Key) -> Any:  # noqa: ANN401 - any section
    parts: dict[str, Any] = {}
    for key, value in values.items():
        if key[: len(section)] != section:
            continue
        name = key[len(section)]
        if len(key) == len(section) + 1:
            parts[name] = value.value
        elif name not in parts:
            parts[name] = _assembled(values, (*section, name))
    return sections()[section](**parts)


def _leaf_of(key: Key) -> Leaf | None:
    if key in leaves():
        return leaves()[key]
    if key[-1].endswith(FILE_SUFFIX):
        secret = leaves().get((*key[:-1], key[-1].removesuffix(FILE_SUFFIX)))
        return secret if secret is not None and secret.is_secret else None
    return None


def _given_twice(before: Entry | None, entry: Entry) -> list[Problem]:
    """A secret and its file from the same kind of source contradict each other."""
    if before is None or before.key == entry.key or before.text is not entry.text:
        return []
    return [Problem(entry.origin, f"`{dotted(entry.key)}` and `{dotted(before.key)}` are both set: keep one")]
