"""The keys of the settings tree, read off its types: what exists, what fits, and how to say so. Pure."""

import types
from collections.abc import Iterator
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from msgspec import NODEFAULT, Meta, Struct
from msgspec.structs import fields

from stream.config.settings import Settings
from stream.core.secret import Secret

Key = tuple[str, ...]
"""A key's way through the tree, for example `("kafka", "sasl", "password")`."""

FILE_SUFFIX = "_file"
"""A secret `x` may be given as `x_file`, a file that holds it."""


class Leaf(Struct, frozen=True):
    """One key that takes a value. `kind` is its type without bounds and without None."""

    key: Key
    annotation: Any
    kind: Any
    bounds: Meta
    default: Any

    @property
    def is_secret(self) -> bool:
        """Whether its value must not be shown."""
        return self.kind is Secret

    @property
    def wanted(self) -> str:
        """In words, what fits."""
        return " ".join(part for part in (self._type_words(), self._about()) if part)

    def _type_words(self) -> str:
        if choices := choices_of(self.kind):
            return "one of " + ", ".join(choices)
        low = self.bounds.ge if self.bounds.ge is not None else self.bounds.gt
        above = " above" if self.bounds.ge is None else " from"
        between = f"{above} {low:,} to {self.bounds.le:,}" if self.bounds.le is not None else ""
        names = {bool: "true or false", int: "a whole number", float: "a number", Path: "a path"}
        return names.get(self.kind, "a text") + between

    def _about(self) -> str:
        return f"({self.bounds.description})" if self.bounds.description else ""


@cache
def leaves() -> dict[Key, Leaf]:
    """Every key that takes a value, in the order of the tree."""
    return {leaf.key: leaf for leaf in _walk(Settings, ())}


@cache
def sections() -> dict[Key, type[Struct]]:
    """Every section, the whole tree as `()` included."""
    return dict(_sections(Settings, ()))


def names_in(section: Key) -> list[str]:
    """The names that may stand directly in a section."""
    names = [field.encode_name for field in fields(sections()[section])]
    secrets = [leaf.key[-1] for leaf in leaves().values() if leaf.is_secret and leaf.key[:-1] == section]
    return names + [name + FILE_SUFFIX for name in secrets]


def dotted(key: Key) -> str:
    """A key as people write it."""
    return ".".join(key)


def choices_of(kind: Any) -> list[str]:  # noqa: ANN401 - any leaf's type
    """The words that a key takes, if it takes only some."""
    if get_origin(kind) is Literal:
        return list(get_args(kind))
    return [member.value for member in kind] if issubclass(kind, StrEnum) else []


def _walk(section: type[Struct], path: Key) -> Iterator[Leaf]:
    for field in fields(section):
        key = (*path, field.encode_name)
        kind, bounds = _plain(field.type)
        if _is_section(kind):
            yield from _walk(kind, key)
        else:
            default = field.default if field.default is not NODEFAULT else field.default_factory()
            yield Leaf(key, field.type, kind, bounds, default)


def _sections(section: type[Struct], path: Key) -> Iterator[tuple[Key, type[Struct]]]:
    yield path, section
    for field in fields(section):
        kind, _ = _plain(field.type)
        if _is_section(kind):
            yield from _sections(kind, (*path, field.encode_name))


def _is_section(kind: Any) -> bool:  # noqa: ANN401 - any type expression
    return isinstance(kind, type) and issubclass(kind, Struct)


def _plain(annotation: Any, bounds: Meta = Meta()) -> tuple[Any, Meta]:  # noqa: ANN401, B008 - any type; frozen
    """Take `Annotated` and `| None` off, in any order."""
    if get_origin(annotation) is Annotated:
        return _plain(*get_args(annotation)[:2])
    if get_origin(annotation) in (Union, types.UnionType):
        return _plain(next(one for one in get_args(annotation) if one is not type(None)), bounds)
    return annotation, bounds
