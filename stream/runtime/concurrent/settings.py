"""The concurrent runner's bounds and pauses, and the lanes that share its window."""

from collections.abc import Callable, Sequence
from sys import maxsize

from msgspec import Struct

from stream.core.errors import Misconfigured
from stream.ports import Consumer, Record


class Settings(Struct, frozen=True, kw_only=True):
    """All times in seconds."""

    slots: int = 64
    """Records in flight at once, at most."""
    weight: int = maxsize
    """Their weight together, at most, in the unit of the lanes' `weigh` (tokens, for example)."""
    deadline: float = 120.0
    """From admission on; a record not answered by then goes to people."""
    absence: float = 0.0
    """The deadline stands still from an `Unavailable` until the next answer, at most for so long after the
    last `Unavailable`: an absent model must not send window after window to people. 0: it never does."""
    patience: float = 5.0
    """How long a cancelled handler may take to end before its slot is given away."""
    retry_first: float = 0.5
    """The pause before a record is asked again; it doubles up to `retry_most`."""
    retry_most: float = 5.0
    read_ahead: int = 256
    """Records of one lane read and not admitted, shared out among its partitions."""
    gulp: int = 100
    """Records taken from a consumer in one turn, at most."""
    idle: float = 0.02
    """What one turn may wait for something to do (librdkafka serialises a process's consumer calls)."""
    commit_every: float = 0.5
    commit_timeout: float = 10.0
    """A commit unanswered for so long counts as failed."""
    backoff: float = 0.5
    """The pause after a failed commit or an unanswered question for committed offsets."""
    committed_timeout: float = 1.0
    """How long to wait for the group's committed offsets before going on with other partitions."""
    handover: float = 1.0
    """How long a revoked partition's outputs may take to be acknowledged before the last commit."""
    drain: float = 30.0
    """After a stop, how long what is in flight may take to end. The last commits come on top: a second, or
    about seven where the broker is away."""


def one(_record: Record) -> int:
    """Every record weighs the same."""
    return 1


class Lane(Struct, frozen=True):
    """A way into the window with a consumer (and group) of its own, and slots that no other lane may take.

    Priority cannot be had through one consumer: what it has prefetched comes first. The consumer reports
    ends of partitions, and its group shares `cooperative-sticky`: partitions come and go one by one.
    """

    name: str
    consumer: Consumer
    topics: tuple[str, ...]
    reserved: int = 0
    weigh: Callable[[Record], int] = one
    """A record's weight in the window, 0 or more. Must not raise."""
    deadline: float | None = None
    """Seconds for one of its records, instead of the settings' own."""


def check(settings: Settings, lanes: Sequence[Lane]) -> None:
    """See that every lane can get a slot.

    Raises:
        Misconfigured: a lane shut out by the others' reserves, or a bound below one.
    """
    if min(settings.slots, settings.weight, settings.read_ahead, settings.gulp) < 1:
        raise Misconfigured("the window's slots, weight, read_ahead and gulp must each be at least 1")
    reserved = sum(lane.reserved for lane in lanes)
    for lane in lanes:
        if settings.slots - (reserved - lane.reserved) < 1:
            raise Misconfigured(
                f"lane {lane.name!r} can never get a slot: the window has {settings.slots} and other lanes"
                f" reserve {reserved - lane.reserved}; raise the slots or lower the reserves"
            )
