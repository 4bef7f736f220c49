"""A fleet under faults: kill -9, SIGSTOP beyond the session, SIGTERM, and kill -9 of the broker itself."""

import random
import time
from collections import Counter
from collections.abc import Sequence

from stream.adapters.brokers import JavaBroker
from tests.fleet.members import Member


class Storm:
    """Strikes at random, and keeps every member running in between.

    Attributes:
        struck: how often each kind of fault struck each kind of member.
        surprises: members that ended without being told to.
    """

    def __init__(self, members: Sequence[Member], broker: JavaBroker | None, seed: int) -> None:
        self.struck: Counter[str] = Counter()
        self.surprises: list[str] = []
        self._members = list(members)
        self._broker = broker
        self._chance = random.Random(seed)

    @property
    def count(self) -> int:
        """Faults so far."""
        return sum(self.struck.values())

    def blow(self, faults: int, pause: tuple[float, float], broker_every: int = 0) -> None:
        """Strike so many times, with pauses of so many seconds between; every so often at the broker."""
        for number in range(1, faults + 1):
            self.rest(self._chance.uniform(*pause))
            if self._broker is not None and broker_every and number % broker_every == 0:
                self.struck["kill broker"] += 1
                self._broker.restart()
            else:
                self._strike(self._chance.choice(self._able()))

    def rest(self, seconds: float) -> None:
        """Let time pass while the fleet is tended."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            time.sleep(min(0.1, left))
            self.tend()

    def tend(self) -> None:
        """Start what has ended, let go on what was stopped for long enough."""
        for member in self._members:
            surprise = member.tend()
            if surprise is not None:
                self.surprises.append(surprise)

    def calm(self) -> None:
        """Let every member go on."""
        for member in self._members:
            member.go_on()

    def _able(self) -> list[Member]:
        """The members that can be struck; one that is stopped already must wait for its turn."""
        while not (able := [one for one in self._members if one.is_running]):
            self.rest(0.1)
        return able

    def _strike(self, member: Member) -> None:
        kind = member.name.partition("-")[0]
        fault = self._chance.choice(["kill", "kill", "stop", "stop", "term"])
        self.struck[f"{fault} {kind}"] += 1
        if fault == "kill":
            member.kill()
        elif fault == "stop":
            long = self._chance.random() < 0.5
            member.stop_for(self._chance.uniform(7, 12) if long else self._chance.uniform(1, 5))
        else:
            member.terminate()
