"""Nobody hears of what is asked in a trial: it is no traffic."""

from stream.core.cascade import Why
from stream.core.judgement import Usage
from stream.core.policy import PolicyResult
from stream.core.policy.calibration import Lapse
from stream.core.terms import Effort


class Silence:
    """Implements `stream.ports.JudgeObserver`."""

    def judged(self, proposal: str, seconds: float, text: int = 0) -> None:
        """See `stream.ports.JudgeObserver`."""

    def canary(self, fate: str) -> None:
        """See `stream.ports.JudgeObserver`."""

    def used(self, usage: Usage, effort: Effort, why: Why) -> None:
        """See `stream.ports.JudgeObserver`."""

    def failed(self, check: str, policy: str) -> None:
        """See `stream.ports.JudgeObserver`."""

    def audited(self, policy: str, result: PolicyResult) -> None:
        """See `stream.ports.JudgeObserver`."""

    def unanswerable(self, reason: str) -> None:
        """See `stream.ports.JudgeObserver`."""

    def lapsed(self, policy: str, what: Lapse) -> None:
        """See `stream.ports.JudgeObserver`."""
