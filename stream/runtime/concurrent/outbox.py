"""Publishes what came of an item, and says when all of it is acknowledged."""

from collections import deque
from collections.abc import Callable, Sequence
from functools import partial

from msgspec import Struct

from stream.core.errors import Exit, Oversized, SluiceError
from stream.ports import Outgoing, Producer
from stream.runtime.concurrent.item import Item, Stage

ISOLATION = 0.5
"""Seconds that sending one record by itself may hold the thread up."""


class Parcel(Struct, eq=False):
    """One output on its way. `alone`: no other record shares its batch. `last`: it is a dead letter."""

    item: Item
    outgoing: Outgoing
    alone: bool = False
    last: bool = False


class Outbox:
    """What a topic will not take is replaced by the item's dead letter, once.

    A broker refuses a batch as a whole for one record that is too large, so whoever was in it is sent
    again alone before it is believed to be the one. A record refused for another reason ends the process
    (`failure`): its item is never done, so that another life runs it again.
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
        self._suspects: deque[Parcel] = deque()
        self._publishing = 0
        self.failure: Exit | None = None

    def publish(self, item: Item, outputs: Sequence[Outgoing]) -> None:
        """Send an item's outputs; none at all counts as acknowledged at once."""
        item.stage = Stage.PUBLISHING
        self._publishing += 1
        item.unacknowledged = len(outputs)
        if not outputs:
            self._finish(item)
        for outgoing in outputs:
            self._send(Parcel(item, outgoing))

    @property
    def waiting(self) -> bool:
        """Whether an acknowledgement is to come."""
        return self._publishing > 0

    def poll(self, timeout: float = 0.0) -> None:
        """Hear of what was acknowledged; send one of those refused in company again, alone."""
        self._producer.poll(timeout)
        if self._suspects and self._producer.flush(ISOLATION) == 0:
            parcel = self._suspects.popleft()
            parcel.alone = True
            self._send(parcel)
            self._producer.flush(ISOLATION)

    def flush(self, timeout: float) -> None:
        """Wait up to `timeout` seconds for what is on its way."""
        self._producer.flush(timeout)

    def _send(self, parcel: Parcel) -> None:
        try:
            self._producer.produce(parcel.outgoing, partial(self._heard, parcel))
        except Oversized as error:
            parcel.alone = True
            self._heard(parcel, error)
        except SluiceError as error:
            self._heard(parcel, error)

    def _heard(self, parcel: Parcel, error: Exception | None) -> None:
        if error is None:
            self._count(parcel.item)
        elif not isinstance(error, Oversized):
            self.failure = _failure(parcel.item, error)
        elif not parcel.alone:
            self._suspects.append(parcel)
        elif parcel.last:
            self.failure = _failure(parcel.item, error)
        else:
            self._replace(parcel.item, error)

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
        else:
            self._send(Parcel(item, letter, last=True))

    def _count(self, item: Item) -> None:
        item.unacknowledged -= 1
        if not item.unacknowledged:
            self._finish(item)

    def _finish(self, item: Item) -> None:
        self._publishing -= 1
        self._acknowledged(item)


def _failure(item: Item, error: Exception) -> Exit:
    if isinstance(error, Exit):
        return error
    return Exit(
        f"what came of {item.place} could not be published: {error}. It is not done and runs again at the"
        " next start; see that the topic exists, takes records of this size, and may be written to"
    )
