"""The promotions that `control` keeps: what is kept with the next one, and which one to go back to. Pure."""

from collections.abc import Iterable, Iterator

from msgspec import Struct

from stream.core.control.events import PromotionKept, SetPromoted

KEPT = 20
"""How many promotions `control` keeps, the last ones: every replica reads them when it starts."""


class History(Struct, frozen=True):
    """What was promoted, in its order.

    Attributes:
        promotions: those that are kept, by number, ascending; one that an older command or a hand promoted,
            and so nobody kept, comes last.
        standing: the one in force; None where every process works under its own folder's set.
        keys: the numbers that lie in `control`.
    """

    promotions: tuple[PromotionKept, ...]
    standing: PromotionKept | None
    keys: frozenset[int]

    @property
    def last(self) -> int:
        """The number of the last promotion; 0 before the first."""
        return self.promotions[-1].number if self.promotions else 0

    def earlier(self) -> PromotionKept | None:
        """The promotion before the one in force, or the last one where none is; None where there is none.

        What was gone back to stands in its own place: who goes back twice does not come forward again.
        """
        if self.standing is None:
            return self.promotions[-1] if self.promotions else None
        place, text = _place(self.standing), text_of(self.standing.promoted)
        found = (one for one in reversed(self.promotions) if one.number < place)
        return next((one for one in found if text_of(one.promoted) != text), None)

    def of(self, digest: str) -> PromotionKept | None:
        """The last promotion whose digest begins so, with or without `sha256:`; None where there is none.

        Raises:
            ValueError: several digests begin so.
        """
        begin = digest if digest.startswith("sha256:") else f"sha256:{digest}"
        found = [one for one in self.promotions if one.promoted.digest.startswith(begin)]
        if len({one.promoted.digest for one in found}) > 1:
            raise ValueError(digest)
        return found[-1] if found else None

    def unkept(self) -> list[PromotionKept]:
        """The one in force if nobody kept it: to be kept with what takes its place."""
        return [self.standing] if self.standing is not None and self.standing.number not in self.keys else []

    def with_next(self, event: SetPromoted, back_to: PromotionKept | None = None) -> Iterator[PromotionKept]:
        """What is to be kept together with a promotion: itself, and the one in force if nobody kept it."""
        yield from self.unkept()
        restores = None if back_to is None else _place(back_to)
        yield PromotionKept(number=self.last + 1, promoted=event, restores=restores)

    def outdated(self, last: int) -> list[int]:
        """The numbers that are kept no longer once `last` is kept."""
        return sorted(number for number in self.keys if number <= last - KEPT)


def history(kept: Iterable[PromotionKept], promoted: SetPromoted | None) -> History:
    """The history from what `control` says: the promotions kept, and the one in force."""
    promotions = tuple(sorted(kept, key=lambda one: one.number))
    keys = frozenset(one.number for one in promotions)
    if promoted is None:
        return History(promotions, None, keys)
    if promotions and promotions[-1].promoted == promoted:
        return History(promotions, promotions[-1], keys)
    number = promotions[-1].number + 1 if promotions else 1
    unkept = PromotionKept(number=number, promoted=promoted)
    return History((*promotions, unkept), unkept, keys)


def text_of(event: SetPromoted) -> tuple[str, dict[str, str]]:
    """What a promotion puts in force, notices included: those are not in the digest."""
    return event.name, event.files


def _place(one: PromotionKept) -> int:
    return one.number if one.restores is None else one.restores
