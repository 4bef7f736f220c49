"""The policy set of the folder, reloaded when its files change; a broken edit leaves the last good one."""

import logging

from stream.adapters.policies.folder import PolicyFolder
from stream.core.errors import PolicyInvalid
from stream.core.policy.policy_set import PolicySet

_log = logging.getLogger(__name__)


class LivePolicySet:
    """Implements `ports.PolicySource` on a folder.

    Attributes:
        reloads: how many edits were taken up since the start.
        refused: how many edits did not, because they were broken.
        stale: whether the files hold such an edit now.
    """

    def __init__(self, folder: PolicyFolder, name: str) -> None:
        """Load the set for the first time.

        Raises:
            PolicyInvalid: it does not hold together; there is no last good one yet.
        """
        self._folder = folder
        self._name = name
        self._fingerprint = folder.fingerprint()
        self._current = folder.policy_set(name)
        self.reloads = 0
        self.refused = 0
        self.stale = False

    def current(self) -> PolicySet:
        """Return the last good one."""
        return self._current

    def refresh(self) -> bool:
        """Look at the files once and load what changed. Returns whether it is another set now."""
        fingerprint = self._folder.fingerprint()
        if fingerprint == self._fingerprint:
            return False
        # Before reading: what is written meanwhile then differs from it, and is seen the next time.
        self._fingerprint = fingerprint
        try:
            loaded = self._folder.policy_set(self._name)
        except PolicyInvalid as error:
            self.refused += 1
            self.stale = True
            _log.error("policy edit refused, set %s stays: %s", self._current.digest, error)
            return False
        self.stale = False
        if loaded == self._current:
            return False
        self._current = loaded
        self.reloads += 1
        return True
