"""The front matter of a policy that extends another: what it says, and what it inherits. Pure."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from msgspec import UNSET, Meta, Struct, UnsetType

from stream.core.errors import PolicyInvalid
from stream.core.fields import Language, Name
from stream.core.policy.front_matter import FIRST_LINE, Consequences, ReasonText
from stream.core.policy.policy import Autonomy
from stream.core.policy.rendered import Line, Origin, Rendered
from stream.core.toml_text import decode_toml, line_in, lines_of

Why = Annotated[str, Meta(min_length=1, max_length=200, pattern=r"^[^\r\n]*$")]
STRICTER = ("high_impact", "restricted", "local_only", "never_clear")
"""What a child may switch on, and never off."""
URGENT_OUT = re.compile(r"urgent: *\S")
"""How the reason begins for which a clause goes that may save a life: nobody takes one out unseen."""


_TABLES = ("extends", "without", "reason", "clauses")


class InheritingFront(Struct, frozen=True):
    """What a child writes; what it leaves out is its parent's.

    `without`: the parent's clauses that it takes out, each with the reason why; for an urgent one it begins
    with `urgent: `.
    """

    extends: Name
    id: Name
    version: Annotated[str, Meta(pattern=r"^[0-9]+(\.[0-9]+){0,2}$")]
    title: Annotated[str, Meta(min_length=1, max_length=80)] | UnsetType = UNSET
    languages: Annotated[tuple[Language, ...], Meta(min_length=1)] | UnsetType = UNSET
    reason: ReasonText = ReasonText()
    clauses: dict[str, Consequences] = {}
    without: dict[str, Why] = {}
    autonomy: Autonomy | UnsetType = UNSET
    high_impact: bool | UnsetType = UNSET
    restricted: bool | UnsetType = UNSET
    local_only: bool | UnsetType = UNSET
    never_clear: bool | UnsetType = UNSET


class InheritedFront:
    """Merges a child's front matter with that of its parent's whole."""

    def __init__(self, text: str, file: str, parent: Rendered, parent_text: str) -> None:
        """Read the child's, and hold it against the parent's.

        Args:
            text: the child's front matter; file: its name, for errors.
            parent: the parent's whole; parent_text: its front matter.

        Raises:
            PolicyInvalid: a key does not fit, or loosens what the parent says.
        """
        self.written = decode_toml(text, file, InheritingFront, FIRST_LINE)
        self._file = file
        self._parent = parent
        self._own, self._lines = tomllib.loads(text), lines_of(text)
        self._theirs, self._their_lines = tomllib.loads(parent_text), lines_of(parent_text)
        self._check_flags()
        self._check_autonomy()
        self._check_urgent()

    @property
    def name(self) -> str:
        """The child, as `id@version`."""
        return f"{self.written.id}@{self.written.version}"

    @property
    def restricted(self) -> bool:
        """Whether the child is restricted, by its own word or its parent's."""
        return bool(self._own.get("restricted") or self._theirs.get("restricted"))

    def line_of(self, *path: str) -> int:
        """The line of the child's file on which this key stands."""
        return line_in(self._lines, path) + FIRST_LINE - 1

    def fault(self, path: tuple[str, ...], what: str, mend: str) -> PolicyInvalid:
        """An error about a key of the child's."""
        return PolicyInvalid(self._file, self.line_of(*path), what, mend)

    def lines(self) -> Iterator[Line]:
        """The merged front matter as TOML, without its fences: values, then the reason, then the clauses."""
        plain = {**_values(self._theirs), **_values(self._own)}
        for key, value in plain.items():
            yield self._line((key,), f"{key} = {_literal(value)}")
        yield from self._table(("reason",), {**self._theirs["reason"], **self._own.get("reason", {})})
        for clause_id, table in self._clauses().items():
            yield from self._table(("clauses", clause_id), table)

    def _clauses(self) -> dict[str, Mapping[str, Any]]:
        kept = {
            one: table for one, table in self._theirs["clauses"].items() if one not in self.written.without
        }
        return {**kept, **self._own.get("clauses", {})}

    def _table(self, path: tuple[str, ...], table: Mapping[str, Any]) -> Iterator[Line]:
        yield self._line(path, f"[{'.'.join(map(_key, path))}]")
        for key, value in table.items():
            yield self._line((*path, key), f"{_key(key)} = {_literal(value)}")

    def _line(self, path: tuple[str, ...], text: str) -> Line:
        """A line with its origin: the child's where the child wrote it, or what it stands in."""
        if _has(self._own, path[:2] if path[0] == "clauses" else path):
            return Line(text, Origin(self.name, self._file, self.line_of(*path)))
        # The parent's rendered front matter begins on its second line.
        return Line(text, self._parent.lines[line_in(self._their_lines, path) + FIRST_LINE - 2].origin)

    def _check_flags(self) -> None:
        for flag in STRICTER:
            if self._theirs.get(flag) and self._own.get(flag) is False:
                what = f"`{flag}` is switched off, and {self._parent.name} has it"
                mend = "Take the line out: a policy may only be stricter than its parent"
                raise self.fault((flag,), what, mend)

    def _check_autonomy(self) -> None:
        most = Autonomy(self._theirs.get("autonomy", Autonomy.FULL))
        wanted = self.written.autonomy
        if isinstance(wanted, Autonomy) and wanted.rank > most.rank:
            what = f"autonomy `{wanted}` is more than the `{most}` of {self._parent.name}"
            raise self.fault(("autonomy",), what, f'Write `autonomy = "{most}"`, or less')

    def _check_urgent(self) -> None:
        for clause_id, table in self.written.clauses.items():
            if self._theirs["clauses"].get(clause_id, {}).get("urgent") and not table.urgent:
                what = f"clause {clause_id} is urgent in {self._parent.name}, and no longer here"
                raise self.fault(("clauses", clause_id), what, "Write `urgent = true`")
        for clause_id, why in self.written.without.items():
            if self._theirs["clauses"].get(clause_id, {}).get("urgent") and not URGENT_OUT.match(why):
                what = f"takes out clause {clause_id}, which is urgent in {self._parent.name}"
                mend = f'Keep it, or begin the reason so: `"{clause_id}" = "urgent: …"`'
                raise self.fault(("without", clause_id), what, mend)


def _values(table: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in table.items() if key not in _TABLES}


def _has(table: Mapping[str, Any], path: tuple[str, ...]) -> bool:
    first, *rest = path
    return first in table and (not rest or _has(table[first], tuple(rest)))


def _literal(value: object) -> str:
    """A value as TOML writes it: in one line, tables inline."""
    match value:
        case bool():
            return str(value).lower()
        case str():
            return _quoted(value)
        case list():
            return f"[{', '.join(map(_literal, value))}]"
        case dict():
            return "{ " + ", ".join(f"{_key(key)} = {_literal(one)}" for key, one in value.items()) + " }"
    return str(value)


def _key(key: str) -> str:
    return key if key.replace("_", "").isalnum() and key.isascii() else _quoted(key)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(one if one.isprintable() else f"\\U{ord(one):08X}" for one in escaped) + '"'
