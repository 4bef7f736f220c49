"""A policy that extends another: its own text and its parent's whole → its whole. Pure.

A section that the child writes replaces the parent's, but for VIOLATES and SAFE: there a clause of the same
id replaces the parent's where it stands, and a new one follows after the last.
"""

from collections.abc import Iterable, Iterator

from stream.core.errors import PolicyInvalid
from stream.core.policy.clauses import OPENING
from stream.core.policy.examples import cited_clause
from stream.core.policy.inherited_front import InheritedFront
from stream.core.policy.rendered import Line, Origin, Rendered, TakenOut, chained, sha256_of
from stream.core.policy.sections import (
    EXAMPLES,
    REVIEWERS,
    SECTIONS,
    Outline,
    Section,
    outline,
    partial_outline,
)
from stream.core.toml_text import nearest

Block = tuple[Line, ...]
"""Lines without a blank one between them: a clause, prose, or a group of examples."""
_CLAUSES = ("VIOLATES", "SAFE")
_FENCE = "+++"


def extended(text: str, file: str, parent: Rendered) -> Rendered:
    """Merge a child's text into its parent's whole.

    Args:
        text: the child's file; file: its name, for errors.
        parent: the whole of what it extends, which holds together.

    Raises:
        PolicyInvalid: the child does not fit its parent; the whole that results is still to be parsed.
    """
    own, theirs = partial_outline(text, file), outline(parent.text, parent.file)
    front = InheritedFront(own.front, file, parent, theirs.front)
    merge = _Merge(front, own, theirs, parent, file)
    merge.check_without()
    digest = sha256_of(text)
    return Rendered(
        name=front.name,
        file=file,
        lines=tuple(merge.lines()),
        digest=chained(digest, parent.digest),
        own=digest,
        extends=(parent.name, *parent.extends),
        line=front.line_of("extends"),
        without=(*parent.without, *(TakenOut(one, front.name, why) for one, why in merge.without.items())),
    )


class _Merge:
    """One child beside its parent."""

    def __init__(
        self, front: InheritedFront, own: Outline, theirs: Outline, parent: Rendered, file: str
    ) -> None:
        self._front = front
        self._own = own.sections
        self._theirs = theirs.sections
        self._parent = parent
        self._file = file
        self.without = front.written.without

    def check_without(self) -> None:
        """Refuse to take out what the parent lacks, or what the child writes."""
        theirs = [one for name in _CLAUSES for one in _by_clause(self._blocks_of_parent(name)) if one]
        own = {one for name in _CLAUSES for one in _by_clause(self._blocks_of_child(name))}
        for clause_id in self.without:
            path = ("without", clause_id)
            if clause_id not in theirs:
                what = f"takes out clause {clause_id}, which {self._parent.name} has not"
                raise self._front.fault(path, what, nearest(clause_id, theirs))
            if clause_id in own:
                what = f"takes out clause {clause_id}, and writes it"
                mend = "Do one of both: a clause that is written replaces its parent's"
                raise self._front.fault(path, what, mend)

    def lines(self) -> Iterator[Line]:
        """The whole text."""
        start = Origin(self._front.name, self._file, 1)
        yield Line(_FENCE, start)
        yield from self._front.lines()
        yield Line(_FENCE, start)
        for name in (*SECTIONS, EXAMPLES, REVIEWERS):
            body = _trimmed(self._section(name))
            if body:
                origin = self._heading(name)
                yield Line("", origin)
                yield Line(f"# {name}", origin)
                yield from body

    def _section(self, name: str) -> list[Line]:
        if name in _CLAUSES and (name in self._own or self._takes_out_of(name)):
            return _joined(self._clauses(name))
        if name in self._own:
            return self._lines_of_child(name)
        if name == EXAMPLES:
            return self._examples()
        return self._lines_of_parent(name)

    def _heading(self, name: str) -> Origin:
        if name in self._own:
            return Origin(self._front.name, self._file, self._own[name].line)
        return self._parent.lines[self._theirs[name].line - 1].origin

    def _clauses(self, name: str) -> list[Block]:
        """The parent's clauses, those that the child writes in their place, then its new ones."""
        theirs, own = _by_clause(self._blocks_of_parent(name)), _by_clause(self._blocks_of_child(name))
        kept = {one: blocks for one, blocks in theirs.items() if one not in self.without}
        return [block for blocks in {"": [], **kept, **own}.values() for block in blocks]

    def _examples(self) -> list[Line]:
        """The parent's, but for groups that cite a clause which is gone; of a restricted policy none."""
        if self._front.restricted:
            return []
        if not self.without:
            return self._lines_of_parent(EXAMPLES)
        groups = self._blocks_of_parent(EXAMPLES)
        gone = self.without
        return _joined([one for one in groups if not any(cited_clause(line.text) in gone for line in one)])

    def _takes_out_of(self, name: str) -> bool:
        return any(one in self.without for one in _by_clause(self._blocks_of_parent(name)))

    def _lines_of_parent(self, name: str) -> list[Line]:
        section = self._theirs.get(name)
        if section is None:
            return []
        return list(self._parent.lines[section.line : section.line + len(section.lines)])

    def _lines_of_child(self, name: str) -> list[Line]:
        section = self._own[name]
        return [
            Line(text, Origin(self._front.name, self._file, number))
            for number, text in enumerate(section.lines, section.line + 1)
        ]

    def _blocks_of_parent(self, name: str) -> list[Block]:
        return list(_blocks(self._lines_of_parent(name)))

    def _blocks_of_child(self, name: str) -> list[Block]:
        if name not in self._own:
            return []
        blocks = list(_blocks(self._lines_of_child(name)))
        _check_once(blocks, self._own[name], self._file)
        return blocks


def _blocks(lines: Iterable[Line]) -> Iterator[Block]:
    block: list[Line] = []
    for line in lines:
        if line.text.strip():
            block.append(line)
        elif block:
            yield tuple(block)
            block = []
    if block:
        yield tuple(block)


def _clause_of(block: Block) -> str | None:
    opening = OPENING.match(block[0].text.strip())
    return opening[1] if opening is not None else None


def _by_clause(blocks: Iterable[Block]) -> dict[str, list[Block]]:
    """The blocks of each clause, in order; those before the first under an empty id."""
    found: dict[str, list[Block]] = {}
    clause_id = ""
    for block in blocks:
        clause_id = _clause_of(block) or clause_id
        found.setdefault(clause_id, []).append(block)
    return found


def _check_once(blocks: Iterable[Block], section: Section, file: str) -> None:
    seen: set[str] = set()
    for block in blocks:
        clause_id = _clause_of(block)
        if clause_id in seen:
            what = f"clause {clause_id} of {section.name} stands twice"
            raise PolicyInvalid(file, block[0].origin.line, what, "Renumber one")
        seen |= {clause_id} if clause_id is not None else set()


def _joined(blocks: Iterable[Block]) -> list[Line]:
    """The blocks with a blank line between two."""
    lines: list[Line] = []
    for block in blocks:
        lines += [Line("", block[0].origin), *block]
    return lines


def _trimmed(lines: list[Line]) -> list[Line]:
    """The lines without blank ones at either end."""
    filled = [place for place, line in enumerate(lines) if line.text.strip()]
    return lines[filled[0] : filled[-1] + 1] if filled else []
