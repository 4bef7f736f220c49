"""The page of a process under test, asked over HTTP as Kubernetes and Prometheus ask it."""

import socket
from contextlib import closing
from http.client import HTTPConnection

from prometheus_client.parser import text_string_to_metric_families


class Page:
    """A page on a port of its own, which its process is told by `settings`."""

    def __init__(self) -> None:
        with closing(socket.create_server(("127.0.0.1", 0))) as free:
            self.port: int = free.getsockname()[1]
        self.settings = {"METRICS__ENABLED": "true", "METRICS__PORT": str(self.port)}

    def get(self, path: str) -> tuple[int, str]:
        """Status and text; 0 where nobody listens."""
        try:
            with closing(HTTPConnection("127.0.0.1", self.port, timeout=5)) as connection:
                connection.request("GET", path)
                answer = connection.getresponse()
                return answer.status, answer.read().decode()
        except OSError as error:
            return 0, str(error)

    def is_so(self, question: str) -> bool:
        """What `/health/QUESTION` says."""
        return self.get(f"/health/{question}")[0] == 200

    def line(self, question: str) -> str:
        """Why."""
        return self.get(f"/health/{question}")[1].strip()

    def samples(self) -> dict[str, float]:
        """What Prometheus would store, as `name{label=value,…}`."""
        status, text = self.get("/metrics")
        assert status == 200, text
        return {
            f"{sample.name}{{{','.join(f'{k}={v}' for k, v in sorted(sample.labels.items()))}}}": sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
        }
