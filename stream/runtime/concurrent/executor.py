"""Where handlers run: a port, so that tests may decide what ends when, and the event loop behind it."""

import asyncio
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Protocol

from stream.ports import Outgoing, Processor
from stream.runtime.concurrent.item import Item

Result = tuple[Outgoing, ...] | BaseException
"""A handler's outputs, or what it raised; `asyncio.CancelledError` if it was cancelled."""

Task = asyncio.Task[Sequence[Outgoing]]


class Executor(Protocol):
    """Runs handlers elsewhere; every method is called from the Kafka thread."""

    def start(self, item: Item) -> None:
        """Begin to handle the item's record."""

    def cancel(self, item: Item) -> None:
        """Ask a started item to end early; its end still comes from `ended`, sooner or later."""

    def ended(self) -> Iterator[tuple[Item, Result]]:
        """What ended since the last call, each start once."""

    def wait(self, timeout: float) -> None:
        """Return when something has ended, or after `timeout` seconds."""


class LoopExecutor:
    """Runs handlers on an event loop that lives in another thread than Kafka's."""

    def __init__(self, processor: Processor, loop: asyncio.AbstractEventLoop) -> None:
        """Hand work to `loop`, which must be running by the first `start`."""
        self._processor = processor
        self._loop = loop
        self._tasks: dict[Item, Task] = {}
        self._asked: deque[Callable[[], None]] = deque()
        self._ended: deque[tuple[Item, Result]] = deque()
        self._woken = False
        self._news = threading.Event()

    def start(self, item: Item) -> None:
        """Begin to handle the item's record."""
        self._ask(partial(self._start, item))

    def cancel(self, item: Item) -> None:
        """Cancel the item's task, if it has not ended."""
        self._ask(partial(self._cancel, item))

    def ended(self) -> Iterator[tuple[Item, Result]]:
        """What ended since the last call."""
        self._news.clear()  # before looking: what ends from here on is news
        while self._ended:
            yield self._ended.popleft()

    def wait(self, timeout: float) -> None:
        """Return when something has ended, or after `timeout` seconds."""
        self._news.wait(timeout)

    def _ask(self, what: Callable[[], None]) -> None:
        """Queue it for the loop; waking the loop costs a system call, so do it once for many."""
        self._asked.append(what)
        if not self._woken:
            self._woken = True
            self._loop.call_soon_threadsafe(self._obey)

    def _obey(self) -> None:
        self._woken = False  # before looking: what is asked from here on wakes the loop again
        while self._asked:
            self._asked.popleft()()

    def _start(self, item: Item) -> None:
        task = self._loop.create_task(self._processor.handle(item.record))
        self._tasks[item] = task
        task.add_done_callback(partial(self._end, item))

    def _cancel(self, item: Item) -> None:
        if item in self._tasks:
            self._tasks[item].cancel()

    def _end(self, item: Item, task: Task) -> None:
        """A callback, for a task cancelled before its first step runs nothing of its own."""
        del self._tasks[item]
        self._ended.append((item, _result(task)))
        self._news.set()


def _result(task: Task) -> Result:
    if task.cancelled():
        return asyncio.CancelledError()
    error = task.exception()
    if error is not None:
        return error
    try:
        return tuple(task.result())
    except TypeError as nothing:  # a handler that forgot its return
        return nothing
