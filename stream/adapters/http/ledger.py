"""Asks the ledger over HTTP."""

import ssl
from http import HTTPStatus
from typing import TypeVar
from urllib.parse import quote

import httpx
from msgspec import DecodeError, Struct, ValidationError
from msgspec.json import decode

from stream.core.errors import Unavailable
from stream.core.ledger import ContentView, SummaryAnswer

PATIENCE_SECONDS = 3.0

Answer = TypeVar("Answer", bound=Struct)


class LedgerClient:
    """One question at a time to any worker of the ledger.

    Args:
        url: scheme, host and port, for example `http://sluice-ledger:6066`.
    """

    def __init__(self, url: str) -> None:
        self._url = url.rstrip("/")

    def content(self, content_id: str) -> ContentView | None:
        """Where a content is now; None where the ledger does not know it.

        Raises:
            Unavailable: no answer within 3 s, or none that can be understood.
        """
        return self._get(f"/content/{quote(content_id, safe='')}", ContentView)

    def summary(self) -> SummaryAnswer:
        """Counts over everything that the ledger holds. Raises `Unavailable` as `content` does."""
        answer = self._get("/summary", SummaryAnswer)
        if answer is None:
            raise Unavailable(f"no ledger answers at {self._url}: there is no /summary. Is ledger.url right?")
        return answer

    def _get(self, path: str, kind: type[Answer]) -> Answer | None:
        try:
            # A cluster's proxy (HTTP_PROXY) leads out of it; the ledger is inside.
            response = httpx.get(
                self._url + path,
                timeout=PATIENCE_SECONDS,
                trust_env=False,
                verify=ssl.create_default_context(),  # hears of SSL_CERT_FILE, which the line above drops
            )
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise Unavailable(
                f"the ledger at {self._url} does not answer: {error}. Is it running, and ledger.url right?"
            ) from error
        if response.status_code == HTTPStatus.NOT_FOUND:
            return None
        if response.status_code != HTTPStatus.OK:
            raise Unavailable(
                f"the ledger at {self._url} answers {response.status_code}: {response.text[:200]}"
            )
        try:
            return decode(response.content, type=kind)
        except (DecodeError, ValidationError) as error:
            raise Unavailable(
                f"{self._url} is no ledger of this version: {error}. Run the same version here and there, or "
                "correct ledger.url"
            ) from error
