"""What the demo has seen so far. Pure: events go in with the time they were seen, figures come out."""

from collections import Counter, deque
from collections.abc import Sequence

from msgspec import Struct

from stream.core.audit import CaseJudged
from stream.core.case import ReviewClosed, ReviewTask
from stream.core.content import ContentEvent, Deleted, Edited, Published
from stream.core.printable import printable
from stream.core.terms import Decision, Stage
from stream.core.verdict import Verdict
from stream.ops.wording import standing

RECENT = 12


class Line(Struct, frozen=True):
    """One verdict as the live view shows it; `text` is masked before it comes here."""

    at: int
    id: str
    version: int
    decision: str
    by: str
    detail: str
    text: str


class Percentiles(Struct, frozen=True):
    """A distribution in milliseconds; `count` 0 means that there was nothing to measure."""

    count: int
    p50: float = 0.0
    p99: float = 0.0


class Tally:
    """Counts, latencies and the last verdicts of one run."""

    def __init__(self) -> None:
        self.sent = Counter[str]()
        self.decisions = Counter[str]()
        self.decided_by = Counter[str]()
        self.by_policy = Counter[tuple[str, str]]()
        self.recent: deque[Line] = deque(maxlen=RECENT)
        self.questions = 0
        self.prompt_tokens = 0
        self.output_tokens = 0
        self.shown: int | None = None
        """Posts that a reader which follows the one rule shows; None before it was asked."""
        self._due_to_hide: dict[tuple[str, int, str], int] = {}
        self._masked: dict[str, str] = {}
        self._newest: dict[str, tuple[int, str]] = {}
        self._last: dict[str, Verdict] = {}
        self._held_at: dict[tuple[str, int, str | None], int] = {}
        self._with_people: dict[str, str] = {}
        self._hide: list[float] = []
        self._hold: list[float] = []

    def published(self, event: ContentEvent, at: int) -> None:
        """An event was sent to `content`, `at` being its intended time in ms.

        A hold is due for what the contract calls new: a higher version, or the same with another text.
        """
        self.sent[type(event).__name__.lower()] += 1
        version, digest = self._newest.get(event.id, (0, ""))
        if isinstance(event, Published | Edited):
            self._masked[event.id] = masked(event.text)
            if event.version > version or (event.version == version and digest not in ("", event.digest)):
                self._newest[event.id] = (event.version, event.digest)
                self._due_to_hide.setdefault((event.id, event.version, event.digest), at)
        elif isinstance(event, Deleted):
            self._newest[event.id] = (max(event.version, version), "")

    def verdict(self, verdict: Verdict, seen_at: int) -> None:
        """A `read_committed` reader saw a verdict at `seen_at` (ms)."""
        before = self._last.get(verdict.id)
        self._last[verdict.id] = verdict
        key = (verdict.id, verdict.version, verdict.digest)
        if verdict.decision is Decision.HOLD:
            self._held(verdict, key, seen_at)
        elif verdict.decision in (Decision.RELEASE, Decision.REMOVE):
            self._decided(verdict, key)
        restated = before is not None and (before.decision, before.version) == (
            verdict.decision,
            verdict.version,
        )
        if not (verdict.decision is Decision.HOLD and restated and verdict.stage is Stage.AUTOMATIC):
            self.recent.append(self._line(verdict, seen_at))

    def review(self, event: ReviewTask | ReviewClosed) -> None:
        """A case came to people, or left them."""
        if isinstance(event, ReviewTask):
            self._with_people[event.case] = event.id
        else:
            self._with_people.pop(event.case, None)

    def judged(self, event: CaseJudged) -> None:
        """The judge answered a case."""
        self.questions += len(event.asks)
        for judgement in event.confidential.judgements if event.confidential is not None else ():
            self.by_policy[judgement.policy, judgement.result.value] += 1
        self.prompt_tokens += event.usage.prompt
        self.output_tokens += event.usage.output

    @property
    def contents(self) -> int:
        """Distinct ids that were published and have a verdict."""
        return sum(content_id in self._masked for content_id in self._last)

    @property
    def expected(self) -> int:
        """Distinct ids that were published."""
        return len(self._masked)

    @property
    def is_hidden(self) -> bool:
        """Whether the hold of every version that was sent has been seen."""
        return not self._due_to_hide

    @property
    def held(self) -> int:
        """Ids whose last verdict is a hold."""
        return sum(verdict.decision is Decision.HOLD for verdict in self._last.values())

    @property
    def waiting_for_machines(self) -> int:
        """Ids that the automatic stage still holds."""
        return sum(
            verdict.decision is Decision.HOLD and verdict.stage is Stage.AUTOMATIC
            for verdict in self._last.values()
        )

    @property
    def with_people(self) -> int:
        """Cases that sit in front of a person."""
        return len(self._with_people)

    @property
    def an_id(self) -> str:
        """An id that has something to tell: one that waits for people, else any."""
        return next(iter(self._with_people.values()), next(iter(self._last), "ID"))

    def newest(self) -> list[tuple[str, int, str]]:
        """Id, version and digest of the newest version of everything published."""
        return [(content_id, *newest) for content_id, newest in self._newest.items()]

    def now(self, decision: Decision) -> int:
        """How many ids stand at this decision."""
        return sum(verdict.decision is decision for verdict in self._last.values())

    @property
    def is_settled(self) -> bool:
        """Whether every published id is decided or with people, each in its newest version."""
        return self.is_hidden and self.contents >= self.expected and self.waiting_for_machines == 0

    def time_to_hide(self) -> Percentiles:
        """From the intended send time to the hold as a reader sees it."""
        return percentiles(self._hide)

    def time_in_hold(self) -> Percentiles:
        """From the hold to the release or removal of that version."""
        return percentiles(self._hold)

    def _held(self, verdict: Verdict, key: tuple[str, int, str | None], seen_at: int) -> None:
        self._held_at.setdefault(key, verdict.at)
        if verdict.digest is None:
            return
        sent = self._due_to_hide.pop((verdict.id, verdict.version, verdict.digest), None)
        if sent is not None:
            self._hide.append(seen_at - sent)

    def _decided(self, verdict: Verdict, key: tuple[str, int, str | None]) -> None:
        self.decisions[verdict.decision.value] += 1
        self.decided_by[verdict.decided_by.value if verdict.decided_by is not None else "unknown"] += 1
        held_at = self._held_at.pop(key, None)
        if held_at is not None:
            self._hold.append(verdict.at - held_at)

    def _line(self, verdict: Verdict, seen_at: int) -> Line:
        by = verdict.decided_by.value if verdict.decided_by is not None else ""
        return Line(
            at=seen_at,
            id=verdict.id,
            version=verdict.version,
            decision=standing(verdict),
            by=by,
            detail="restricted" if verdict.restricted else ", ".join(verdict.clauses) or verdict.reason,
            text="" if verdict.restricted else self._masked.get(verdict.id, ""),
        )


def masked(text: str) -> str:
    """A text as a terminal may show it: its first letter and its length."""
    first = printable(text.strip()[:1])
    return f"{first}{'•' * min(len(text.strip()), 12)} ({len(text)})"


def percentiles(values: Sequence[float]) -> Percentiles:
    """The nearest-rank median and 99th percentile."""
    if not values:
        return Percentiles(0)
    ordered = sorted(values)
    last = len(ordered) - 1
    return Percentiles(len(ordered), ordered[round(last * 0.5)], ordered[round(last * 0.99)])
