"""Publishes what came of an item, and says when all of it is acknowledged."""

from collections.abc import Callable, Sequence
from functools import partial

from stream.core.errors import Exit, Oversized, SluiceError
from stream.ports import Outgoing, Producer
from stream.runtime.concurrent.item import Item, Stage


class Outbox:
    """One shipment an item. What a topic will not take is replaced by the item's dead letter, once.

    A record that the broker finally refuses ends the process (`failure`): its item is never done, so that
    another life runs it again.
    """

    def __init__(
        self,
        producer: Producer,
        fallback: Callable[[Item, Oversized], Outgoing],
        acknowledged: Callable[[Item], None],
    ) -> None:
        """`fallback` makes the dead letter; `acknowledged` hears of each item whose outputs all arrived."""
        self._producer = producer
        self._fallback = fallback
        self._acknowledged = acknowledged
        self.failure: Exit | None = None

    def publish(self, item: Item, outputs: Sequence[Outgoing]) -> None:
        """Send an item's outputs; none at all counts as acknowledged at once."""
        item.stage = Stage.PUBLISHING
        item.unacknowledged = len(outputs)
        if not outputs:
            self._acknowledged(item)
        for outgoing in outputs:
            self._send(item, outgoing, last_resort=False)

    def poll(self) -> None:
        """Hear of what was acknowledged since."""
        self._producer.poll(0)

    def flush(self, timeout: float) -> None:
        """Wait up to `timeout` seconds for what is on its way."""
        self._producer.flush(timeout)

    def _send(self, item: Item, outgoing: Outgoing, *, last_resort: bool) -> None:
        heard = partial(self._heard, item, last_resort)
        try:
            self._producer.produce(outgoing, heard)
        except SluiceError as error:
            heard(error)

    def _heard(self, item: Item, last_resort: bool, error: Exception | None) -> None:
        if isinstance(error, Oversized) and not last_resort:
            self._replace(item, error)
        elif error is not None:
            self.failure = _failure(item, error)
        else:
            self._count(item)

    def _replace(self, item: Item, error: Oversized) -> None:
        """One dead letter tells of the record, however many of its outputs were too large."""
        if item.replaced:
            self._count(item)
            return
        item.replaced = True
        try:
            letter = self._fallback(item, error)
        except Exit as defect:  # kept, not raised: this may run inside a call of the client library
            self.failure = defect
            return
        self._send(item, letter, last_resort=True)

    def _count(self, item: Item) -> None:
        item.unacknowledged -= 1
        if not item.unacknowledged:
            self._acknowledged(item)


def _failure(item: Item, error: Exception) -> Exit:
    if isinstance(error, Exit):
        return error
    return Exit(
        f"what came of {item.place} could not be published: {error}. It is not done and runs again at the"
        " next start; see that the topic exists, takes records of this size, and may be written to"
    )
