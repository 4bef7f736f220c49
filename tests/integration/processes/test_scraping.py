"""Every process scraped by the real Prometheus, which has the alerts and is asked what the dashboard asks."""

import json
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
import yaml

from stream.adapters.metrics import BY_PROCESS
from stream.ops.metrics.catalogue import series
from tests.chaos.watcher import Watcher
from tests.fleet.installation import Installation
from tests.fleet.pages import Page
from tests.fleet.waiting import eventually
from tests.integration.processes.conftest import Start
from tests.integration.processes.test_engine_trouble import publish
from tests.metrics.conftest import program
from tests.metrics.test_alerts import ALERTS, RULES
from tests.metrics.test_dashboard import PANELS

PROCESSES = ("gate", "triage", "judge", "ledger", "shadow")
QUIET = {
    "What one replica can do",  # its window was never full
    "Prefix cache",  # the scripted engine counts no tokens
    "Trouble in the gate's runner",
    "Trouble in the lanes",
    "Decided by people",
}
"""Panels that show nothing, or may, where all goes well."""


class Prometheus:
    """A real server that scrapes pages every second."""

    def __init__(self, folder: Path, pages: dict[str, Page]) -> None:
        self.page = Page()
        config = {
            "global": {"scrape_interval": "1s", "evaluation_interval": "1s"},
            "rule_files": [str(RULES)],
            "scrape_configs": [
                {"job_name": name, "static_configs": [{"targets": [f"127.0.0.1:{page.port}"]}]}
                for name, page in pages.items()
            ],
        }
        (folder / "prometheus.yaml").write_text(yaml.safe_dump(config))
        with (folder / "prometheus.log").open("w") as log:
            self.process = subprocess.Popen(
                [
                    program("prometheus"),
                    f"--config.file={folder / 'prometheus.yaml'}",
                    f"--storage.tsdb.path={folder / 'tsdb'}",
                    f"--web.listen-address=127.0.0.1:{self.page.port}",
                ],
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        eventually(lambda: self.page.get("/-/ready")[0] == 200, 30, "Prometheus")

    def ask(self, expression: str) -> list[dict[str, Any]]:
        """What an instant query finds."""
        status, text = self.page.get("/api/v1/query?" + urlencode({"query": expression}))
        assert status == 200, text
        found: list[dict[str, Any]] = json.loads(text)["data"]["result"]
        return found

    def rules(self) -> dict[str, str]:
        """Of each alert, how its evaluation went."""
        groups = json.loads(self.page.get("/api/v1/rules")[1])["data"]["groups"]
        return {rule["name"]: rule["health"] for group in groups for rule in group["rules"]}


@pytest.fixture
def pages(start: Start) -> dict[str, Page]:
    """A fleet at work, by process; its judge finds everything safe."""
    program("prometheus")
    pages = {process: Page() for process in PROCESSES}
    for process, page in pages.items():
        views = {"LEDGER__PORT": str(Page().port)} if process == "ledger" else {}
        start("scripted" if process == "judge" else process, **page.settings, **views)
    eventually(lambda: all(page.is_so("ready") for page in pages.values()), 60, "readiness")
    return pages


@pytest.fixture
def prometheus(tmp_path: Path, pages: dict[str, Page]) -> Iterator[Prometheus]:
    server = Prometheus(tmp_path, pages)
    yield server
    server.process.terminate()
    server.process.wait()


def test_no_process_is_left_out() -> None:
    assert set(PROCESSES) == set(BY_PROCESS)


def test_prometheus_scrapes_each_process_and_finds_what_alerts_and_dashboard_ask_for(
    pages: dict[str, Page], prometheus: Prometheus, installation: Installation, watcher: Watcher
) -> None:
    def waiting() -> str:
        """Bytes of text that wait for machines."""
        return str(prometheus.ask("sum(sluice_gate_open_text_bytes)")[0]["value"][1])

    # Given a fleet that Prometheus scrapes, and posts of 24 bytes that wait for a model that is away
    eventually(lambda: len(prometheus.ask("up == 1")) == len(pages), 30, "the first scrapes")
    (away := installation.folder / "down").touch()
    publish(installation, {f"p{number}": "Good morning, everybody." for number in range(20)})
    eventually(lambda: waiting() == "480", 30, "all texts waiting")
    # When it is back and has answered
    away.unlink()
    eventually(lambda: len(watcher.last) == 20 and not watcher.waits_for_machines, 60, "answers")
    eventually(lambda: waiting() == "0", 30, "no text waiting")
    eventually(lambda: prometheus.ask('sluice_ledger_contents{stands="release"} == 20'), 60, "the ledger")
    eventually(lambda: prometheus.ask('rate(sluice_gate_steps_total{step="release"}[15s]) > 0'), 30, "a rate")
    # Then it has every series that the documents tell of, of each process
    for process, metrics in BY_PROCESS.items():
        stored = {one["metric"]["__name__"] for one in prometheus.ask(f'{{job="{process}"}}')}
        assert set(series(metrics().registry)) - stored == set()
    # And it evaluates every alert, none of which fires
    eventually(lambda: prometheus.rules() == dict.fromkeys(ALERTS, "ok"), 30, "an evaluation of each alert")
    assert prometheus.ask('ALERTS{alertstate="firing"}') == []
    # And each panel shows something
    for title, panel in PANELS.items():
        for target in panel["targets"]:
            expression = target["expr"].replace("$__rate_interval", "15s").replace("$namespace", ".*")
            assert prometheus.ask(expression) or title in QUIET, expression
    # And what was decided is what is told
    held = prometheus.ask('sluice_gate_steps_total{step="held"}')[0]["value"][1]
    given = prometheus.ask("sluice_gate_arrived_text_bytes_total")[0]["value"][1]
    judged = prometheus.ask("sluice_judge_text_bytes_total")[0]["value"][1]
    assert (held, given, judged) == ("20", "480", "480")


def test_a_scrape_is_small_and_quick(pages: dict[str, Page]) -> None:
    for process, page in pages.items():
        begun = time.perf_counter()
        status, text = page.get("/metrics")
        assert status == 200
        assert len(text) < 100_000, process
        assert time.perf_counter() - begun < 1, process
