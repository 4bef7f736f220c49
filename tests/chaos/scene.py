"""One chaos run: its topics, processes, traffic and people, from the first post to the evidence."""

import time
import uuid
from pathlib import Path
from types import TracebackType
from typing import Self

from stream.adapters.brokers import Broker, JavaBroker
from stream.adapters.kafka import Connection
from stream.adapters.kafka.topics import TopicAdmin
from stream.core.topics import TopicNames
from tests.chaos.evidence import Evidence
from tests.chaos.members import Member
from tests.chaos.people import People
from tests.chaos.reading import read_evidence
from tests.chaos.storm import Storm
from tests.chaos.traffic import Traffic, actions
from tests.chaos.watcher import Watcher

POLICIES = Path(__file__).parents[2] / "policies"
PARTITIONS = 4
AUTOMATIC_SECONDS = 20


class Scene:
    """Everything that runs, started by `with` and ended by it.

    Args:
        broker: where; a Java one can be struck too.
        folder: for logs and the run's own policy set.
        gates, triages, judges: how many of each.
        seed: of traffic, people and faults.
    """

    def __init__(
        self,
        broker: Broker,
        folder: Path,
        *,
        gates: int = 2,
        triages: int = 1,
        judges: int = 2,
        seed: int = 1,
    ) -> None:
        self.broker = broker
        self.names = TopicNames(f"chaos-{uuid.uuid4().hex[:8]}.")
        self.seed = seed
        environment = self._environment(folder)
        self.gates = [self._member("gate", number, environment, folder) for number in range(gates)]
        others = [("triage", number) for number in range(triages)] + [
            ("judge", number) for number in range(judges)
        ]
        self.members = self.gates + [
            self._member(kind, number, environment, folder) for kind, number in others
        ]
        self.storm = Storm(self.members, broker if isinstance(broker, JavaBroker) else None, seed)

    def __enter__(self) -> Self:
        TopicAdmin(Connection(bootstrap=self.broker.bootstrap), self.names).create(PARTITIONS, 1)
        self.watcher = Watcher(self.broker.bootstrap, self.names, PARTITIONS)
        self.people = People(self.broker.bootstrap, self.names, self.seed)
        self.watcher.start()
        self.people.start()
        for member in self.members:
            member.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for member in self.members:
            member.terminate()
        for member in self.members:
            member.end()

    def send(self, posts: int, seconds: float) -> Traffic:
        """Begin to publish; returns the thread that does."""
        traffic = Traffic(
            self.broker.bootstrap, self.names.prefix + "content", actions(posts, seconds, self.seed)
        )
        traffic.start()
        return traffic

    def settle(self, posts: int, seconds: float = 150.0) -> None:
        """Wait until every post is answered and nothing waits for a machine.

        Raises:
            TimeoutError: that did not come about; says what still waits.
        """
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self.storm.rest(0.5)
            quiet = time.monotonic() - self.watcher.changed_at
            if len(self.watcher.last) >= posts and not self.watcher.waits_for_machines and quiet > 3:
                return
        waiting = self.watcher.waits_for_machines
        raise TimeoutError(
            f"{len(self.watcher.last)} of {posts} answered; {len(waiting)} wait: {waiting[:5]}"
        )

    def evidence(self) -> Evidence:
        """End people and watcher, and read what the run left."""
        self.people.stop()
        self.storm.rest(5.0)
        self.watcher.end()
        found = read_evidence(self.broker.bootstrap, self.names, PARTITIONS)
        found.live.update(self.watcher.verdicts)
        return found

    def _member(self, kind: str, number: int, environment: dict[str, str], folder: Path) -> Member:
        own = {"SLUICE_GATE__INSTANCE": str(number)} if kind == "gate" else {}
        return Member(f"{kind}-{number}", [kind], {**environment, **own}, folder)

    def _environment(self, folder: Path) -> dict[str, str]:
        return {
            "SLUICE_KAFKA__BOOTSTRAP_SERVERS": self.broker.bootstrap,
            "SLUICE_TOPICS__PREFIX": self.names.prefix,
            "SLUICE_TOPICS__PARTITIONS": str(PARTITIONS),
            "SLUICE_TOPICS__REPLICATION": "1",
            "SLUICE_POLICIES__DIR": str(_hasty_policies(folder)),
            "SLUICE_POLICIES__SET": "hasty",
            "SLUICE_JUDGE__EXEMPLAR__SERVE": "true",
            "SLUICE_METRICS__ENABLED": "false",
            "SLUICE_LOGGING__FORMAT": "json",
        }


def _hasty_policies(folder: Path) -> Path:
    """The shipped policies under the demo's set, with deadlines short enough to be missed."""
    root = folder / "policies"
    (root / "sets").mkdir(parents=True, exist_ok=True)
    for policy in POLICIES.iterdir():
        if (policy / "policy.md").exists() and not (root / policy.name).exists():
            (root / policy.name).symlink_to(policy)
    text = (POLICIES / "sets" / "demo.toml").read_text()
    deadlines = f'[deadlines]\nautomatic = "{AUTOMATIC_SECONDS}s"\npeople = "1h"\n\n'
    (root / "sets" / "hasty.toml").write_text(
        text.replace("[policies.harassment]", deadlines + "[policies.harassment]", 1)
    )
    return root
