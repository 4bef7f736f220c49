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
    looked_at = frozenset(
        file.removeprefix(root).lstrip("/")
        for file in chain(
            (draft.page.file for draft in shelf.drafts),
            (place.file for draft in shelf.drafts for place, _ in draft.cases),
            (draft.file for draft in shelf.sets),
        )
    )
    parted = split(found, shelf.silences, root)
    where = f"{root}/{FILE}"
    wrong = faults(shelf.silences, found, shelf.silence_text, where, root, looked_at)
    told = [*shelf.unreadable, *parted.told, *wrong]
    return Linted(
        sorted(told, key=lambda one: (one.file, one.line, one.column)),
        parted.silenced,
        bool(shelf.unreadable),
    )


def _found(shelf: Shelf) -> Iterator[Finding]:
    for draft in shelf.drafts:
        for rule in POLICY_RULES:
            yield from rule.findings(draft)
    for policy_set in shelf.sets:
        for set_rule in SET_RULES:
            yield from set_rule.findings(policy_set)
