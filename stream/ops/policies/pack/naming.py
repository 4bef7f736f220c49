"""What an imported policy is called: its id, its version, and two letters for its clauses. Pure."""

import re
from collections.abc import Collection, Iterator
from itertools import combinations, product
from string import ascii_uppercase

_VERSION = "0.{}"


def id_of(folder: str, file: str) -> str:
    """The file's name in our letters; its folder's where it is only called `policy`.

    >>> id_of("spam", "policy.md")
    'spam'
    """
    stem = file.rpartition(".")[0] or file
    name = folder if stem.lower() == "policy" else stem
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def letters_of(code: str, title: str, taken: Collection[str]) -> str:
    """Two letters that no other policy's clauses begin with: of its own code, else of its title, else any."""
    return next(pair for pair in _pairs(code, title) if pair not in taken)


def version_of(policy_id: str, locked: Collection[str]) -> str:
    """The first version 0.N that is not locked: a changed text needs a new one."""
    numbers = (
        number for number in range(1, 10_000) if f"{policy_id}@{_VERSION.format(number)}" not in locked
    )
    return _VERSION.format(next(numbers))


def _pairs(code: str, title: str) -> Iterator[str]:
    letters = "".join(word[0] for word in re.findall(r"[A-Za-z]+", title)).upper()
    for word in (code, letters, re.sub(r"[^A-Z]", "", title.upper())):
        yield from ("".join(pair) for pair in combinations(word, 2))
    yield from ("".join(pair) for pair in product(ascii_uppercase, repeat=2))
