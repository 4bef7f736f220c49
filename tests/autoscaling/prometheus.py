"""A real Prometheus that scrapes real metrics pages, each of which stands for a process of one installation."""

import json
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from wsgiref.simple_server import WSGIServer

from prometheus_client import CollectorRegistry, Counter, Gauge, start_http_server

from stream.adapters.brokers.ports import free_ports
from tests.fleet.waiting import eventually

_CONFIGURATION = """
global: {scrape_interval: 500ms, scrape_timeout: 500ms}
scrape_configs:
  - job_name: sluice
    file_sd_configs: [{files: [targets/*.json]}]
"""


class Prometheus:
    """Runs in its own folder on a free port; finds its targets in files."""

    def __init__(self, folder: Path) -> None:
        [port] = free_ports(1)
        self.url = f"http://127.0.0.1:{port}"
        self._targets = folder / "targets"
        self._targets.mkdir()
        (folder / "prometheus.yml").write_text(_CONFIGURATION)
        self._log = (folder / "prometheus.log").open("wb")
        self._process = subprocess.Popen(
            ["prometheus", "--config.file=prometheus.yml", f"--web.listen-address=127.0.0.1:{port}", "--log.level=warn"],
            cwd=folder,
            stdout=self._log,
            stderr=subprocess.STDOUT,
        )
        eventually(self._is_ready, what="Prometheus")

    def scrape(self, page: "Page") -> None:
        """Scrape this page from now on."""
        labels = {"namespace": page.installation, "service": "sluice-metrics"}
        target = [{"targets": [page.address], "labels": labels}]
        (self._targets / f"{page.address}.json").write_text(json.dumps(target))

    def value(self, query: str) -> float | None:
        """The value of the one series, as KEDA would ask for it: at the last whole second. None where there is none."""
        asked = urllib.parse.urlencode({"query": query, "time": int(time.time())})
        with urllib.request.urlopen(f"{self.url}/api/v1/query?{asked}") as answer:
            found = json.load(answer)["data"]["result"]
        return float(found[0]["value"][1]) if found else None

    def close(self) -> None:
        """End it at once."""
        self._process.kill()
        self._process.wait()
        self._log.close()

    def _is_ready(self) -> bool:
        assert self._process.poll() is None, Path(self._log.name).read_text()
        try:
            urllib.request.urlopen(f"{self.url}/-/ready").close()
        except urllib.error.URLError:
            return False
        return True


class Page:
    """The metrics page of one process.

    Args:
        installation: the namespace that its series carry.
        prometheus: who scrapes it.
        gauges: gauges by name.
        counters: counters by name, without `_total`; each begins at 0.
    """

    def __init__(
        self, installation: str, prometheus: Prometheus, gauges: Mapping[str, float], counters: Mapping[str, float]
    ) -> None:
        self.installation = installation
        self._prometheus = prometheus
        registry = CollectorRegistry()
        self._gauges = {name: Gauge(name, name, registry=registry) for name in gauges}
        self._counters = {name: Counter(name, name, registry=registry) for name in counters}
        self._server: WSGIServer
        self._server, _ = start_http_server(0, "127.0.0.1", registry)
        self.address = f"127.0.0.1:{self._server.server_port}"
        prometheus.scrape(self)
        self._wait({f"{name}_total": 0.0 for name in counters})
        self._fill(gauges, counters)

    def close(self) -> None:
        """The process is gone."""
        self._server.shutdown()
        self._server.server_close()

    def _fill(self, gauges: Mapping[str, float], counters: Mapping[str, float]) -> None:
        for name, value in gauges.items():
            self._gauges[name].set(value)
        for name, value in counters.items():
            self._counters[name].inc(value)
        self._wait({**gauges, **{f"{name}_total": value for name, value in counters.items()}})

    def _wait(self, values: Mapping[str, float]) -> None:
        """Until Prometheus has them all."""
        for name, value in values.items():
            query = f'{name}{{instance="{self.address}"}}'
            eventually(lambda query=query, value=value: self._prometheus.value(query) == value, what=query)  # type: ignore[misc]
