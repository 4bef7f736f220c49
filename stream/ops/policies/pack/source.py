"""A policy as other people wrote it, taken apart: values only."""

from msgspec import Struct


class Item(Struct, frozen=True):
    """One kind of text that a rule speaks of, with texts that show it."""

    title: str
    texts: tuple[str, ...] = ()


class SourceRule(Struct, frozen=True):
    """One label of the source, such as `ARS1`, and what it stands for."""

    code: str
    safe: bool
    title: str
    prose: str
    items: tuple[Item, ...] = ()


class Shown(Struct, frozen=True):
    """An example text with the code that the source gives it."""

    text: str
    code: str


class Source(Struct, frozen=True):
    """One policy.

    Attributes:
        code: the letters that its labels begin with.
        goal: what it is for, a paragraph a line; what it says about its own form of answer is left out.
        definitions: `Term: what it means`.
        shown: examples apart from the rules.
        doubt: what holds in doubt. hands_over: what it leaves to others.
        left: headings of sections that have no place in our form.
    """

    title: str
    code: str
    rules: tuple[SourceRule, ...]
    goal: tuple[str, ...] = ()
    definitions: tuple[str, ...] = ()
    shown: tuple[Shown, ...] = ()
    intent: tuple[str, ...] = ()
    doubt: tuple[str, ...] = ()
    hands_over: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
