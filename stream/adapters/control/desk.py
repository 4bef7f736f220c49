"""Keeps what `control` says: read whole before the work begins, then followed by a thread of its own."""

import logging
import threading
from collections.abc import Callable, Sequence

from stream.core.control import PausedAction
from stream.core.control.state import ControlState, applied
from stream.core.errors import Poison, SluiceError
from stream.ports import Clock, ControlLog, Record

_log = logging.getLogger(__name__)

_PAUSE_SECONDS = 1.0

Listener = Callable[[ControlState], None]


class ControlDesk:
    """Implements `ports.Controls`. Another state is a reference swapped between two records of a processor.

    Attributes:
        state: what operators have told, by the records applied so far.
        applied: how many records were.
        refused: how many were not, because they are no events of `control`.
        applied_at: when the last one was, in ms since 1970; 0 before the first.
    """

    def __init__(self, log: ControlLog, clock: Clock) -> None:
        self.state = ControlState()
        self.applied = 0
        self.refused = 0
        self.applied_at = 0
        self._control = log
        self._clock = clock
        self._listeners: list[Listener] = []
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._follow, name="control", daemon=True)

    def listen(self, listener: Listener) -> None:
        """Tell this one of the state too, at first in `begin`, then from a thread. It must not raise."""
        self._listeners.append(listener)

    def begin(self) -> None:
        """Read everything that is there, tell the listeners, then follow.

        Raises:
            Unavailable: the broker does not answer.
            Misconfigured: the topic is not there, or not for this client.
        """
        applied = sum(self._apply(record) for record in self._control.read())
        self._tell(applied)
        self._thread.start()

    def paused(self, action: PausedAction, policies: Sequence[str], surface: str | None) -> str:
        """See `stream.ports.Controls`."""
        return self.state.paused(action, policies, surface)

    def pauses_any(self, action: PausedAction) -> bool:
        """See `stream.ports.Controls`."""
        return self.state.pauses_any(action)

    def close(self) -> None:
        """Stop following."""
        self._ended.set()
        if self._thread.is_alive():
            self._thread.join()
        self._control.close()

    def _follow(self) -> None:
        while not self._ended.is_set():
            try:
                self._followed()
            except SluiceError as error:
                _log.warning("control cannot be read now: %s", error)
                self._ended.wait(_PAUSE_SECONDS)
            except Exception as error:  # noqa: BLE001 - a thread that ends would leave the process deaf
                _log.error("following control met a bug, and goes on: %s", type(error).__name__)
                self._ended.wait(_PAUSE_SECONDS)

    def _followed(self) -> None:
        for record in self._control.follow():
            if record is not None and self._apply(record):
                self._tell(1)
            if self._ended.is_set():
                return

    def _apply(self, record: Record) -> bool:
        try:
            self.state = applied(self.state, record.key, record.value)
        except Poison as error:
            self.refused += 1
            place = f"{record.topic}/{record.partition}-{record.offset}"
            _log.error("a record of control was refused: %s", error, extra={"place": place})
            return False
        return True

    def _tell(self, records: int) -> None:
        """Bring the state into force; counted only then, so that what is counted is in force."""
        try:
            for listener in self._listeners:
                listener(self.state)
        finally:
            if records:
                self.applied += records
                self.applied_at = self._clock()
