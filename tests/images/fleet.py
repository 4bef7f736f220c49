"""Processes in images, on a test's broker: each with its own log and port, all ended with the test."""

import json
import signal
import subprocess
import uuid
from collections.abc import Callable
from pathlib import Path

from stream.adapters.brokers import Broker
from stream.adapters.brokers.ports import free_ports
from tests.images.image import Image

ENDING_SECONDS = 30.0


class Process:
    """One process of Sluice at work in an image."""

    def __init__(self, image: Image, kind: str, log: Path, settings: dict[str, str]) -> None:
        self._image = image
        self._settings = {**settings, "SLUICE_METRICS__PORT": str(free_ports(1)[0])}
        with log.open("wb") as out:
            self._process = image.serve("run", kind, log=out, **self._settings)

    def healthy(self) -> bool:
        """What the image's own health check finds, asked beside the process."""
        return self._image.tell(*self._image.config["Healthcheck"]["Test"][1:], **self._settings)[0] == 0

    def end(self) -> int:
        """SIGTERM, as a cluster ends it, and the exit status."""
        self._process.send_signal(signal.SIGTERM)
        try:
            return self._process.wait(ENDING_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            return self._process.wait()


class Fleet:
    """Settings that all processes share, and what is published to them."""

    def __init__(self, broker: Broker, folder: Path, images: Callable[[str], Image]) -> None:
        self._folder, self._images = folder, images
        self.settings = {
            "SLUICE_KAFKA__BOOTSTRAP_SERVERS": broker.bootstrap,
            "SLUICE_TOPICS__PREFIX": f"images-{uuid.uuid4().hex[:8]}.",
            "SLUICE_TOPICS__PARTITIONS": "2",
            "SLUICE_TOPICS__REPLICATION": "1",
            "SLUICE_JUDGE__EXEMPLAR__SERVE": "true",
            "SLUICE_LOGGING__FORMAT": "json",
        }
        self.processes: dict[str, Process] = {}

    def sluice(self, *arguments: str) -> str:
        """What a command of the core image says."""
        return self._images("core").sluice(*arguments, **self.settings)

    def start(self, target: str, kind: str, **settings: str) -> Process:
        """A process in the image of a target, with settings of its own."""
        log = self._folder / f"{kind}.log"
        self.processes[kind] = Process(self._images(target), kind, log, {**self.settings, **settings})
        return self.processes[kind]

    def decisions(self, content_id: str) -> list[str]:
        """What the gate has said of a post so far, in order."""
        told = self.sluice("verdicts", "--id", content_id, "--from-beginning", "--no-follow", "--json")
        return [str(json.loads(line)["decision"]) for line in told.splitlines()]

    def end(self) -> dict[str, int]:
        """End all; each one's exit status."""
        return {kind: process.end() for kind, process in self.processes.items()}
