"""What the ledger answers over HTTP, and how the parts of several workers become one answer."""

from collections.abc import Iterable, Sequence

from msgspec import Struct

from stream.core.ledger.hold_times import HoldTimes
from stream.core.ledger.overdue import OverdueCase
from stream.core.ledger.summary import Summary, Tokens, Waiting


class Count(Struct, frozen=True):
    """What one worker found in its last census: counts, and its most overdue cases in order.

    `behind`: how many offsets of the topics it had not folded then.
    """

    summary: Summary
    overdue: tuple[OverdueCase, ...] = ()
    behind: int = 0


class Percentiles(Struct, frozen=True):
    """Times in seconds, told at most a tenth too long; None without any."""

    count: int
    p50: float | None
    p90: float | None
    p99: float | None


class PolicyAnswer(Struct, frozen=True):
    """One policy's cases: `held` now, `released` and `removed` within the ledger's retention."""

    held: int
    released: int
    removed: int
    time_in_hold: Percentiles


class SummaryAnswer(Struct, frozen=True, kw_only=True):
    """Counts over everything the ledger holds, as of `at` (ms).

    `behind`: offsets of the topics that were not read then; a few are usual where posts come in.
    `missing` names workers that did not answer, and partitions that none tells of: what they hold is not
    counted.
    """

    at: int
    entries: int
    contents: dict[str, int]
    open: int
    overdue: int
    with_people: int
    waiting: tuple[Waiting, ...]
    policies: dict[str, PolicyAnswer]
    decided_by: dict[str, int]
    time_in_hold: Percentiles
    tokens: Tokens
    behind: int = 0
    missing: tuple[str, ...] = ()


class OverdueAnswer(Struct, frozen=True, kw_only=True):
    """The most overdue cases first, out of the 1,000 most overdue of each worker.

    `total` of them in all, whatever was asked for; `behind` and `missing` as above.
    """

    at: int
    total: int
    cases: tuple[OverdueCase, ...]
    behind: int = 0
    missing: tuple[str, ...] = ()


class Problem(Struct, frozen=True):
    """Why there is no answer."""

    error: str


class Health(Struct, frozen=True, kw_only=True):
    """Whether this worker may be believed: `ready` once its tables are recovered, `behind` as above."""

    ready: bool
    partitions: tuple[int, ...]
    entries: int
    behind: int = 0
    why: str = ""


class Wanted(Struct, frozen=True, kw_only=True):
    """Which overdue cases are asked for; None does not matter."""

    surface: str | None = None
    policy: str | None = None
    limit: int = 100

    def takes(self, case: OverdueCase) -> bool:
        """Whether a case is among them."""
        return self.surface in (None, case.surface) and (self.policy is None or self.policy in case.policies)


def summary_of(counts: Iterable[Count], missing: Sequence[str] = ()) -> SummaryAnswer:
    """One answer from the censuses of all workers; at least one."""
    total, behind = Summary(), 0
    for index, count in enumerate(counts):
        if index == 0:
            total.at = count.summary.at
        total.merge(count.summary)
        behind += count.behind
    return SummaryAnswer(
        at=total.at,
        entries=total.entries,
        contents=dict(sorted(total.contents.items())),
        open=total.open,
        overdue=total.overdue,
        with_people=total.with_people,
        waiting=tuple(sorted(total.waiting.values(), key=lambda row: (row.surface, row.policy, row.stage))),
        policies={
            policy: PolicyAnswer(tally.held, tally.released, tally.removed, _percentiles(tally.time_in_hold))
            for policy, tally in sorted(total.policies.items())
        },
        decided_by=dict(sorted(total.decided_by.items())),
        time_in_hold=_percentiles(total.time_in_hold),
        tokens=total.tokens,
        behind=behind,
        missing=tuple(missing),
    )


def overdue_cases(counts: Sequence[Count], wanted: Wanted, missing: Sequence[str] = ()) -> OverdueAnswer:
    """The most overdue of all workers' cases, at most as many as are wanted."""
    cases = [case for count in counts for case in count.overdue if wanted.takes(case)]
    return OverdueAnswer(
        at=min((count.summary.at for count in counts), default=0),
        total=sum(count.summary.overdue for count in counts),
        cases=tuple(sorted(cases, key=lambda case: (case.due, case.id))[: wanted.limit]),
        behind=sum(count.behind for count in counts),
        missing=tuple(missing),
    )


def _percentiles(times: HoldTimes) -> Percentiles:
    return Percentiles(times.total, times.percentile(0.5), times.percentile(0.9), times.percentile(0.99))
