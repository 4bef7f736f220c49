"""One installation on a test's broker: its own topics, policies with short deadlines, and processes."""

import shutil
import uuid
from pathlib import Path

from typer.testing import CliRunner, Result

from stream.adapters.brokers import Broker
from stream.adapters.kafka import Connection
from stream.adapters.kafka.topics import TopicAdmin
from stream.cli import app
from stream.core.topics import Topic, TopicNames
from tests.fleet.members import Member

POLICIES = Path(__file__).parents[2] / "policies"
PARTITIONS = 4


class Installation:
    """Topics are made at once; processes are made by `member` and started by their user.

    Args:
        broker: where.
        folder: for logs and the installation's own policy set.
        automatic: deadline of the machines, in seconds.
    """

    def __init__(self, broker: Broker, folder: Path, *, automatic: int = 20) -> None:
        self.names = TopicNames(f"test-{uuid.uuid4().hex[:8]}.")
        self.bootstrap = broker.bootstrap
        self.folder = folder
        self._environment = {
            "SLUICE_KAFKA__BOOTSTRAP_SERVERS": broker.bootstrap,
            "SLUICE_TOPICS__PREFIX": self.names.prefix,
            "SLUICE_TOPICS__PARTITIONS": str(PARTITIONS),
            "SLUICE_TOPICS__REPLICATION": "1",
            "SLUICE_POLICIES__DIR": str(_hasty_policies(folder, automatic)),
            "SLUICE_POLICIES__SET": "hasty",
            "SLUICE_JUDGE__EXEMPLAR__SERVE": "true",
            "SLUICE_METRICS__ENABLED": "false",
            "SLUICE_LOGGING__FORMAT": "json",
        }
        TopicAdmin(Connection(bootstrap=broker.bootstrap), self.names).create(PARTITIONS, 1)

    def topic(self, topic: Topic) -> str:
        """The full name of a topic."""
        return self.names.of(topic)

    def member(self, kind: str, number: int = 0, *, command: tuple[str, ...] = (), **settings: str) -> Member:
        """A process of this installation, not started. `settings` are variables without `SLUICE_`."""
        own = {"SLUICE_GATE__INSTANCE": str(number)} if kind == "gate" else {}
        own |= {f"SLUICE_{name}": value for name, value in settings.items()}
        line = list(command) or ["-m", "stream.cli", "run", kind]
        return Member(f"{kind}-{number}", line, {**self._environment, **own}, self.folder)

    def command(self, *line: str, stdin: str | None = None, **settings: str) -> Result:
        """Run one command line in this process, as this installation's operator; `settings` as above."""
        own = {f"SLUICE_{name}": value for name, value in settings.items()}
        cache = {"XDG_CACHE_HOME": str(self.folder / "cache")}
        return CliRunner().invoke(app, line, env={**self._environment, **cache, **own}, input=stdin)


def _hasty_policies(folder: Path, automatic: int) -> Path:
    """The shipped policies under the demo's set, with deadlines short enough to be missed."""
    root = folder / "policies"
    (root / "sets").mkdir(parents=True, exist_ok=True)
    for policy in POLICIES.iterdir():
        if (policy / "policy.md").exists() and not (root / policy.name).exists():
            (root / policy.name).symlink_to(policy)
    shutil.copy(POLICIES / "policies.lock", root)
    text = (POLICIES / "sets" / "demo.toml").read_text()
    deadlines = f'[deadlines]\nautomatic = "{automatic}s"\npeople = "1h"\n\n'
    hasty = text.replace("[policies.harassment]", deadlines + "[policies.harassment]", 1)
    (root / "sets" / "hasty.toml").write_text(hasty)
    return root
