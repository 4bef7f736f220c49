"""A registry as pinning sees one: digests by HEAD, for those who bring the token it sends them for."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs, urlsplit

TOKEN = "anonymous-token"


class Registry(ThreadingHTTPServer):
    """`digests` are by `repository:tag`; `asked` is what was asked for with a good token."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.digests: dict[str, str] = {}
        self.asked: list[str] = []

    @property
    def name(self) -> str:
        """As it stands before an image's name."""
        return f"127.0.0.1:{self.server_port}"


class _Answer(BaseHTTPRequestHandler):
    server: Registry

    def do_HEAD(self) -> None:
        repository, _, tag = self.path.removeprefix("/v2/").partition("/manifests/")
        if self.headers["Authorization"] != f"Bearer {TOKEN}":
            realm = f'realm="http://{self.server.name}/token",service="registry",scope="repository:{repository}:pull"'
            self._say(401, {"WWW-Authenticate": f"Bearer {realm}"})
        elif (digest := self.server.digests.get(f"{repository}:{tag}")) is None:
            self._say(404, {})
        else:
            self.server.asked.append(self.headers["Accept"])
            self._say(200, {"Docker-Content-Digest": digest})

    def do_GET(self) -> None:
        asked = parse_qs(urlsplit(self.path).query)
        good = asked.get("service") == ["registry"] and asked["scope"][0].startswith("repository:")
        self._say(200 if good else 400, {}, f'{{"token": "{TOKEN}"}}'.encode())

    def _say(self, status: int, headers: dict[str, str], body: bytes = b"") -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Tests tell what went wrong."""


@contextmanager
def registry() -> Iterator[Registry]:
    """One that answers until the end."""
    with Registry() as serving:
        thread = Thread(target=serving.serve_forever)
        thread.start()
        yield serving
        serving.shutdown()
        thread.join()
