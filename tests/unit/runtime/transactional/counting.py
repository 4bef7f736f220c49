"""A processor that counts: each output carries its key's count, so a lost or repeated step shows."""

import struct
from collections.abc import Callable

from stream.core.errors import Unreadable
from stream.ports import NEVER, UNCHANGED, Outgoing, Record, Step

_STATE = struct.Struct(">Qq")


def encoded(count: int, wake_at: int = NEVER) -> bytes:
    return _STATE.pack(count, wake_at)


def count_of(state: bytes) -> int:
    return int(_STATE.unpack(state)[0])


class Counting:
    """Records' values are commands: `count`, `wake MS`, `forget`, `ignore`, `huge N`, `fail`.

    A count is its state's weight. Outputs are `KIND SOURCE COUNT`, in the record's own partition.
    """

    def __init__(self, target: str = "out") -> None:
        self.target = target
        self.before_step: Callable[[], None] = lambda: None
        self.handled: dict[int, int] = {}
        """Records by partition: what it keeps beside its states."""

    def handle(self, record: Record, state: bytes | None) -> Step:
        self.before_step()
        self.handled[record.partition] = self.handled.get(record.partition, 0) + 1
        command, *words = (record.value or b"").decode().split()
        if command == "fail":
            raise ZeroDivisionError("a bug")
        if command == "ignore":
            return Step()
        count = (count_of(state) if state else 0) + 1
        output = self._output(record, "took", count, int(words[0]) if command == "huge" else 0)
        if command == "forget":
            return Step(None, [output])
        return Step(encoded(count, int(words[0]) if command == "wake" else NEVER), [output])

    def overflow(self, record: Record, state: bytes | None) -> Step:
        _, *words = (record.value or b"").decode().split()
        padding = int(words[1]) if len(words) > 1 else 0
        return Step(UNCHANGED, [self._output(record, "overflowed", 0, padding)])

    def head(self, state: bytes) -> tuple[int, int, int]:
        if len(state) != _STATE.size:
            raise Unreadable("these bytes are no count")
        count, wake_at = _STATE.unpack(state)
        return wake_at, 0, count

    def kept(self, partition: int) -> bytes:
        return str(self.handled.get(partition, 0)).encode()

    def restored(self, partition: int, kept: bytes) -> None:
        self.handled[partition] = int(kept or b"0")

    def wake(self, key: bytes, state: bytes, now: int) -> Step:
        self.before_step()
        count = count_of(state) + 1
        number = int(key.split(b"-")[0])
        value = f"woke {key.decode()} {count}".encode()
        return Step(encoded(count), [Outgoing(self.target, key, value, partition=number)])

    def _output(self, record: Record, kind: str, count: int, padding: int) -> Outgoing:
        value = f"{kind} {record.topic}-{record.partition}-{record.offset} {count}".encode()
        key = record.key or b"none"
        return Outgoing(self.target, key, value.ljust(padding), record.headers, record.partition)
