"""What answers have said of cases that are not judged to their end, so that no deadline loses it."""

from collections.abc import Sequence

from msgspec import Struct

from stream.core.actions import is_urgent
from stream.core.case import RoutedCase
from stream.core.judgement import Judgement
from stream.core.policy.policy_set import PolicySet
from stream.core.weighing import restricts

REMEMBERED = 10_000
"""Cases, the last ones; far more than a window holds."""


class Alarm(Struct, frozen=True):
    """Whether a life may be in danger; whether few people may see it."""

    urgent: bool = False
    restricted: bool = False


class Alarms:
    """Heard on the event loop, asked on the thread that owns Kafka: each step is one of a dict."""

    def __init__(self) -> None:
        self._heard: dict[tuple[str, str], Alarm] = {}

    def hear(self, case: RoutedCase, judgements: Sequence[Judgement], policies: PolicySet) -> None:
        """Remember what these answers say, if it is an alarm."""
        before = self.of(case)
        known = policies.policies
        urgent = before.urgent or is_urgent(case.policies, judgements, policies)
        restricted = before.restricted or any(
            restricts(one, known[one.policy]) for one in judgements if one.policy in known
        )
        if urgent or restricted:
            self._heard[case.id, case.case] = Alarm(urgent, restricted)
            while len(self._heard) > REMEMBERED:
                self._heard.pop(next(iter(self._heard)), None)

    def of(self, case: RoutedCase) -> Alarm:
        """What was heard of a case."""
        return self._heard.get((case.id, case.case), Alarm())

    def forget(self, case: RoutedCase) -> None:
        """The case has its outcome."""
        self._heard.pop((case.id, case.case), None)
