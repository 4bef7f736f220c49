"""The transactional runner: keyed state, exactly once.

Each batch's outputs, changelog and positions go in one transaction; state is kept encoded, restored from
the changelog, and changes only once the transaction is committed. It knows nothing of moderation.
"""

from stream.runtime.transactional.observer import Levels, Observer, Silent, Tally
from stream.runtime.transactional.runner import Runner
from stream.runtime.transactional.settings import Settings

__all__ = ["Levels", "Observer", "Runner", "Settings", "Silent", "Tally"]
