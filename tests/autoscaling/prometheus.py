"""A real Prometheus that scrapes a real metrics page, with the series of every installation's processes."""

import json
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, Gauge, start_http_server

from stream.adapters.brokers.ports import free_ports
from tests.fleet.waiting import eventually

_CONFIGURATION = """
global: {{scrape_interval: 200ms, scrape_timeout: 200ms}}
scrape_configs:
  - job_name: sluice
    honor_labels: true
    static_configs: [{{targets: ["127.0.0.1:{port}"]}}]
"""
_LABELS = ("namespace", "service", "pod")


class Prometheus:
    """Runs in its own folder on a free port, until it is closed."""

    def __init__(self, folder: Path) -> None:
        self._registry = CollectorRegistry()
        self._page, _ = start_http_server(0, "127.0.0.1", self._registry)
        self._gauges: dict[str, Gauge] = {}
        self._counters: dict[str, Counter] = {}
        [port] = free_ports(1)
        self.url = f"http://127.0.0.1:{port}"
        (folder / "prometheus.yml").write_text(_CONFIGURATION.format(port=self._page.server_port))
        self._log = (folder / "prometheus.log").open("wb")
        address = f"--web.listen-address=127.0.0.1:{port}"
        self._process = subprocess.Popen(
            ["prometheus", "--config.file=prometheus.yml", address, "--log.level=warn"],
            cwd=folder,
            stdout=self._log,
            stderr=subprocess.STDOUT,
        )
        eventually(self._is_ready, what="Prometheus")

    def show(
        self, namespace: str, pod: str, gauges: Mapping[str, float], counters: Mapping[str, float]
    ) -> None:
        """A pod's series appear, and these are their values: counters (named without `_total`) began at 0."""
        labels = (namespace, "sluice-metrics", pod)
        for name in counters:
            self._counter(name).labels(*labels)
        self._wait(labels, {f"{name}_total": 0 for name in counters})
        for name, value in counters.items():
            self._counter(name).labels(*labels).inc(value)
        for name, value in gauges.items():
            self._gauge(name).labels(*labels).set(value)
        self._wait(labels, {**gauges, **{f"{name}_total": value for name, value in counters.items()}})

    def value(self, query: str) -> float | None:
        """The value of the one series, as KEDA asks for it, at the last whole second; None without one."""
        asked = urllib.parse.urlencode({"query": query, "time": int(time.time())})
        with urllib.request.urlopen(f"{self.url}/api/v1/query?{asked}") as answer:
            found = json.load(answer)["data"]["result"]
        return float(found[0]["value"][1]) if found else None

    def close(self) -> None:
        """End it at once."""
        self._process.kill()
        self._process.wait()
        self._log.close()
        self._page.shutdown()
        self._page.server_close()

    def _wait(self, labels: tuple[str, ...], values: Mapping[str, float]) -> None:
        """Until two scrapes in a row have them all: a rate needs two."""
        of = ",".join(f'{name}="{value}"' for name, value in zip(_LABELS, labels, strict=True))
        for name, value in values.items():
            query = (
                f"min_over_time({name}{{{of}}}[1s]) == {value} and count_over_time({name}{{{of}}}[1s]) > 1"
            )
            eventually(lambda query=query: self.value(query) is not None, what=query)  # type: ignore[misc]

    def _gauge(self, name: str) -> Gauge:
        if name not in self._gauges:
            self._gauges[name] = Gauge(name, name, _LABELS, registry=self._registry)
        return self._gauges[name]

    def _counter(self, name: str) -> Counter:
        if name not in self._counters:
            self._counters[name] = Counter(name, name, _LABELS, registry=self._registry)
        return self._counters[name]

    def _is_ready(self) -> bool:
        assert self._process.poll() is None, Path(self._log.name).read_text()
        try:
            urllib.request.urlopen(f"{self.url}/-/ready").close()
        except urllib.error.URLError:
            return False
        return True
