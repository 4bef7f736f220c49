"""The metrics page: one HTTP endpoint a process, `/metrics`."""

from threading import Thread
from types import TracebackType
from typing import Self
from wsgiref.simple_server import WSGIServer

from prometheus_client import CollectorRegistry, start_http_server

from stream.core.errors import Misconfigured


class Page:
    """A page being served, until `close` or the end of its `with` block.

    Attributes:
        port: where it listens.
    """

    def __init__(self, server: WSGIServer, thread: Thread) -> None:
        self._server = server
        self._thread = thread
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


def serve(registry: CollectorRegistry, host: str, port: int) -> Page:
    """Serve the metrics of a registry from a thread of its own.

    Args:
        registry: what to tell.
        host: the address to listen on; empty for every one.
        port: 0 for any free one.

    Raises:
        Misconfigured: the address cannot be listened on.
    """
    try:
        server, thread = start_http_server(port, host or "0.0.0.0", registry)  # noqa: S104 - as was asked
    except (OSError, OverflowError) as error:
        raise Misconfigured(
            f"metrics cannot be served on {host or '*'}:{port}: {error}. Set metrics.port to a free one "
            "(0 takes any), or metrics.enabled = false"
        ) from error
    return Page(server, thread)
