"""What a decoder found wrong, in words for people: which field, what it must be, how to mend it. Pure.

A decoder quotes what it met, which may be a post's text: no word of that is repeated.
"""

import re
import types
from collections.abc import Callable, Iterator
from enum import Enum
from typing import Annotated, Literal, NamedTuple, Union, get_args, get_origin

from msgspec import Meta, MsgspecError, Struct
from msgspec.structs import fields

MISFITS = (MsgspecError, UnicodeError, RecursionError)
"""What decoders raise of what does not fit."""

_MESSAGE = re.compile(r"(.*?)(?: - at `(key)?.*?(\$.*)`)?", re.DOTALL)
_STEP = re.compile(r"\.(\w+)|\[(?:\.\.\.|\d+)\]")
_NAME = re.compile(r"[\w.-]{1,40}")
_LINE = 'Write one object on the line, such as `{"id": "a1"}`, or take the line out'
_KINDS = {
    "str": "text", "int": "a whole number", "float": "a number", "bool": "true or false", "array": "a list",
    "object": "an object", "null": "nothing", "datetime": "a time", "date": "a day", "time": "a time of day",
}  # fmt: skip
_BOUNDS = {"<=": "at most", ">=": "at least", "<": "less than", ">": "more than"}


class _Met(NamedTuple):
    """One fault: of which field, of what type, and what the decoder's words name."""

    field: str
    kind: object
    names: tuple[str, ...]


def misfit(error: Exception, kind: object, whole: str = "the line") -> tuple[str, str]:
    """What is wrong, and how to mend it.

    Args:
        error: one of `MISFITS`.
        kind: the type that was decoded into.
        whole: what to call the value itself, where the fault is in none of its fields.
    """
    if isinstance(error, UnicodeError):
        return "not UTF-8", "Save the file as UTF-8"
    if isinstance(error, RecursionError):
        return f"{whole} is nested too deep", "Take the nesting out"
    found = _MESSAGE.fullmatch(str(error))
    message, key, path = found.groups() if found is not None else (str(error), None, None)
    inner = _at(kind, path or "")
    field = f"`{path[2:].replace('[...]', '[…]')}`" if path and path != "$" else whole
    for pattern, said in _FAULTS:
        if met := re.match(pattern, message, re.DOTALL):
            return said(_Met(f"a key of {field}" if key else field, inner, met.groups()))
    return f"{field} does not fit", "Mend it"


def _lacks(met: _Met) -> tuple[str, str]:
    where = f" in {met.field}" if met.field.startswith("`") else ""
    return f"`{met.names[0]}` is missing{where}", "Add it"


def _unknown(met: _Met) -> tuple[str, str]:
    name, where = met.names[0], f" in {met.field}" if met.field.startswith("`") else ""
    there = ", ".join(f"`{one}`" for one in _types_of(met.kind))
    shown = f" `{name}`" if _NAME.fullmatch(name) else ""
    return f"there is no field{shown}{where}", f"Valid here: {there}"


def _other_kind(met: _Met) -> tuple[str, str]:
    wanted = " or ".join(_KINDS.get(one, one) for one in met.names[0].split(" | "))
    return f"{met.field} is {_KINDS.get(met.names[1], met.names[1])}, and must be {wanted}", f"Write {wanted}"


def _length(met: _Met) -> tuple[str, str]:
    kind, bound, number = met.names
    if (bound, number) == (">=", "1"):
        return f"{met.field} is empty", "Fill it in"
    many = f"{_BOUNDS[bound]} {int(number):,} {'characters' if kind == 'str' else 'entries'}"
    return f"{met.field} has {'more' if bound == '<=' else 'less'} than it may", f"Give it {many}"


def _form(met: _Met) -> tuple[str, str]:
    metas = [one for one in _metas(met.kind) if one.pattern]
    about = next((one.description.rstrip(".") for one in metas if one.description), "")
    pattern = next((f"it matches {one.pattern}" for one in metas), "another form")
    return f"{met.field} has not the form that it must have", f"Write it so: {about or pattern}"


def _bound(met: _Met) -> tuple[str, str]:
    bound = f"{_BOUNDS[met.names[0]]} {met.names[1]}"
    return f"{met.field} must be {bound}", f"Write a number that is {bound}"


def _none_of_those(met: _Met) -> tuple[str, str]:
    there = " or ".join(f"`{one}`" for one in _choices(met.kind))
    return f"{met.field} is none of the values that there are", f"Write {there or 'another'}"


_FAULTS: tuple[tuple[str, Callable[[_Met], tuple[str, str]]], ...] = (
    (r"Object missing required field `(.*)`$", _lacks),
    (r"Object contains unknown field `(.*)`$", _unknown),
    (r"Expected `(.*)`, got `(.*)`$", _other_kind),
    (r"Expected `(\w+)` of length (<=|>=) (\d+)$", _length),
    (r"Expected `\w+` matching regex ", _form),
    (r"Expected `\w+` (<=|>=|<|>) (\S+)$", _bound),
    (r"Invalid (?:enum )?value ", _none_of_those),
    (r"Number out of range", lambda met: (f"{met.field} is too large a number", "Write a smaller one")),
    (r"Input data was truncated", lambda _: ("no JSON: it ends too early", _LINE)),
    (r"JSON is malformed: .*\(byte (\d+)\)$", lambda met: (f"no JSON from byte {met.names[0]} on", _LINE)),
)  # fmt: skip


def _at(kind: object, path: str) -> object:
    """The type of the value at a path such as `$.labels[...]`; None where it cannot be told."""
    for name in (found[1] for found in _STEP.finditer(path)):
        if name is not None:
            kind = _types_of(kind).get(name)
        else:
            inner = next((get_args(one) for one in _plain(kind) if get_args(one)), (None,))
            kind = next(one for one in reversed(inner) if one is not Ellipsis)
    return kind


def _plain(kind: object) -> Iterator[object]:
    """The types of a union, but None; without what `Annotated` says of them."""
    if get_origin(kind) is Annotated:
        yield from _plain(get_args(kind)[0])
    elif get_origin(kind) in (Union, types.UnionType):
        for one in get_args(kind):
            yield from _plain(one)
    elif kind is not type(None):
        yield kind


def _metas(kind: object) -> Iterator[Meta]:
    if get_origin(kind) is Annotated:
        yield from (one for one in get_args(kind) if isinstance(one, Meta))
    for one in get_args(kind):
        yield from _metas(one)


def _choices(kind: object) -> list[object]:
    found: list[object] = []
    for one in _plain(kind):
        if get_origin(one) is Literal:
            found += get_args(one)
        elif isinstance(one, type) and issubclass(one, Enum):
            found += [member.value for member in one]
    return found


def _types_of(kind: object) -> dict[str, object]:
    """The fields of a struct with their types; none of what is no struct."""
    for one in _plain(kind):
        if isinstance(one, type) and issubclass(one, Struct):
            return {field.encode_name: field.type for field in fields(one)}
    return {}
