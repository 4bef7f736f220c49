"""Asking the ledger: straight to it, and an answer that cannot be had says what to do."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from stream.adapters.http import LedgerClient
from stream.core.errors import Unavailable

NOBODY = "http://127.0.0.1:9"


class Answering(BaseHTTPRequestHandler):
    """Knows one content, and says of all else what no ledger says."""

    def do_GET(self) -> None:
        """Answer."""
        body = b'{"id":"post-1","stands":"release"}' if self.path == "/content/post-1" else b"[]"
        self.send_response(200)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        """Say nothing."""


@pytest.fixture
def url() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), Answering) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_the_proxy_of_a_cluster_is_not_asked_for_the_ledger(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a machine whose requests are to go by a proxy / When the ledger is asked
    monkeypatch.setenv("HTTP_PROXY", NOBODY)
    known = LedgerClient(url).content("post-1")
    # Then it is the ledger that answers
    assert known is not None
    assert known.stands == "release"


def test_a_ledger_that_is_away_is_told_with_what_to_look_at() -> None:
    with pytest.raises(Unavailable, match=r"does not answer: .*\. Is it running, and ledger\.url right\?"):
        LedgerClient(NOBODY).content("post-1")


def test_an_answer_of_another_version_is_told_with_what_to_do(url: str) -> None:
    with pytest.raises(Unavailable, match=r"no ledger of this version: .*\. Run the same version"):
        LedgerClient(url).summary()
