"""One chaos run: its topics, processes, traffic and people, from the first post to the evidence."""

import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from stream.adapters.brokers import Broker, JavaBroker
from tests.chaos.backlog import Backlog
from tests.chaos.evidence import Evidence
from tests.chaos.people import People
from tests.chaos.reading import read_evidence
from tests.chaos.storm import Storm
from tests.chaos.traffic import Traffic, actions
from tests.chaos.watcher import Watcher
from tests.fleet.installation import PARTITIONS, Installation


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
        self.seed = seed
        installation = Installation(broker, folder)
        self.names = installation.names
        counts = {"gate": gates, "triage": triages, "judge": judges}
        self.members = [
            installation.member(kind, number) for kind, count in counts.items() for number in range(count)
        ]
        self._backlog = Backlog(broker.bootstrap, self.names, PARTITIONS)
        self.storm = Storm(self.members, broker if isinstance(broker, JavaBroker) else None, seed)

    def __enter__(self) -> Self:
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
        self.people.stop()
        self.watcher.end()
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
        """Wait until every post is answered, nothing waits for a machine, and no machine has work left.

        Raises:
            TimeoutError: that did not come about; says what still waits.
        """
        self._tend_until(
            lambda: len(self.watcher.last) >= posts and not self.watcher.waits_for_machines, seconds
        )
        self._tend_until(lambda: self._backlog.is_done, seconds)

    def evidence(self) -> Evidence:
        """End the people, wait until what they said has been heard, and read what the run left."""
        self.people.stop()
        self._tend_until(lambda: self._backlog.is_done and self.watcher.is_quiet, 60)
        self.watcher.end()
        found = read_evidence(self.broker.bootstrap, self.names, PARTITIONS)
        found.live.update(self.watcher.verdicts)
        return found

    def _tend_until(self, holds: Callable[[], bool], seconds: float) -> None:
        until = time.monotonic() + seconds
        while not holds():
            if time.monotonic() > until:
                waiting = self.watcher.waits_for_machines
                raise TimeoutError(
                    f"{len(self.watcher.last)} posts answered, {len(waiting)} wait: {waiting[:5]}; "
                    f"work left: {not self._backlog.is_done}"
                )
            self.storm.rest(0.5)
