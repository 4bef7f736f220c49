"""Which decisions are to be undone, and how."""

from enum import StrEnum

from msgspec import Struct

from stream.core.terms import DecidedBy, Decision
from stream.core.verdict import Verdict

_BY = (DecidedBy.MODEL, DecidedBy.TIMEOUT)
"""Those whose decisions a set answers for."""


class Wanted(Struct, frozen=True, kw_only=True):
    """Decisions to be undone: a model's or time's under this set, from `begin` until before `end` (ms).

    `policy`: a removal cites a clause of it; a release was asked about it. None does not matter.
    """

    digest: str
    begin: int
    end: int
    decision: Decision | None = None
    policy: str | None = None
    surface: str | None = None

    @property
    def needs_routes(self) -> bool:
        """Whether verdicts alone do not tell."""
        return self.policy is not None or self.surface is not None

    def takes(self, verdict: Verdict) -> bool:
        """Whether a verdict is among them, as far as it tells itself."""
        if verdict.decided_by not in _BY or verdict.policy_set != self.digest:
            return False
        decided = verdict.decision in (Decision.RELEASE, Decision.REMOVE)
        return decided and self.decision in (None, verdict.decision) and self.begin <= verdict.at < self.end


class Action(StrEnum):
    """What becomes of one decision."""

    RESTORE = "restore"
    JUDGE_AGAIN = "judge again"
    FOR_FEW = "leave to few people"
    NAMELESS = "leave: the text is not known"


class Way(Struct, frozen=True, kw_only=True):
    """How it is undone, and by whom.

    `judge_again`: removals too are judged again, instead of restored. `hide`: releases are hidden meanwhile.
    """

    by: str
    reason: str
    ticket: str
    judge_again: bool = False
    hide: bool = False

    def action(self, verdict: Verdict) -> Action:
        """What becomes of this decision.

        Nobody restores in bulk what few people may see, nor what time removed: a model recommended that.
        """
        if verdict.digest is None:
            return Action.NAMELESS
        by_time = verdict.decided_by is DecidedBy.TIMEOUT
        if verdict.decision is Decision.RELEASE or self.judge_again or by_time:
            return Action.JUDGE_AGAIN
        return Action.FOR_FEW if verdict.restricted else Action.RESTORE
