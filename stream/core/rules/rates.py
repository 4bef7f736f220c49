"""How often somebody posted lately, counted in bounded memory. No clock: the time of a post comes in.

Each subject has two counts, of this window and of the one before. The rate is this window's, and of the one
before so much as still overlaps the window that ends now; it takes the posts of that one as spread evenly.
"""

from collections import OrderedDict
from collections.abc import Iterable

from stream.core.rules.rule import Rate

MOST_SUBJECTS = 200_000
"""Subjects that all rates together remember: about 65 MB. The one that posted longest ago is forgotten."""


class Rates:
    """The counts of every rule with a rate, by rule and subject.

    Args:
        most: how many subjects may be remembered; each rule has an equal part of them.
    """

    def __init__(self, most: int = MOST_SUBJECTS) -> None:
        self._most = most
        self._counts: dict[str, OrderedDict[str, tuple[int, int, int]]] = {}

    def keep(self, rules: Iterable[str]) -> None:
        """Forget all rules but these; those that are new begin with nothing."""
        self._counts = {name: self._counts.get(name, OrderedDict()) for name in rules}
        for known in self._counts.values():
            self._bound(known)

    def reaches(self, rule: str, rate: Rate, subject: str, at: int, *, counts: bool) -> bool:
        """Whether a subject has posted so often within the window that ends now.

        Args:
            rule: whose count it is.
            rate: what it must reach.
            subject: who, or what.
            at: the time of the post, in ms since 1970.
            counts: whether this is a new post of theirs, and not another look at one.
        """
        known = self._counts.setdefault(rule, OrderedDict())
        number, left = divmod(at, rate.window)
        window, now, before = known.get(subject, (number, 0, 0))
        if number > window:
            window, now, before = number, 0, now if number == window + 1 else 0
        if counts:
            # A straggler counts for the window that its subject is in: it is late by a window at most.
            now += 1
            known[subject] = (window, now, before)
            known.move_to_end(subject)
            self._bound(known)
        return now + before * (rate.window - left) / rate.window >= rate.posts

    def __len__(self) -> int:
        """How many subjects are remembered."""
        return sum(map(len, self._counts.values()))

    def _bound(self, known: OrderedDict[str, tuple[int, int, int]]) -> None:
        while len(known) > max(1, self._most // len(self._counts)):
            known.popitem(last=False)
