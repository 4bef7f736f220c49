"""Which work in the judge's hands another record has made pointless."""

from stream.core.errors import Unreadable
from stream.core.terms import Effect, Origin
from stream.core.wire import read_routed
from stream.ports import Record

_FIRST_LOOKS = (Origin.PUBLISH, Origin.EDIT)


def supersedes(later: Record, earlier: Record) -> bool:
    """Whether a case in hand is pointless once a later record of its content has come.

    So it is where the same case came again to be judged harder, or a newer text of a post that nobody has
    reported: the gate would drop the answer. `content` says what is newer: cases overtake each other on
    their way here, and come twice. Unreadable records supersede nothing.
    """
    try:
        new, old = read_routed(later.value), read_routed(earlier.value)
    except Unreadable:
        return False
    if new.case == old.case:
        return new.effort.rank > old.effort.rank
    unreported = old.effect is Effect.HIDE and old.origin in _FIRST_LOOKS
    if not unreported or new.origin not in _FIRST_LOOKS or new.source is None or old.source is None:
        return False
    return new.source.offset > old.source.offset
