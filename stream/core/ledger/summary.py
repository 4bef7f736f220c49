"""Counts over entries: what waits, for how long, and what was decided, by policy. Sums of parts are exact."""

from collections.abc import Iterable

from msgspec import Struct, field

from stream.core.ledger.case_entry import CaseEntry
from stream.core.ledger.entry import ContentEntry
from stream.core.ledger.hold_times import HoldTimes, merge_counts
from stream.core.terms import Decision, Effect, Stage

UNROUTED = "unrouted"
"""Stands for the surface and the policy of a case that triage has not seen, or found no policy for."""

AGES = (("1m", 60), ("10m", 600), ("1h", 3_600), ("1d", 86_400))
"""Bands of age by their upper bounds (s); what is older is `older`."""


class Waiting(Struct, kw_only=True):
    """The open cases of one surface, policy and stage. Ages in seconds since a case was opened."""

    surface: str
    policy: str
    stage: Stage
    open: int = 0
    overdue: int = 0
    oldest_seconds: float = 0.0
    ages: dict[str, int] = {}

    def add(self, case: CaseEntry, now: int) -> None:
        """Count one case."""
        age = max(0, now - case.opened_at) / 1_000
        self.open += 1
        self.overdue += is_overdue(case, now)
        self.oldest_seconds = max(self.oldest_seconds, age)
        band = next((name for name, bound in AGES if age < bound), "older")
        self.ages[band] = self.ages.get(band, 0) + 1

    def merge(self, other: "Waiting") -> None:
        """Count another's cases too."""
        self.open += other.open
        self.overdue += other.overdue
        self.oldest_seconds = max(self.oldest_seconds, other.oldest_seconds)
        merge_counts(self.ages, other.ages)


class PolicyTally(Struct, kw_only=True):
    """What one policy's cases came to. A case that several policies judged counts under each.

    `held`: hidden by an open case now. `released`, `removed`: by a published decision; a removal counts
    under the policies whose clauses it cites, where it cites any.
    """

    held: int = 0
    released: int = 0
    removed: int = 0
    time_in_hold: HoldTimes = field(default_factory=HoldTimes)

    def merge(self, other: "PolicyTally") -> None:
        """Count another's cases too."""
        self.held += other.held
        self.released += other.released
        self.removed += other.removed
        self.time_in_hold.merge(other.time_in_hold)


class Tokens(Struct):
    """Tokens of all answers; `cached` of the prompts' came from the prefix cache."""

    prompt: int = 0
    cached: int = 0
    output: int = 0

    def add(self, prompt: int, cached: int, output: int) -> None:
        """Count some."""
        self.prompt += prompt
        self.cached += cached
        self.output += output


class Summary(Struct, kw_only=True):
    """Counts over the entries of some partitions, as of `at` (ms).

    Attributes:
        contents: by where they stand: `automatic`, `people`, `release`, `remove`, `deleted`; `unknown`
            before their first verdict.
        open: cases that wait, `overdue` of them beyond their due time, `with_people` in front of people.
        waiting: by surface, policy and stage, in one string: this travels as JSON.
        decided_by: published decisions, by who or what made them.
    """

    at: int = 0
    entries: int = 0
    contents: dict[str, int] = {}
    open: int = 0
    overdue: int = 0
    with_people: int = 0
    waiting: dict[str, Waiting] = {}
    policies: dict[str, PolicyTally] = {}
    decided_by: dict[str, int] = {}
    time_in_hold: HoldTimes = field(default_factory=HoldTimes)
    tokens: Tokens = field(default_factory=Tokens)

    def add(self, entry: ContentEntry) -> None:
        """Count one content."""
        self.entries += 1
        stands = stands_at(entry)
        self.contents[stands] = self.contents.get(stands, 0) + 1
        for case in entry.cases:
            self._judged(case)
            if case.is_open:
                self._waiting(case)
            else:
                self._closed(case)

    def merge(self, other: "Summary") -> None:
        """Count another part's contents too; `at` becomes the earlier of both."""
        self.at = min(self.at, other.at)
        self.entries += other.entries
        merge_counts(self.contents, other.contents)
        self.open += other.open
        self.overdue += other.overdue
        self.with_people += other.with_people
        for row in other.waiting.values():
            self._row(row.surface, row.policy, row.stage).merge(row)
        for policy, tally in other.policies.items():
            self._tally(policy).merge(tally)
        merge_counts(self.decided_by, other.decided_by)
        self.time_in_hold.merge(other.time_in_hold)
        self.tokens.add(other.tokens.prompt, other.tokens.cached, other.tokens.output)

    def _judged(self, case: CaseEntry) -> None:
        if case.judged is not None:
            self.tokens.add(case.judged.prompt, case.judged.cached, case.judged.output)

    def _waiting(self, case: CaseEntry) -> None:
        self.open += 1
        self.overdue += is_overdue(case, self.at)
        self.with_people += case.stage is Stage.PEOPLE
        for policy in case.policies or (UNROUTED,):
            self._row(case.surface or UNROUTED, policy, case.stage).add(case, self.at)
            if case.effect is Effect.HIDE:
                self._tally(policy).held += 1

    def _closed(self, case: CaseEntry) -> None:
        closed, seconds = case.closed, case.seconds_in_hold
        if closed is None or not closed.published:
            return
        by = closed.decided_by.value if closed.decided_by is not None else "unknown"
        self.decided_by[by] = self.decided_by.get(by, 0) + 1
        if seconds is not None:
            self.time_in_hold.add(seconds)
        for policy in _decided_under(case, closed.decision, closed.clauses):
            tally = self._tally(policy)
            tally.released += closed.decision is Decision.RELEASE
            tally.removed += closed.decision is Decision.REMOVE
            if seconds is not None:
                tally.time_in_hold.add(seconds)

    def _row(self, surface: str, policy: str, stage: Stage) -> Waiting:
        name = f"{surface} {policy} {stage.value}"
        row = self.waiting.get(name)
        if row is None:
            row = self.waiting[name] = Waiting(surface=surface, policy=policy, stage=stage)
        return row

    def _tally(self, policy: str) -> PolicyTally:
        return self.policies.setdefault(policy, PolicyTally())


def is_overdue(case: CaseEntry, now: int) -> bool:
    """Whether an open case is beyond its due time."""
    return case.is_open and case.due is not None and case.due <= now


def stands_at(entry: ContentEntry) -> str:
    """In a word, where a content is now."""
    standing = entry.standing
    if standing is None:
        return "unknown"
    if standing.decision is Decision.HOLD:
        return (standing.stage or Stage.AUTOMATIC).value
    return standing.decision.value


def _decided_under(case: CaseEntry, decision: Decision | None, clauses: Iterable[str]) -> tuple[str, ...]:
    cited = tuple(dict.fromkeys(clause.partition("/")[0] for clause in clauses))
    if decision is Decision.REMOVE and cited:
        return cited
    return case.policies or (UNROUTED,)
