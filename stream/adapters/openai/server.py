"""HTTP to one server: bytes out, bytes in, a Fault for everything else. The only file here with httpx."""

import asyncio
import logging
import ssl
import time
from typing import Self

import httpx
import msgspec
from msgspec import Struct

from stream.adapters.openai.fault import Fault, Reason, reason_of, seconds_of
from stream.adapters.openai.options import OpenAiOptions
from stream.core.errors import Misconfigured

CONNECT_SECONDS = 10.0
MAX_BYTES = 8 << 20
"""Of a response; an answer with the probability of each token takes a few hundred kilobytes."""

# A line for every request, at the level that processes log at.
logging.getLogger("httpx").setLevel(logging.WARNING)


class _Listed(Struct):
    id: str


class _Listing(Struct):
    data: list[_Listed]


class Server:
    """A pool of connections. A key goes to no other address: redirects are not followed."""

    def __init__(self, options: OpenAiOptions, section: str) -> None:
        """Open nothing yet.

        Raises:
            Misconfigured: the address is none, or the key has what no header can hold.
        """
        self._seconds = options.timeout_s
        try:
            self._client = _client(options)
        except (httpx.InvalidURL, ValueError) as error:
            raise Misconfigured(
                f"{section}: base_url {options.base_url!r} is no address, or api_key holds what no key does"
            ) from error

    async def complete(self, body: bytes, seconds: float | None = None) -> bytes:
        """Send a chat, and return the response to it.

        Args:
            body: the request.
            seconds: until which all of the response must be there; the settings' by default.

        Raises:
            Fault: there is none.
        """
        headers = {"Content-Type": "application/json"}
        return await self._fetch("POST", "chat/completions", body, headers, seconds or self._seconds)

    async def models(self) -> list[str]:
        """The ids of the models that it lists; empty where it has no list.

        Raises:
            Fault: it does not answer, or refuses the key.
        """
        try:
            listing = await self._fetch("GET", "models", None, {}, CONNECT_SECONDS)
            return [listed.id for listed in msgspec.json.decode(listing, type=_Listing).data]
        except msgspec.MsgspecError:
            return []
        except Fault as fault:
            if fault.reason in (Reason.NOT_FOUND, Reason.REQUEST_REFUSED):
                return []
            raise

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def _fetch(
        self, method: str, path: str, body: bytes | None, headers: dict[str, str], seconds: float
    ) -> bytes:
        if self._client.is_closed:
            raise Fault(Reason.CONNECTION, "stopped")
        try:
            async with (
                asyncio.timeout(seconds),
                self._client.stream(method, path, content=body, headers=headers) as response,
            ):
                content = await _bounded(response)
        except TimeoutError as error:
            raise Fault(Reason.TIMEOUT, f"no answer within {seconds:g} s") from error
        except httpx.HTTPError as error:
            raise Fault(Reason.CONNECTION, type(error).__name__) from error
        if response.status_code == httpx.codes.OK:
            return content
        raise Fault(
            reason_of(response.status_code),
            f"status {response.status_code}",
            retry_after=seconds_of(response.headers.get("Retry-After"), time.time()),
            said=content[:500].decode(errors="replace"),
        )


async def _bounded(response: httpx.Response) -> bytes:
    parts, size = [], 0
    async for part in response.aiter_bytes():
        parts.append(part)
        size += len(part)
        if size > MAX_BYTES:
            raise Fault(Reason.UNREADABLE, f"more than {MAX_BYTES} bytes")
    return b"".join(parts)


def _client(options: OpenAiOptions) -> httpx.AsyncClient:
    key = options.api_key
    return httpx.AsyncClient(
        base_url=options.base_url,
        headers={"Authorization": f"Bearer {key.reveal()}"} if key is not None else {},
        timeout=httpx.Timeout(None, connect=CONNECT_SECONDS),
        # Shorter than servers keep an idle connection: one that they just closed would be a fault.
        limits=httpx.Limits(max_connections=None, max_keepalive_connections=None, keepalive_expiry=3.0),
        # A proxy (HTTPS_PROXY) leads out; one's own servers are inside.
        trust_env=not options.is_local,
        verify=ssl.create_default_context(),
    )
