"""The chart as Helm renders it."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from msgspec import Struct

ROOT = Path(__file__).parents[2]
CHART = ROOT / "deploy" / "helm"
EXAMPLES = {path.name.removesuffix("-values.yaml"): path for path in sorted((CHART / "ci").glob("*.yaml"))}

OLDEST, USUAL, NEWEST = "1.30.0", "1.34.0", "1.37.0"
"""Versions of Kubernetes: the least that Chart.yaml takes, and the newest whose schemas are at hand."""

Object = dict[str, Any]


class Refused(Exception):
    """Helm would not render; the text is what it said."""


class Rendered(Struct, frozen=True):
    """One rendering: its text, and its objects in Helm's order."""

    text: str
    objects: list[Object]

    def of(self, kind: str) -> dict[str, Object]:
        """Those of a kind, by name."""
        return {found["metadata"]["name"]: found for found in self.objects if found["kind"] == kind}

    def one(self, kind: str, name: str) -> Object:
        """The one of this kind whose name ends so."""
        [found] = [found for key, found in self.of(kind).items() if key == name or key.endswith(f"-{name}")]
        return found

    def workloads(self) -> Iterator[tuple[str, Object]]:
        """Every process's workload by the process's name."""
        for found in self.objects:
            if found["kind"] in ("Deployment", "StatefulSet"):
                yield found["spec"]["template"]["spec"]["containers"][0]["name"], found

    def pods(self) -> Iterator[tuple[str, Object]]:
        """Every pod's spec, those of jobs too, by its container's name."""
        for found in self.objects:
            if found["kind"] in ("Deployment", "StatefulSet", "Job", "CronJob"):
                job = found["spec"]["jobTemplate"] if found["kind"] == "CronJob" else found
                spec = job["spec"]["template"]["spec"]
                yield spec["containers"][0]["name"], spec

    def pod(self, part: str) -> Object:
        """The spec of one process's pod."""
        return dict(self.pods())[part]

    def settings(self, part: str) -> str:
        """The text of a process's sluice.toml."""
        text: str = self.one("ConfigMap", part)["data"]["sluice.toml"]
        return text


class Helm:
    """Helm from the tools' folder."""

    def __init__(self, tools: Path) -> None:
        self._binary = tools / "helm"

    def run(self, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        """Run it; never asks a cluster or a network."""
        return subprocess.run(
            [self._binary, *arguments], capture_output=True, text=True, timeout=60, check=False
        )

    def render(
        self,
        *values: Path | str | Object,
        kube: str = USUAL,
        chart: Path = CHART,
        release: str = "sluice",
        namespace: str = "trust",
    ) -> Rendered:
        """Render with these values, later ones first: files, examples by name, or the values themselves.

        Raises:
            Refused: Helm said no.
        """
        arguments: list[str | Path] = [
            "template",
            release,
            chart,
            "--namespace",
            namespace,
            "--kube-version",
            kube,
        ]
        for given in values:
            if isinstance(given, dict):
                for key, value in given.items():
                    arguments += ["--set-json", f"{key}={json.dumps(value)}"]
            else:
                arguments += ["--values", EXAMPLES.get(str(given), Path(given))]
        done = self.run(*arguments)
        if done.returncode != 0:
            raise Refused(done.stderr)
        objects = yaml.load_all(done.stdout, Loader=yaml.CSafeLoader)
        return Rendered(done.stdout, [found for found in objects if found])

    def sentence(self, *values: Path | str | Object, kube: str = USUAL) -> str:
        """What Helm says when it refuses these values.

        Raises:
            AssertionError: it renders them.
        """
        try:
            self.render(*values, kube=kube)
        except Refused as refused:
            return str(refused)
        raise AssertionError(f"rendered, and should not have: {values}")
