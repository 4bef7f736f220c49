"""Terms: words on which decisions hang, and where they are defined."""

import re
from collections import defaultdict
from collections.abc import Iterator

from stream.ops.policies.lint.draft import Draft
from stream.ops.policies.lint.finding import Found, Level
from stream.ops.policies.lint.page import Line
from stream.ops.policies.lint.rule import Rule

_RULES = ("VIOLATES", "SAFE")
_CAPITALS = re.compile(r"(?<=[a-z,)] )[A-Z][a-z]+(?:[- ][A-Z][a-z]+)*\b")
_QUOTED = re.compile(r'["“]([A-Za-z][\w-]*(?: [\w-]+)?)["”]')
_ACRONYM = re.compile(r"\b[A-Z]{2,6}\b(?![.\d])")
_KNOWN = frozenset((
    "TARGET", "THREAD", "SAFE", "VIOLATES", "INTENT", "AMBIGUITY", "PRECEDENCE", "EXAMPLES", "OUTPUT",
    "INSTRUCTIONS", "NOT", "OR", "AND", "IF", "ALL", "NO", "ONLY", "ANY", "ID", "PIN", "URL", "EU", "UK",
    "US", "USA", "UN", "TV", "SMS", "AI", "GPS", "DNA", "HIV", "AIDS", "PC", "IT", "DIY", "OK", "FAQ",
    "PDF",
))  # fmt: skip
_NAME = re.compile(r"^[A-Z]{2}[0-9]{1,2}(?:\.[a-z])? [^.]*\.")
_HEAD = re.compile(r"^(?!Not\b)([A-Z][\w'’ /-]{1,40}):")
OFTEN = 2
"""In how many clauses a capitalised or quoted word stands before it is taken for a term, not a name."""


def _undefined(draft: Draft) -> Iterator[Found]:
    defined = draft.text("DEFINITIONS").casefold()
    uses: dict[str, list[tuple[Line, int, int]]] = defaultdict(list)
    for line in draft.page.section(*_RULES):
        for term, start, end in _terms(line):
            if _stem(term) not in defined:
                uses[term].append((line, start, end))
    for term, where in uses.items():
        line, start, end = where[0]
        if term.isupper() or len({one.clause for one, _, _ in where}) >= OFTEN:
            yield Found(
                line.place(start, end),
                f"`{term}` is used as a term and never defined",
                "Define it in DEFINITIONS, with what is in and what is out, or use plain words",
            )


def _terms(line: Line) -> Iterator[tuple[str, int, int]]:
    """What is written like a term, and where; the name of a clause is none."""
    name = _NAME.match(line.text)
    after = name.end() if name else 0
    for pattern, text in ((_CAPITALS, line.bare), (_QUOTED, line.text), (_ACRONYM, line.bare)):
        for found in pattern.finditer(text):
            term = found[found.lastindex or 0]
            if found.start() >= after and term not in _KNOWN:
                yield term, *found.span(found.lastindex or 0)


def _unused(draft: Draft) -> Iterator[Found]:
    elsewhere = draft.text("INSTRUCTIONS", *_RULES, "INTENT", "AMBIGUITY", "PRECEDENCE").casefold()
    definitions = list(draft.page.section("DEFINITIONS"))
    for line in definitions:
        head = _HEAD.match(line.text)
        others = "\n".join(one.text for one in definitions if one is not line).casefold()
        if head and _stem(head[1].split()[-1]) not in elsewhere + others:
            yield Found(
                line.place(*head.span(1)),
                f"`{head[1]}` is defined and used nowhere",
                "Use the word where a clause means it, or take the definition out",
            )


def _stem(term: str) -> str:
    """In lower case, without what endings change: `Facilitation` is used where something is facilitated."""
    folded = term.casefold()
    return (
        re.sub(r"(?:ations?|ities|ings?|ions?|ies|ity|es|ed|s|y|e)$", "", folded)
        if len(folded) > 4
        else folded
    )


UNDEFINED_TERM = Rule(
    "undefined-term",
    Level.WARNING,
    "The model fills an undefined term with what the word means to the internet, and differently in each"
    " clause.",
    "Define it in DEFINITIONS, with what is in and what is out, or use plain words.",
    _undefined,
)
UNUSED_DEFINITION = Rule(
    "unused-definition",
    Level.WARNING,
    "A definition that no rule uses costs tokens in each prompt, and hints at a rule that is not there.",
    "Use the word where a clause means it, or take the definition out.",
    _unused,
)
