"""Sluice on a secured cluster: its processes and commands, each as some user."""

import os
import shutil
import subprocess
import sys
from itertools import count
from pathlib import Path
from typing import Any

from typer.testing import CliRunner, Result

from stream.cli import app
from tests.fleet.installation import PARTITIONS, POLICIES
from tests.fleet.members import Member
from tests.integration.secured.cluster import Cluster, password_of


class Deployment:
    """The settings that the chart renders, as variables. `folder` takes logs and passwords."""

    def __init__(self, cluster: Cluster, folder: Path) -> None:
        self.cluster = cluster
        self.folder = folder
        self._numbers = count()
        self._policies = _policies_with_an_urgent_route(folder)

    def environment(self, user: str = "sluice", **settings: str) -> dict[str, str]:
        """What a process of this user is told; `settings` are variables without `SLUICE_`."""
        password = self.folder / f"{user}.password"
        password.write_text(password_of(user))
        usual = {
            "KAFKA__BOOTSTRAP_SERVERS": self.cluster.bootstrap,
            "KAFKA__TLS__ENABLED": "true",
            "KAFKA__TLS__CA_FILE": str(self.cluster.authority.certificate),
            "KAFKA__SASL__MECHANISM": "SCRAM-SHA-512",
            "KAFKA__SASL__USERNAME": user,
            "KAFKA__SASL__PASSWORD_FILE": str(password),
            "TOPICS__PARTITIONS": str(PARTITIONS),
            "TOPICS__REPLICATION": "1",
            "POLICIES__DIR": str(self._policies),
            "POLICIES__SET": "secured",
            "JUDGE__EXEMPLAR__SERVE": "true",
            "LOGGING__FORMAT": "json",
        }
        return {
            f"SLUICE_{name}": value
            for name, value in {"METRICS__ENABLED": "false", **usual, **settings}.items()
        }

    def app(self, user: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - librdkafka's settings
        """What an app of this user gives Sluice's library."""
        return {"bootstrap.servers": self.cluster.bootstrap, **self.cluster.client(user), **more}

    def member(self, kind: str, user: str = "sluice", **settings: str) -> Member:
        """A process, not started."""
        name = f"{kind}-{next(self._numbers)}"
        return Member(
            name, ["-m", "stream.cli", "run", kind], self.environment(user, **settings), self.folder
        )

    def sluice(self, *line: str, user: str = "sluice", **settings: str) -> Result:
        """Run one command line to its end, in this process."""
        return CliRunner().invoke(app, line, env=self.environment(user, **settings))

    def make_topics(self) -> subprocess.CompletedProcess[str]:
        """What the chart's Job does."""
        command = [sys.executable, "-m", "stream.cli", "topics", "create"]
        environment = {**os.environ, **self.environment()}
        return subprocess.run(
            command, env=environment, capture_output=True, text=True, check=False, timeout=60
        )


def _policies_with_an_urgent_route(folder: Path) -> Path:
    """The shipped policies under the demo's set, which judges what is posted to `hotline` as urgent."""
    root = folder / "policies"
    (root / "sets").mkdir(parents=True, exist_ok=True)
    for policy in POLICIES.iterdir():
        if (policy / "policy.md").exists() and not (root / policy.name).exists():
            (root / policy.name).symlink_to(policy)
    shutil.copy(POLICIES / "policies.lock", root)
    text = (POLICIES / "sets" / "demo.toml").read_text("utf-8")
    urgent = '[[routes]]\nsurface = "hotline"\npolicies = ["harassment"]\nlane = "urgent"\n\n[[routes]]'
    (root / "sets" / "secured.toml").write_text(text.replace("[[routes]]", urgent, 1), "utf-8")
    (root / "sets" / "candidate.toml").write_text(text, "utf-8")
    return root
