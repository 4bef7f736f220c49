"""What is published of a record that its handler gave no answer to."""

import logging
import traceback
from collections.abc import Sequence

from stream.core.errors import Defect, Escalate, Exit, Poison, SluiceError
from stream.ports import Outgoing, Processor
from stream.runtime.concurrent.item import Item
from stream.runtime.concurrent.observer import Ending, Observer, Tally

logger = logging.getLogger(__name__)


class Fallbacks:
    """Asks the processor for the way out: people first, else the dead letters. Never nothing at all."""

    def __init__(self, processor: Processor, observer: Observer) -> None:
        """`observer` hears of errors that are bugs."""
        self._processor = processor
        self._observer = observer

    def escalate(self, item: Item, error: SluiceError) -> tuple[Sequence[Outgoing], Ending]:
        """Return what hands the record to people or, where it cannot be read, its dead letter."""
        try:
            return tuple(self._processor.escalate(item.record, error)), Ending.ESCALATED
        except Exit:
            raise
        except Poison as poison:
            letter = self.dead_letter(item, poison)
        except Exception as unexpected:  # noqa: BLE001 bad input never ends a process
            letter = self.dead_letter(item, Poison(str(self.unexpected(item, unexpected))))
        return (letter,), Ending.DEAD_LETTERED

    def dead_letter(self, item: Item, error: Poison) -> Outgoing:
        """Return the record's dead letter.

        Raises:
            Defect: there is none: going on would lose the record.
        """
        try:
            return self._processor.dead_letter(item.record, error)
        except Exception as unexpected:
            self.unexpected(item, unexpected)
            raise Defect(
                f"no dead letter could be made of {item.place}: {type(unexpected).__name__}. Its offset is"
                " not committed; mend the processor's dead_letter and start again"
            ) from unexpected

    def unexpected(self, item: Item, error: BaseException) -> Escalate:
        """Count and log a bug without its message, which may quote a post; return the error for people."""
        self._observer.tally(item.lane, Tally.UNEXPECTED)
        frames = traceback.extract_tb(error.__traceback__)
        at = f"{frames[-1].filename}:{frames[-1].lineno}" if frames else "outside Python"
        name = type(error).__name__
        logger.error("unexpected %s at %s while handling %s", name, at, item.place)
        return Escalate(f"an unexpected {name} while handling it")
