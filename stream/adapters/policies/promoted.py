"""The policy set that was promoted through `control`; a broken promotion leaves the one before it."""

import logging

from stream.core.control import SetPromoted
from stream.core.control.promotion import promoted_set
from stream.core.policy.policy_set import PolicySet

_log = logging.getLogger(__name__)


class PromotedSet:
    """Reads each promotion once.

    Attributes:
        reloads: how many promotions, or withdrawals of one, came into force.
        refused: how many promotions did not, because they were broken.
        stale: whether the last one was.
    """

    def __init__(self) -> None:
        self._event: SetPromoted | None = None
        self._current: PolicySet | None = None
        self.reloads = 0
        self.refused = 0
        self.stale = False

    def current(self) -> PolicySet | None:
        """Return the last good one; None where there is none, or it was withdrawn."""
        return self._current

    def take(self, event: SetPromoted | None) -> bool:
        """Take what `control` says now. Returns whether another set follows from it."""
        if event == self._event:
            return False
        self._event = event
        try:
            loaded = None if event is None else promoted_set(event)
        except Exception as error:  # noqa: BLE001 - whatever is wrong with it, this process goes on
            self.refused += 1
            self.stale = True
            _log.error("promotion refused, the set before it stays in force: %s", error)
            return False
        self.stale = False
        if loaded == self._current:
            return False
        self._current = loaded
        self.reloads += 1
        return True
