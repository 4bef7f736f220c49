"""TOML text → a typed value, or an error that names file, line and the nearest valid key. Reads no file."""

import re
import tomllib
import types
from collections.abc import Iterator
from difflib import get_close_matches
from typing import Annotated, TypeGuard, TypeVar, Union, get_args, get_origin

import msgspec
from msgspec.structs import fields

from stream.core.errors import PolicyInvalid
from stream.core.misfit import misfit

T = TypeVar("T")
Path = tuple[str | int, ...]

_KEY = r"""(?:"[^"]*"|'[^']*'|[A-Za-z0-9_-]+)"""
_KEYS = rf"{_KEY}(?:\s*\.\s*{_KEY})*"
_HEADER = re.compile(rf"^\s*(\[\[?)\s*({_KEYS})\s*\]")
_ASSIGNMENT = re.compile(rf"^\s*({_KEYS})\s*=")
_SYNTAX_LINE = re.compile(r"\(at line (\d+), column \d+\)")
_KEY_VALUE = "Write `key = value`, one on a line"
_TWICE = ("a key or table stands twice", "Take one of both out")
_UNCLOSED = ("a text or list is not closed", "Close it by its quotation mark or bracket")
_SIGN = (
    "a sign that may not stand so",
    "In double quotes write `\\\\` for a backslash, `\\n` for a new line",
)
_SYNTAX = {
    "Invalid value": ("a value is missing, or is none that TOML knows", "Put text in double quotes"),
    "Expected '=' after a key": ("a key has no `=` after it", _KEY_VALUE),
    "Invalid initial character for a key": ("a key has a sign that needs quotes", _KEY_VALUE),
    "Invalid statement": ("this line is neither a key nor a table", _KEY_VALUE),
    "Expected newline or end of document": ("something stands after a value", "Begin a new line, or a `#`"),
    "Cannot overwrite": _TWICE, "Cannot declare": _TWICE, "Cannot mutate": _TWICE, "Duplicate": _TWICE,
    "Unclosed": _UNCLOSED, "Unterminated": _UNCLOSED, "Expected '": _UNCLOSED, 'Expected "': _UNCLOSED,
    "Illegal": _SIGN, "Unescaped": _SIGN, "Found invalid": _SIGN, "Invalid hex": _SIGN,
}  # fmt: skip
"""What tomllib says, by how it begins → what is wrong, and how to mend it."""


def decode_toml(text: str, file: str, kind: type[T], first_line: int = 1) -> T:
    """Decode a TOML text into a msgspec Struct; unknown keys are refused.

    Args:
        text: the TOML.
        file: its name, for errors.
        kind: the Struct to decode into. Its defaults fill what the text leaves out.
        first_line: the line of `file` on which `text` begins.

    Raises:
        PolicyInvalid: the text is no TOML, a key is unknown or missing, or a value does not fit.
    """
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _syntax_error(error, text, file, first_line) from None
    if fault := next(_faults(table, kind), None):
        path, what, mend = fault
        raise PolicyInvalid(file, first_line + line_of(text, path) - 1, what, mend)
    return msgspec.convert(table, kind, str_keys=True)


def nearest(wrong: str, valid: list[str]) -> str:
    """Advise the nearest valid name, or list the valid ones."""
    if not valid:
        return "There is none here yet"
    close = get_close_matches(wrong, valid, n=1)
    return (
        f"Did you mean `{close[0]}`?" if close else f"Valid here: {', '.join(f'`{name}`' for name in valid)}"
    )


def line_of(text: str, path: Path) -> int:
    """The line, from 1, on which the value at `path` begins; its nearest table's where it stands inline."""
    return line_in(lines_of(text), path)


def lines_of(text: str) -> dict[Path, int]:
    """The lines, from 1, on which tables and values begin, by their paths: for many questions of one text."""
    lines: dict[Path, int] = {}
    for number, path in _places(text):
        lines.setdefault(path, number)
    return lines


def line_in(lines: dict[Path, int], path: Path) -> int:
    """The line of the value at `path`; its nearest table's where it stands inline, 1 where there is none."""
    found = (lines[path[:depth]] for depth in range(len(path), 0, -1) if path[:depth] in lines)
    return next(found, 1)


def _places(text: str) -> Iterator[tuple[int, Path]]:
    """Every header and assignment of the text with its full path."""
    table: Path = ()
    counts: dict[Path, int] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if header := _HEADER.match(line):
            table = _split(header[2])
            if header[1] == "[[":
                counts[table] = counts.get(table, -1) + 1
                table = (*table, counts[table])
            yield number, table
        elif assignment := _ASSIGNMENT.match(line):
            yield number, table + _split(assignment[1])


def _split(keys: str) -> Path:
    return tuple(key.strip("\"'") for key in re.findall(_KEY, keys))


def _syntax_error(error: tomllib.TOMLDecodeError, text: str, file: str, first_line: int) -> PolicyInvalid:
    found = _SYNTAX_LINE.search(str(error))
    line = int(found[1]) if found else max(1, len(text.splitlines()))
    said = (fault for begins, fault in _SYNTAX.items() if str(error).startswith(begins))
    what, mend = next(said, ("its form is not TOML's", "Mend it, or write `key = value` anew"))
    return PolicyInvalid(file, first_line + line - 1, f"not TOML: {what}", mend)


def _faults(value: object, kind: object, path: Path = ()) -> Iterator[tuple[Path, str, str]]:
    """Walk value and type together; yield each fault as (path, what, how to mend it), the deepest first.

    msgspec's own errors leave a table's keys out of their path; asking it about one value at a time does not.
    """
    for key, inner, inner_kind in _children(value, kind):
        if inner_kind is None:
            yield (*path, key), f"unknown key `{key}`", nearest(str(key), _keys(kind))
        else:
            yield from _faults(inner, inner_kind, (*path, key))
    try:
        msgspec.convert(value, kind, str_keys=True)
    except msgspec.ValidationError as error:
        yield path, *misfit(error, kind, f"`{'.'.join(map(str, path))}`" if path else "the file")


def _children(value: object, kind: object) -> Iterator[tuple[str | int, object, object]]:
    """The parts of a value, each with its type; the type of an unknown key is None."""
    kind = _plain(kind)
    if isinstance(value, dict) and _is_struct(kind):
        types_of = {field.encode_name: field.type for field in fields(kind)}
        yield from ((key, inner, types_of.get(key)) for key, inner in value.items())
    elif isinstance(value, dict) and get_origin(kind) is dict:
        yield from ((key, inner, get_args(kind)[1]) for key, inner in value.items())
    elif isinstance(value, list) and get_origin(kind) is tuple:
        yield from ((index, inner, get_args(kind)[0]) for index, inner in enumerate(value))


def _keys(kind: object) -> list[str]:
    kind = _plain(kind)
    return sorted(field.encode_name for field in fields(kind)) if _is_struct(kind) else []


def _is_struct(kind: object) -> TypeGuard[type[msgspec.Struct]]:
    return isinstance(kind, type) and issubclass(kind, msgspec.Struct)


def _plain(kind: object) -> object:
    """Take `Annotated` and `| None` off a type."""
    if get_origin(kind) is Annotated:
        return _plain(get_args(kind)[0])
    if get_origin(kind) in (Union, types.UnionType):
        return next(_plain(one) for one in get_args(kind) if one is not type(None))
    return kind
