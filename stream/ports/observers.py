"""What the processors tell of their work, for metrics. A record that is run again is told of again."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from stream.core.cascade import Why
from stream.core.judgement import Usage
from stream.core.ledger import Summary
from stream.core.policy import PolicyResult
from stream.core.policy.calibration import Lapse
from stream.core.terms import Effort


class GateObserver(Protocol):
    """Hears of the gate's steps."""

    def stepped(self, note: str, text: int = 0) -> None:
        """One event was applied; the lifecycle's note says what it did (held, repeat, dropped:closed …).

        `text` is how many bytes of text it gave to machines.
        """

    def decided(self, decision: str, by: str, seconds: float) -> None:
        """A verdict closed a case that had been open for `seconds`."""

    def urgent(self, overdue: bool) -> None:
        """People were asked where a life may be in danger, or (`overdue`) have not answered in time."""

    def braked(self, policies: Sequence[str], surface: str) -> None:
        """A machine's removal under these policies went to people instead: there were too many."""

    def refused(self, error: str) -> None:
        """A record went to the dead letters."""


class TriageObserver(Protocol):
    """Hears of triage's routing."""

    def routed(self, lane: str) -> None:
        """A case went to a lane of the judge."""

    def escalated(self, reason: str) -> None:
        """A case went to people at once."""

    def ruled(self, rule: str) -> None:
        """An operator's rule took a case."""


class LedgerObserver(Protocol):
    """Hears of the ledger's folds."""

    def folded(self, topic: str) -> None:
        """A record of this topic (without prefix) changed an entry."""

    def repeated(self) -> None:
        """A record was in its entry already."""

    def reported(self, obstacle: str, behind: Mapping[str, int]) -> None:
        """About once a second.

        Args:
            obstacle: why the ledger cannot be believed yet; empty where it can.
            behind: offsets that it has not folded, by topic (without prefix).
        """

    def counted(self, summary: Summary, seconds: float) -> None:
        """All entries were looked through, which took so many seconds."""

    def refused(self, error: str) -> None:
        """A record went to the dead letters."""


class JudgeObserver(Protocol):
    """Hears of the judge's answers."""

    def judged(self, proposal: str, seconds: float, text: int = 0) -> None:
        """A case was answered, `seconds` after it was opened; `text` bytes of text were judged for it."""

    def canary(self, fate: str) -> None:
        """A canary was answered, in place of `judged`: `caught`, `missed` or `unsure`."""

    def used(self, usage: Usage, effort: Effort, why: Why) -> None:
        """Tokens of one answer, at this effort, and why it was asked for."""

    def failed(self, check: str, policy: str) -> None:
        """An answer under a policy did not pass a check."""

    def unanswerable(self, reason: str) -> None:
        """The engine can never answer a question; `reason` is its own words, none of a post's."""

    def audited(self, policy: str, result: PolicyResult) -> None:
        """What a release at less than high effort came to when it was judged again at high effort."""

    def lapsed(self, policy: str, what: Lapse) -> None:
        """An answer only recommends what its policy was granted: this is not as it was calibrated."""


class ShadowObserver(JudgeObserver, Protocol):
    """Hears of the answers of the judge's shadow."""

    def passed_over(self, why: str) -> None:
        """A case was not judged.

        Why: `canary`, `narrower`, `not_drawn`, `people`, `same_set`, `unanswered`, `unreadable`.
        """
