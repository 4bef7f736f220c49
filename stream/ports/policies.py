"""Where the policy set now in force comes from."""

from typing import Protocol

from stream.core.policy.policy_set import PolicySet


class PolicySource(Protocol):
    """The set that is in force now; it may be another one at the next call."""

    def current(self) -> PolicySet:
        """Return the set in force. Never waits and never fails: a broken edit leaves the last good set."""
