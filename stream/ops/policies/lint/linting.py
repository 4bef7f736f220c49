"""All rules over a folder that was read. Pure."""

from collections.abc import Iterator
from itertools import chain

from msgspec import Struct

from stream.ops.policies.lint.finding import Finding
from stream.ops.policies.lint.reading import Shelf
from stream.ops.policies.lint.rules import POLICY_RULES, SET_RULES
from stream.ops.policies.lint.silences import FILE, Silenced, faults, split


class Linted(Struct, frozen=True):
    """What lint says of a folder.

    Attributes:
        findings: what is told, by file and line; what is unreadable and what is wrong with silences too.
        silenced: what somebody answered for.
        unreadable: whether something could not be read, so that not all was looked at.
    """

    findings: list[Finding]
    silenced: list[Silenced]
    unreadable: bool


def lint(shelf: Shelf, root: str) -> Linted:
    """Look at what was read; `root` is the folder's path as findings have it."""
    found = list(dict.fromkeys(_found(shelf)))
    parted = split(found, shelf.silences, root)
    where = f"{root}/{FILE}"
    wrong = faults(shelf.silences, found, shelf.silence_text, where, _looked_at(shelf, root), root)
    told = [*shelf.unreadable, *parted.told, *wrong]
    return Linted(
        sorted(told, key=lambda one: (one.file, one.line, one.column)),
        parted.silenced,
        bool(shelf.unreadable),
    )


def _looked_at(shelf: Shelf, root: str) -> frozenset[str]:
    """The files that silences can be held against: of the rest nobody knows what would be found."""
    if shelf.whole:
        files = {silence.file for silence in shelf.silences.silence}
        return frozenset(files - {_inside(finding.file, root) for finding in shelf.unreadable})
    pages = (draft.page.file for draft in shelf.drafts)
    cases = (place.file for draft in shelf.drafts for place, _ in draft.cases)
    return frozenset(_inside(file, root) for file in chain(pages, cases))


def _inside(file: str, root: str) -> str:
    return file.removeprefix(root).lstrip("/")


def _found(shelf: Shelf) -> Iterator[Finding]:
    for draft in shelf.drafts:
        for rule in POLICY_RULES:
            yield from rule.findings(draft)
    for policy_set in shelf.sets:
        for set_rule in SET_RULES:
            yield from set_rule.findings(policy_set)
