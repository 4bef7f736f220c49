"""A way to a broker that can say for a while that the cluster has no brokers, as a restarting node may."""

import asyncio
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

METADATA, NEWEST = 3, 13
"""Kafka's number of the request, and the newest version whose form is known here (KIP-516, KIP-1102)."""


class Way:
    """Passes everything on. Metadata names this way as every broker's port, so that clients stay on it.

    Set `empty`, and metadata has no brokers and no controller; `told` counts such answers.
    """

    def __init__(self, port: int) -> None:
        self._broker = port
        self.port = 0
        self.empty = False
        self.told = 0

    @property
    def bootstrap(self) -> str:
        return f"127.0.0.1:{self.port}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One client's connection, to its end."""
        there, back = await asyncio.open_connection("127.0.0.1", self._broker)
        asked: dict[int, int] = {}

        async def forth() -> None:
            while True:
                frame = await _frame(reader)
                key, version, number = struct.unpack_from(">hhi", frame)
                if key == METADATA:
                    asked[number] = version
                back.write(struct.pack(">i", len(frame)) + frame)

        async def home() -> None:
            while True:
                frame = await _frame(there)
                version = asked.pop(struct.unpack_from(">i", frame)[0], None)
                if version is not None:
                    frame = self._rewritten(frame, version)
                writer.write(struct.pack(">i", len(frame)) + frame)

        try:
            async with asyncio.TaskGroup() as halves:
                halves.create_task(forth())
                halves.create_task(home())
        except* (asyncio.IncompleteReadError, ConnectionError):
            pass  # one side has hung up: so does the other
        finally:
            back.close()
            writer.close()

    def _rewritten(self, frame: bytes, version: int) -> bytes:
        """Header (number, tags), pause, then the brokers, the cluster's name and the controller."""
        assert 9 <= version <= NEWEST, f"metadata of version {version} is not known here"
        start = at = 4 + 1 + 4
        count, at = _varint(frame, at)
        brokers = bytearray(frame[start:at])
        for _ in range(count - 1):
            begin = at
            at = _after_text(frame, begin + 4)
            port = at - begin
            at = _after_text(frame, at + 4)
            assert frame[at] == 0, "a broker with tags"
            at += 1
            broker = bytearray(frame[begin:at])
            struct.pack_into(">i", broker, port, self.port)
            brokers += broker
        name = at
        at = _after_text(frame, at)
        if not self.empty:
            return frame[:start] + bytes(brokers) + frame[name:]
        self.told += 1
        return frame[:start] + b"\x01" + frame[name:at] + struct.pack(">i", -1) + frame[at + 4 :]


@contextmanager
def way_to(bootstrap: str) -> Iterator[Way]:
    """A way of its own to the broker at `127.0.0.1:port`."""
    way = Way(int(bootstrap.rpartition(":")[2]))
    open_now, ended = Event(), asyncio.Event()

    async def passing_on() -> None:
        async with await asyncio.start_server(way.serve, "127.0.0.1", 0) as server:
            way.port = server.sockets[0].getsockname()[1]
            open_now.set()
            await ended.wait()

    with asyncio.Runner() as runner:
        loop = runner.get_loop()
        thread = Thread(target=runner.run, args=(passing_on(),), name="way")
        thread.start()
        open_now.wait()
        try:
            yield way
        finally:
            loop.call_soon_threadsafe(ended.set)
            thread.join()


async def _frame(reader: asyncio.StreamReader) -> bytes:
    (size,) = struct.unpack(">i", await reader.readexactly(4))
    return await reader.readexactly(size)


def _varint(frame: bytes, at: int) -> tuple[int, int]:
    """An unsigned one, and what follows it."""
    value = shift = 0
    while True:
        byte = frame[at]
        value |= (byte & 0x7F) << shift
        at += 1
        if byte < 0x80:
            return value, at
        shift += 7


def _after_text(frame: bytes, at: int) -> int:
    """Compact texts tell their length and one more; none is 0."""
    length, at = _varint(frame, at)
    return at + max(0, length - 1)
