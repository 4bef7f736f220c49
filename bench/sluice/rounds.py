"""Times a judge round by round, from its own runner's words."""

import time

from bench.errand import tell
from stream.core.cascade import Why
from stream.core.judgement import Usage
from stream.core.policy import PolicyResult
from stream.core.policy.calibration import Lapse
from stream.core.terms import Effort
from stream.runtime.concurrent import Ending, Silent, Tally


class Rounds(Silent):
    """Times rounds of `count` cases, from the first one's admission to the last one's outcome on disk."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._ended = 0
        self._begun: float | None = None
        self._tokens = 0

    def tally(self, lane: str, what: Tally, count: int = 1) -> None:  # noqa: ARG002 - the port
        """See `stream.runtime.concurrent.Observer`."""
        if what is Tally.ADMITTED and self._begun is None:
            self._begun = time.perf_counter()

    def ended(self, lane: str, ending: Ending, seconds: float) -> None:  # noqa: ARG002 - the port
        """See `stream.runtime.concurrent.Observer`."""
        if ending is not Ending.COMPLETED:
            raise AssertionError(f"a case ended {ending} after {seconds:.1f} s")
        self._ended += 1
        if self._ended == self._count and self._begun is not None:
            tell("result", output_tokens=self._tokens, seconds=time.perf_counter() - self._begun)
            self._ended, self._tokens, self._begun = 0, 0, None

    def judged(self, proposal: str, seconds: float, text: int = 0) -> None:
        """See `stream.ports.JudgeObserver`."""

    def canary(self, fate: str) -> None:
        """See `stream.ports.JudgeObserver`."""

    def used(self, usage: Usage, effort: Effort, why: Why) -> None:  # noqa: ARG002 - the port
        """See `stream.ports.JudgeObserver`."""
        self._tokens += usage.output

    def failed(self, check: str, policy: str) -> None:
        """Random weights give random answers; people get those."""

    def unanswerable(self, reason: str) -> None:
        """See `stream.ports.JudgeObserver`."""

    def audited(self, policy: str, result: PolicyResult) -> None:
        """See `stream.ports.JudgeObserver`."""

    def lapsed(self, policy: str, what: Lapse) -> None:
        """See `stream.ports.JudgeObserver`."""
