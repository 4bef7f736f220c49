"""The concurrent runner: a bounded window, out-of-order completion, at least once.

Records of several lanes share a window; whatever ends is published, acknowledged and marked done, and
what is done beyond the committed offset travels in the commit's metadata (`offsets`), so that a crash
repeats little and a slow record blocks nothing behind it. It knows nothing of moderation.
"""

from stream.runtime.concurrent.executor import Executor, LoopExecutor
from stream.runtime.concurrent.observer import Ending, Levels, Observer, Silent, Tally
from stream.runtime.concurrent.runner import Runner
from stream.runtime.concurrent.service import serve
from stream.runtime.concurrent.settings import Lane, Settings

__all__ = [
    "Ending",
    "Executor",
    "Lane",
    "Levels",
    "LoopExecutor",
    "Observer",
    "Runner",
    "Settings",
    "Silent",
    "Tally",
    "serve",
]
