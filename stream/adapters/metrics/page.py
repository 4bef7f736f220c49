"""A process's page: one HTTP endpoint with its metrics, and how it is."""

import socket
from collections.abc import Callable, Iterable
from socketserver import ThreadingMixIn
from threading import Thread
from types import TracebackType
from typing import Any, Self
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

from prometheus_client import CollectorRegistry, make_wsgi_app

from stream.adapters.metrics.health import Answer, Health
from stream.core.errors import Misconfigured

METRICS = "/metrics"
HEALTH = "/health/"
QUESTIONS = ("started", "live", "ready")
_NO_SUCH_PAGE = f"There are {METRICS}, {', '.join(HEALTH + question for question in QUESTIONS)}.\n"

Respond = Callable[..., object]


class Page:
    """A page being served, until `close` or the end of its `with` block.

    Attributes:
        port: where it listens.
    """

    def __init__(self, server: WSGIServer) -> None:
        self._server = server
        self._thread = Thread(target=server.serve_forever, name="page", daemon=True)
        self._thread.start()
        self.port: int = server.server_port

    def close(self) -> None:
        """Stop listening. Safe to call twice."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class _Server(ThreadingMixIn, WSGIServer):
    """A thread for each request, so that a client that dawdles keeps nobody from asking."""

    daemon_threads = True


class _Handler(WSGIRequestHandler):
    timeout = 10.0
    """Seconds after which a client that says nothing gives its thread back."""

    def log_message(self, *_words: object) -> None:
        """Say nothing: somebody asks every few seconds."""


class Site:
    """What answers each path. A WSGI application.

    Args:
        registry: what `/metrics` tells.
        health: what `/health/…` tells.
    """

    def __init__(self, registry: CollectorRegistry, health: Health) -> None:
        self._metrics = make_wsgi_app(registry)
        self._answers: dict[str, Callable[[], Answer]] = {
            HEALTH + question: getattr(health, question) for question in QUESTIONS
        }

    def __call__(self, environ: dict[str, Any], respond: Respond) -> Iterable[bytes]:
        """Answer one request."""
        path = environ.get("PATH_INFO", "")
        if path == METRICS:
            told: Iterable[bytes] = self._metrics(environ, respond)
            return told
        ask = self._answers.get(path)
        if ask is None:
            return _text(respond, "404 Not Found", _NO_SUCH_PAGE)
        answer = ask()
        return _text(respond, "200 OK" if answer.good else "503 Service Unavailable", answer.line + "\n")


def _text(respond: Respond, status: str, text: str) -> Iterable[bytes]:
    body = text.encode()
    respond(status, [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(body)))])
    return [body]


def serve(registry: CollectorRegistry, host: str, port: int, health: Health | None = None) -> Page:
    """Serve a process's page from a thread of its own.

    Args:
        registry: what to tell.
        host: the address to listen on; empty for every one.
        port: 0 for any free one.
        health: how the process is; without one it is ready as long as it answers.

    Raises:
        Misconfigured: the address cannot be listened on.
    """
    try:
        server = _listening(host or "0.0.0.0", port)  # noqa: S104 - as was asked
    except (OSError, OverflowError) as error:
        raise Misconfigured(
            f"metrics cannot be served on {host or '*'}:{port}: {error}. Set metrics.port to a free one "
            "(0 takes any), or metrics.enabled = false"
        ) from error
    server.set_app(Site(registry, health or Health()))
    return Page(server)


def _listening(host: str, port: int) -> WSGIServer:
    family, _, _, _, (address, *_) = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]

    class Server(_Server):
        address_family = family

    return Server((str(address), port), _Handler)
