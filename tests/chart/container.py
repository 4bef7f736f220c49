"""A rendered container: its files and variables as a kubelet fills them in, and its command at work here."""

import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

from stream.adapters.brokers.ports import free_ports
from tests.chart.rendering import ROOT, Object, Rendered

SECRETS = ("/etc/sluice/kafka/", "/etc/sluice/model-server/")
SHIPPED = "/opt/sluice/policies"


def settings_file(rendered: Rendered, part: str, folder: Path) -> Path:
    """The process's sluice.toml, with the secrets that it names as files, and paths of this machine."""
    pod = rendered.pod(part)
    [mount] = [one for one in pod["containers"][0]["volumeMounts"] if one["name"] == "settings"]
    assert mount["mountPath"] == "/etc/sluice/settings"
    for volume in pod["volumes"]:
        for source in volume.get("projected", {}).get("sources", []):
            for item in source["secret"]["items"]:
                (folder / item["path"]).write_text("secret")
    file = folder / f"{part}.toml"
    text = rendered.settings(part)
    for place in SECRETS:
        text = text.replace(place, f"{folder}/")
    file.write_text(text.replace(SHIPPED, str(ROOT / "policies")))
    return file


def environment(rendered: Rendered, part: str) -> dict[str, str]:
    """The container's variables as Kubernetes fills them in; where its settings lie stands apart."""
    given = rendered.pod(part)["containers"][0]["env"]
    environ = {variable["name"]: _value(variable, f"{part}-0") for variable in given}
    assert environ.pop("SLUICE_CONFIG") == "/etc/sluice/settings/sluice.toml"
    return environ


def _value(variable: Object, pod: str) -> str:
    match variable:
        case {"value": str(value)}:
            return value.replace("$(POD_NAME)", pod)
        case {"valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}}:
            return pod
        case {"valueFrom": {"secretKeyRef": _}}:
            return "from-a-secret"
    raise AssertionError(f"not expected: {variable}")


class Container:
    """A container's command at work here, on ports that are free."""

    def __init__(self, rendered: Rendered, part: str, folder: Path) -> None:
        pod = rendered.pod(part)
        self._container = pod["containers"][0]
        self._grace = pod.get("terminationGracePeriodSeconds", 30)
        self._port, views = free_ports(2)
        self._folder = folder
        self._environ = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT),
            **environment(rendered, part),
            "SLUICE_CONFIG": str(settings_file(rendered, part, folder)),
            "HOME": str(folder),
            "SLUICE_METRICS__PORT": str(self._port),
            "SLUICE_LEDGER__PORT": str(views),
            "SLUICE_LEDGER__ADVERTISED": f"127.0.0.1:{views}",
            "SLUICE_LEDGER__URL": "",
        }
        self.log = folder / f"{part}.log"
        self._process: subprocess.Popen[bytes] | None = None

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """A command in it, as `kubectl exec` would; its own without words."""
        command = [sys.executable, "-m", "stream.cli", *(words or self._container["args"])]
        return subprocess.run(
            command,
            env=self._environ,
            cwd=self._folder,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def start(self) -> None:
        """Its own command, until `end`."""
        with self.log.open("wb") as out:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "stream.cli", *self._container["args"]],
                env=self._environ,
                cwd=self._folder,
                stdout=out,
                stderr=subprocess.STDOUT,
            )

    def answers(self, probe: str) -> bool:
        """Whether a probe, named as in the pod, is content: 200, with a line that says why."""
        path = self._container[probe]["httpGet"]["path"]
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self._port}{path}", timeout=5) as answer:
                # A page that answered everything with its metrics would be content with any probe.
                return answer.status == 200 and len(answer.read().splitlines()) == 1
        except (urllib.error.URLError, TimeoutError):
            return False

    def end(self) -> int | None:
        """SIGTERM, and its exit status; None where it is beyond its grace and was killed."""
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        try:
            return self._process.wait(self._grace)
        except subprocess.TimeoutExpired:
            return None
        finally:
            self._process.kill()
            self._process.wait()
