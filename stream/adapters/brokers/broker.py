"""What every broker offers its user, wherever it runs."""

from abc import ABC, abstractmethod
from types import TracebackType
from typing import Literal, Self

from stream.core.errors import Exit

BrokerKind = Literal["external", "docker", "java", "mock"]


class BrokerMissing(Exit):
    """No Kafka was named and none could be started; the text lists what was tried and how to mend it."""


class BrokerFailed(Exit):
    """A broker that should have started did not; the text ends with the last lines of its own log."""


class Broker(ABC):
    """A running Kafka, held until `close` or the end of its `with` block.

    Attributes:
        kind: where it runs.
        bootstrap: addresses for `bootstrap.servers`, `host:port` parted by commas.
        note: one or two plain sentences on what was taken and what that lacks.
    """

    kind: BrokerKind
    bootstrap: str
    note: str

    @abstractmethod
    def close(self) -> None:
        """Ends what was started here, with its data. Safe to call twice."""

    def check(self) -> None:  # noqa: B027 - most cannot know
        """Sees that the broker has not ended, where that can be known.

        Raises:
            BrokerFailed: it has; the text has the end of its log.
        """

    def kill(self) -> None:
        """Ends the broker at once, as a power cut would; its data stay.

        Raises:
            NotImplementedError: it is not a process of ours.
        """
        raise NotImplementedError(f"a {self.kind} broker is not ours to kill; only a java one is")

    def restart(self) -> None:
        """Kills the broker where it still runs, and brings it back on the same address and data.

        Raises:
            NotImplementedError: it is not a process of ours.
            BrokerFailed: it did not come back.
        """
        raise NotImplementedError(f"a {self.kind} broker is not ours to restart; only a java one is")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
