"""The policy set in force: the promoted one if there is one, else the folder's."""

import asyncio
import logging
import threading
from collections.abc import Callable

from stream.adapters.policies.live import LivePolicySet
from stream.adapters.policies.promoted import PromotedSet
from stream.core.control.state import ControlState
from stream.core.policy.policy_set import PolicySet

_log = logging.getLogger(__name__)


class PolicySetInForce:
    """Implements `ports.PolicySource`. Safe to use from several threads.

    Attributes:
        folder: the set of this process's folder.
        promoted: the set of the whole fleet, from `control`.
    """

    def __init__(self, folder: LivePolicySet) -> None:
        self.folder = folder
        self.promoted = PromotedSet()
        self._listeners: list[Callable[[PolicySet], None]] = []
        self._changing = threading.Lock()

    def current(self) -> PolicySet:
        """Return the set in force."""
        return self.promoted.current() or self.folder.current()

    @property
    def source(self) -> str:
        """Where it comes from: `control` or `folder`."""
        return "folder" if self.promoted.current() is None else "control"

    def listen(self, listener: Callable[[PolicySet], None]) -> None:
        """Tell this one of the set in force, now and whenever another comes into force. It must not raise."""
        with self._changing:
            self._listeners.append(listener)
            listener(self.current())

    def heard(self, state: ControlState) -> None:
        """Take what `control` says now."""
        with self._changing:
            before = self.current()
            self.promoted.take(state.promoted)
            self._tell(before)

    def refresh(self) -> bool:
        """Look at the files once. Returns whether another set is in force now."""
        with self._changing:
            before = self.current()
            self.folder.refresh()
            return self._tell(before)

    async def watch(self, seconds: float = 2.0) -> None:
        """Refresh every so many seconds, until cancelled."""
        while True:
            await asyncio.sleep(seconds)
            self.refresh()

    def _tell(self, before: PolicySet) -> bool:
        current = self.current()
        if current == before:
            return False
        _log.info("policy set %s is in force, from its %s: %s", current.name, self.source, current.digest)
        for listener in self._listeners:
            listener(current)
        return True
