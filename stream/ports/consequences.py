"""What rests on a policy set, and is told of a promotion before it is confirmed."""

from collections.abc import Iterable
from typing import Protocol

from stream.core.policy.policy_set import PolicySet


class RestsOnSet(Protocol):
    """Something that holds for one set, or for the digests in it: a calibration, say. Changes nothing."""

    def __call__(self, before: PolicySet | None, after: PolicySet) -> Iterable[str]:
        """Say what follows for it, a phrase each; nothing where nothing does.

        Args:
            before: the set that is promoted now; None where every process works under its own folder's.
            after: the one to be promoted.
        """
