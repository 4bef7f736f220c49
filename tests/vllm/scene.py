"""Gate, triage and a judge that asks a real vLLM: separate processes on the real Kafka."""

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import msgspec
import psutil

from stream.adapters.brokers import Broker
from stream.client import Publisher
from stream.core.audit import CaseJudged
from stream.core.content import Edited, Published
from stream.core.outcome import Outcome
from stream.core.topics import Topic
from stream.core.verdict import Verdict
from stream.ports import Record
from tests.chaos.watcher import Watcher
from tests.fleet.installation import PARTITIONS, Installation
from tests.fleet.members import Member
from tests.fleet.records import records
from tests.fleet.waiting import eventually

AT_ONCE = 8
"""Questions that run at once in the engine, and cases in the judge's window: two questions a case."""
MODEL = "tiny-and-curt"
UNHURRIED = 900
"""No deadline of the machines passes while a slow machine loads vLLM: what ends here was answered."""
PATIENCE = 400.0


class Scene:
    """The processes, what they wrote, and what the judge tells Prometheus.

    Args:
        broker: where.
        folder: for logs and the installation's own policy set.
        model: the folder of the judge's model.
    """

    def __init__(self, broker: Broker, folder: Path, model: Path) -> None:
        self.installation = Installation(broker, folder, automatic=UNHURRIED)
        self.gate = self.installation.member("gate")
        self.triage = self.installation.member("triage")
        self.judge = judge_on(self.installation, model)
        self.watcher = Watcher(broker.bootstrap, self.installation.names, PARTITIONS)

    @contextmanager
    def playing(self) -> Iterator["Scene"]:
        """Start everything, and wait until the judge's model answers; end everything afterwards."""
        self.watcher.start()
        members = (self.gate, self.triage, self.judge)
        try:
            for member in members:
                member.start()
            self.wait_for_the_model()
            yield self
        finally:
            for member in members:
                member.end(60)
            self.watcher.end()

    def wait_for_the_model(self) -> None:
        """Wait until the judge that was started last has loaded its model."""
        eventually(self._model_is_ready, PATIENCE, "the model's start")

    def publish(self, *events: Published | Edited) -> None:
        """Send events as an app does."""
        with self._publisher as publisher:
            for event in events:
                publisher.send(event)
            publisher.flush()

    def settle(self, *events: Published | Edited) -> None:
        """Wait until each of these versions is decided, or with people."""
        wanted = {(event.id, event.version) for event in events}

        def settled() -> bool:
            last = list(self.watcher.last.values())
            seen = {(verdict.id, verdict.version) for verdict in last}
            return wanted <= seen and not self.watcher.waits_for_machines

        eventually(settled, PATIENCE, "an end for every post")

    def verdicts(self) -> dict[str, list[Verdict]]:
        """Every verdict, by content id, in order, as a `read_committed` reader finds them."""
        found: dict[str, list[Verdict]] = {}
        for record in self._records(Topic.VERDICTS):
            verdict = msgspec.json.decode(record.value or b"", type=Verdict)
            found.setdefault(verdict.id, []).append(verdict)
        return found

    def outcomes(self) -> list[Outcome]:
        """Every outcome that was proposed."""
        return [msgspec.json.decode(one.value or b"", type=Outcome) for one in self._records(Topic.OUTCOMES)]

    def judged(self) -> list[CaseJudged]:
        """The judge's full record of each case that the model answered."""
        return [
            msgspec.json.decode(one.value or b"", type=CaseJudged)
            for one in self._records(Topic.AUDIT)
            if dict(one.headers)["ce_source"] == b"/sluice/judge"
        ]

    def page(self) -> dict[str, float]:
        """What the judge tells Prometheus now, by series."""
        with urlopen(f"http://127.0.0.1:{self._port()}/metrics", timeout=10) as answer:
            lines = answer.read().decode().splitlines()
        series = (line.rpartition(" ") for line in lines if not line.startswith("#"))
        return {name: float(value) for name, _, value in series}

    def metric(self, series: str) -> float:
        """One of them."""
        return self.page()[series]

    def engine_processes(self) -> list[psutil.Process]:
        """What vLLM runs beneath the judge."""
        return psutil.Process(self.judge.process.pid).children(recursive=True)

    @contextmanager
    def engine_halted(self) -> Iterator[psutil.Process]:
        """Stop vLLM's core process, so that what is in the window stays there; it goes on afterwards."""
        (core,) = [process for process in self.engine_processes() if "EngineCore" in process.name()]
        core.suspend()
        try:
            yield core
        finally:
            with suppress(psutil.NoSuchProcess):
                core.resume()

    @property
    def _publisher(self) -> Publisher:
        settings = {"bootstrap.servers": self.installation.bootstrap}
        return Publisher(settings, source="/test", prefix=self.installation.names.prefix)

    def _records(self, topic: Topic) -> list[Record]:
        return records(self.installation.bootstrap, self.installation.topic(topic), PARTITIONS)

    def _model_is_ready(self) -> bool:
        assert self.judge.process.poll() is None, self.judge.tail(30)
        ready = [event for event in self._told() if event["event"] == "engine ready"]
        return len(ready) == self.judge.starts

    def _port(self) -> int:
        return int([event["port"] for event in self._told() if event["event"] == "metrics"][-1])

    def _told(self) -> Iterator[dict[str, Any]]:
        """The judge's own log lines; vLLM's stand between them."""
        for line in self.judge.log.read_text(errors="replace").splitlines():
            if line.startswith("{") and line.endswith("}"):
                yield json.loads(line)


def judge_on(installation: Installation, model: Path) -> Member:
    """The judge, told everything about its engine by the environment, as a container is."""
    return installation.member(
        "judge",
        JUDGE__ENGINE="vllm",
        JUDGE__WINDOW=str(AT_ONCE),
        JUDGE__PRIORITY_SLOTS="2",
        JUDGE__URGENT_SLOTS="0",
        JUDGE__ITEM_DEADLINE_S=str(UNHURRIED),
        JUDGE__VLLM__MODEL=str(model),
        JUDGE__VLLM__NAME=MODEL,
        JUDGE__VLLM__MAX_NUM_SEQS=str(AT_ONCE),
        JUDGE__VLLM__MAX_MODEL_LEN="4096",
        JUDGE__VLLM__REASONING_TOKENS__LOW="16",
        JUDGE__VLLM__REASONING_TOKENS__MEDIUM="48",
        JUDGE__VLLM__REASONING_TOKENS__HIGH="144",
        JUDGE__VLLM__ENFORCE_EAGER="true",
        JUDGE__VLLM__KV_CACHE_MEMORY_BYTES=str(64 << 20),
        METRICS__ENABLED="true",
        METRICS__PORT="0",
    )
