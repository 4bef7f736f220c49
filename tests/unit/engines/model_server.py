"""A model server that does what a script says, on a port of its own: also what no good server would."""

import asyncio
import json
import socket
import struct
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

from msgspec import Struct

MODEL = "gpt-oss-safeguard:20b"
SAFE = '{"label":"safe","findings":[],"severity":0,"confidence":"high","rationale":"Fine.","remediation":""}'


class Request(Struct):
    """What came in."""

    path: str
    headers: dict[str, str]
    body: dict[str, Any]

    @property
    def user(self) -> str:
        """The last message."""
        said: str = self.body["messages"][-1]["content"]
        return said


Script = Callable[[Request], Awaitable[bytes]]
"""Gives the bytes of a response, whole or not; the connection is closed after them."""


class Reset(Exception):
    """Raised by a script: the connection is reset instead of answered."""


class ModelServer:
    """Answers by `script`; a start's greeting is always answered well, unless `greet` says otherwise.

    Attributes:
        asked: the chats that came in after the start, in order.
        arrived: set from the first of them on.
    """

    def __init__(self, script: Script, greet: Script | None = None) -> None:
        self.script = script
        self.greet = greet
        self.asked: list[Request] = []
        self.listed = [MODEL]
        self.arrived = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def running(self) -> AsyncIterator["ModelServer"]:
        """Serve; ends every connection afterwards."""
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
            await server.wait_closed()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            writer.write(await self._answer(await _request(reader)))
            await writer.drain()
        except Reset:
            # Closing with nothing lingering sends RST.
            writer.get_extra_info("socket").setsockopt(
                socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)
            )
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            self._tasks.discard(task)
            writer.close()

    async def _answer(self, request: Request) -> bytes:
        if request.path.endswith("/models"):
            return response(json.dumps({"data": [{"id": name, "object": "model"} for name in self.listed]}))
        if request.user == "Good morning." and len(request.body["messages"]) == 2:
            return await (self.greet or well)(request)
        self.asked.append(request)
        self.arrived.set()
        return await self.script(request)


@contextmanager
def served(server: ModelServer) -> Iterator[ModelServer]:
    """Serve on a thread of its own, for a test that is no coroutine."""
    ready, ended = threading.Event(), asyncio.Event()
    loop = asyncio.new_event_loop()

    async def serve() -> None:
        async with server.running():
            ready.set()
            await ended.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    try:
        assert ready.wait(10)
        yield server
    finally:
        loop.call_soon_threadsafe(ended.set)
        thread.join()
        loop.close()


async def well(_request: Request) -> bytes:
    """The greeting's answer, and that of anything that is safe."""
    return completion(SAFE)


def always(answer: bytes) -> Script:
    """A script of one answer."""

    async def script(_request: Request) -> bytes:
        return answer

    return script


def in_turn(*answers: bytes | type[Reset]) -> Script:
    """A script that gives one answer after the other, and then the last one."""
    left = list(answers)

    async def script(_request: Request) -> bytes:
        answer = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(answer, bytes):
            return answer
        raise answer

    return script


def response(body: str | bytes, status: int = 200, **headers: str) -> bytes:
    """A whole response."""
    content = body.encode() if isinstance(body, str) else body
    lines = [f"HTTP/1.1 {status} Any", "Content-Type: application/json", f"Content-Length: {len(content)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "Connection: close", "", ""]).encode() + content


def completion(text: str | None, finish: str = "stop", **message: str) -> bytes:
    """A chat completion with this content."""
    body = {
        "id": "c",
        "object": "chat.completion",
        "model": MODEL,
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": text, **message},
                "finish_reason": finish,
            }
        ],
        "usage": {
            "prompt_tokens": 900,
            "completion_tokens": 30,
            "prompt_tokens_details": {"cached_tokens": 800},
        },
    }
    return response(json.dumps(body))


async def _request(reader: asyncio.StreamReader) -> Request:
    head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
    headers = {
        name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)
    }
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return Request(head[0].split()[1], headers, json.loads(body) if body else {})
