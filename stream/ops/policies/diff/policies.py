"""One policy beside another: by clause, section, example, flag and notice. Pure."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from msgspec import Struct, to_builtins

from stream.core.policy import Clause, Example, Policy
from stream.core.policy.rendered import Rendered
from stream.core.policy.sections import EXAMPLES, REVIEWERS, SECTIONS, outline
from stream.core.prompt import developer_message
from stream.ops.policies.diff.words import Piece, changed_words

_FLAGS = (
    "title", "languages", "autonomy", "high_impact", "restricted", "local_only", "never_clear", "extends",
)  # fmt: skip
_CONSEQUENCES = ("actions", "strike", "label_days", "urgent", "reason", "severities")
_BY_PARTS = ("VIOLATES", "SAFE", EXAMPLES)


class Change(Struct, frozen=True):
    """A value that is another one now; None where there is none on that side."""

    what: str
    before: str | None
    after: str | None


class ClauseChange(Struct, frozen=True):
    """A clause that was added, removed, reworded, or has other consequences.

    Attributes:
        how: `added`, `removed` or `changed`.
        text: its words; all `in` of an added one, all `out` of a removed one, empty where they are as before.
        values: its severities, actions, strike and the like, where they changed.
    """

    id: str
    how: str
    text: tuple[Piece, ...] = ()
    values: tuple[Change, ...] = ()


class SectionChange(Struct, frozen=True):
    """A section whose words changed; `notices` count by clause and language as sections."""

    name: str
    text: tuple[Piece, ...]


class PolicyDiff(Struct, frozen=True):
    """What changed from one policy to another.

    Attributes:
        before, after: `id@version`, or None where there is no such policy on that side.
        tokens: of the whole prompt, before and after; None where it is the same, or nobody can count.
    """

    before: str | None
    after: str | None
    values: tuple[Change, ...] = ()
    clauses: tuple[ClauseChange, ...] = ()
    sections: tuple[SectionChange, ...] = ()
    examples: tuple[Change, ...] = ()
    notices: tuple[SectionChange, ...] = ()
    tokens: tuple[int, int] | None = None

    def __bool__(self) -> bool:
        """Whether anything changed."""
        parts = (self.values, self.clauses, self.sections, self.examples, self.notices)
        return any(parts) or self.before != self.after


Side = tuple[Policy, Rendered]
Tokens = Callable[[str], int | None]
"""Counts what a text takes in the model's vocabulary; None where there is none to count with."""


def policy_diff(before: Side | None, after: Side | None, tokens: Tokens) -> PolicyDiff:
    """Compare two policies; where one of them is missing, say only that."""
    if before is None or after is None:
        return PolicyDiff(_name(before), _name(after))
    old, new = before[0], after[0]
    return PolicyDiff(
        before=_name(before),
        after=_name(after),
        values=tuple(_values(old, new, _FLAGS)),
        clauses=tuple(_clauses(old, new)),
        sections=tuple(_sections(before[1], after[1])),
        examples=tuple(_examples(old, new)),
        notices=tuple(_notices(old.notices, new.notices)),
        tokens=_counted(developer_message([old]), developer_message([new]), tokens),
    )


def _counted(before: str, after: str, tokens: Tokens) -> tuple[int, int] | None:
    """What both prompts take; None where they are the same, for counting needs the vocabulary loaded."""
    if before == after or (old := tokens(before)) is None or (new := tokens(after)) is None:
        return None
    return old, new


def _name(side: Side | None) -> str | None:
    return None if side is None else f"{side[0].id}@{side[0].version}"


def _values(before: object, after: object, names: tuple[str, ...]) -> Iterator[Change]:
    for name in names:
        old, new = getattr(before, name), getattr(after, name)
        if old != new:
            yield Change(name, said(old), said(new))


def said(value: Any) -> str:  # noqa: ANN401 - any value of a policy
    """A value in a few words: `1 = limited_reach, 3 = remove`."""
    plain = to_builtins(value)
    if isinstance(plain, dict):
        return ", ".join(f"{key} = {said(one)}" for key, one in plain.items())
    if isinstance(plain, list | tuple):
        pairs = all(isinstance(one, list | tuple) and len(one) == 2 for one in plain)
        return ", ".join(f"{one[0]} = {one[1]}" if pairs else said(one) for one in plain) or "none"
    if isinstance(plain, bool):
        return "yes" if plain else "no"
    return "none" if plain is None else str(plain)


def _clauses(before: Policy, after: Policy) -> Iterator[ClauseChange]:
    """In the order of the later policy; what it has no more follows at the end."""
    for clause in after.clauses:
        old = before.clause(clause.id)
        if old is None:
            yield ClauseChange(
                clause.id, "added", changed_words("", clause.text), _consequences(None, clause)
            )
        elif old != clause:
            yield _changed(old, clause)
    for clause in before.clauses:
        if after.clause(clause.id) is None:
            yield ClauseChange(clause.id, "removed", changed_words(clause.text, ""))


def _changed(old: Clause, new: Clause) -> ClauseChange:
    text = changed_words(old.text, new.text) if old.text != new.text else ()
    sides = () if old.violates == new.violates else (Change("side", _side(old), _side(new)),)
    return ClauseChange(new.id, "changed", text, (*sides, *_consequences(old, new)))


def _consequences(old: Clause | None, new: Clause) -> tuple[Change, ...]:
    if old is not None:
        return tuple(_values(old, new, _CONSEQUENCES))
    told = ("actions", "strike", "urgent") if new.violates else ()
    return tuple(Change(name, None, said(getattr(new, name))) for name in told)


def _side(clause: Clause) -> str:
    return "VIOLATES" if clause.violates else "SAFE"


def _sections(before: Rendered, after: Rendered) -> Iterator[SectionChange]:
    old, new = (outline(one.text, one.file).sections for one in (before, after))
    for name in (*SECTIONS, REVIEWERS):
        if name in _BY_PARTS:
            continue
        first, second = (side[name].text if name in side else "" for side in (old, new))
        if first != second:
            yield SectionChange(name, changed_words(first, second))


def _examples(before: Policy, after: Policy) -> Iterator[Change]:
    """By their text: one that stayed with another label is a change."""
    old, new = _labelled(before), _labelled(after)
    for text in dict.fromkeys([*new, *old]):
        if old.get(text) != new.get(text):
            yield Change(text, old.get(text), new.get(text))


def _labelled(policy: Policy) -> dict[str, str]:
    return {one.text: _label(one) for group in policy.examples for one in group}


def _label(example: Example) -> str:
    severity = f" severity {example.severity}" if example.severity else ""
    return f"{example.result} {example.clause}{severity}: {example.because}"


def _notices(
    before: Mapping[str, Mapping[str, str]], after: Mapping[str, Mapping[str, str]]
) -> Iterator[SectionChange]:
    old, new = (
        {f"{clause} {language}": text for clause, texts in side.items() for language, text in texts.items()}
        for side in (before, after)
    )
    for name in dict.fromkeys([*new, *old]):
        first, second = old.get(name, ""), new.get(name, "")
        if first != second:
            yield SectionChange(name, changed_words(first, second))
