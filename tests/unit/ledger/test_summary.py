"""Counts over entries, and the sum of several workers' counts."""

import random
import time

from hypothesis import given
from hypothesis import strategies as st
from msgspec import json
from msgspec.structs import replace

from stream.core.judgement import Usage
from stream.core.ledger import (
    ContentEntry,
    Count,
    OverdueCase,
    Summary,
    Wanted,
    overdue_cases,
    overdue_of,
    summary_of,
)
from stream.core.ledger.hold_times import HoldTimes
from stream.core.terms import Decision, Stage
from tests.unit.ledger.lives import (
    AT,
    MINUTE,
    asked,
    closed,
    decided,
    folded,
    hold,
    judged,
    routed,
)  # fmt: skip

NOW = AT + 2 * MINUTE
MOST = 2**31 - 1
LIVES = {
    "held": folded([hold()]),
    "routed": folded([hold(), routed()]),
    "released": folded([hold(), routed(), judged(), closed(), decided()]),
    "removed": folded(
        [
            hold(),
            routed(surface="feed"),
            judged(),
            closed(decision=Decision.REMOVE, clauses=("spam/s1",)),
            decided(decision=Decision.REMOVE),
        ]
    ),
    "with people": folded([hold(stage=Stage.PEOPLE), routed(lane="people"), asked()]),
}


def counted(entries: list[ContentEntry]) -> Count:
    summary = Summary(at=NOW)
    overdue: list[OverdueCase] = []
    for number, entry in enumerate(entries):
        summary.add(entry)
        overdue += overdue_of(f"post-{number}", entry, NOW)
    return Count(summary, tuple(overdue))


def test_contents_are_counted_where_they_stand() -> None:
    answer = summary_of([counted(list(LIVES.values()))])
    assert answer.entries == 5
    assert answer.contents == {"automatic": 2, "people": 1, "release": 1, "remove": 1}
    assert (answer.open, answer.overdue) == (3, 2)
    assert answer.decided_by == {"model": 2}
    assert (answer.tokens.prompt, answer.tokens.cached, answer.tokens.output) == (200, 160, 40)


def test_a_case_counts_under_each_of_its_policies_and_a_removal_under_those_it_cites() -> None:
    policies = summary_of([counted(list(LIVES.values()))]).policies
    told = {name: (one.held, one.released, one.removed) for name, one in policies.items()}
    assert told == {"harassment": (1, 1, 0), "spam": (1, 1, 1), "unrouted": (2, 0, 0)}


def test_what_waits_is_told_by_surface_policy_stage_and_age() -> None:
    rows = summary_of([counted([LIVES["held"], LIVES["routed"]])]).waiting
    assert [(row.surface, row.policy, row.stage.value, row.open, row.overdue) for row in rows] == [
        ("chat", "harassment", "automatic", 1, 1),
        ("chat", "spam", "automatic", 1, 1),
        ("unrouted", "unrouted", "automatic", 1, 1),
    ]
    assert rows[0].oldest_seconds == 120.0
    assert rows[0].ages == {"10m": 1}


@given(st.lists(st.sampled_from(list(LIVES.values())), max_size=12), st.randoms(use_true_random=False))
def test_the_sum_of_parts_is_the_whole(entries: list[ContentEntry], chance: random.Random) -> None:
    # Given entries on three workers
    parts: list[list[ContentEntry]] = [[], [], []]
    for entry in entries:
        chance.choice(parts).append(entry)
    # Then their answers together are what one worker with all of them would say
    assert summary_of([counted(part) for part in parts]) == summary_of([counted(entries)])


def test_the_most_overdue_come_first_and_only_those_asked_for() -> None:
    counts = [counted([LIVES["routed"], LIVES["held"]]), counted([LIVES["routed"]])]
    assert overdue_cases(counts, Wanted()).total == 3
    assert len(overdue_cases(counts, Wanted(limit=2)).cases) == 2
    chat = overdue_cases(counts, Wanted(surface="chat", policy="spam")).cases
    assert [case.surface for case in chat] == ["chat", "chat"]
    assert chat[0].overdue_seconds == 60.0


def test_a_count_crosses_from_one_worker_to_another_as_it_is() -> None:
    count = counted(list(LIVES.values()))
    assert json.decode(json.encode(count), type=Count) == count


def test_sums_of_the_largest_counts_cross_too() -> None:
    # Given answers that name as many tokens as one may
    most = replace(judged(), usage=Usage(MOST, MOST, MOST))
    count = counted(50_000 * [folded([most])])
    # Then their sum is a number that anybody's JSON can hold
    told = json.decode(json.encode(count), type=Count)
    assert told.summary.tokens.prompt == 50_000 * MOST < 2**53


def test_an_entry_is_counted_as_fast_among_many_surfaces_as_among_few() -> None:
    few, many = (_seconds_of_counting(surfaces) for surfaces in (40, 4_000))
    assert many < 10 * few


def _seconds_of_counting(surfaces: int) -> float:
    """Processor time of counting 4,000 entries on so many surfaces."""
    entries = [folded([hold(), routed(surface=f"s-{number % surfaces}")]) for number in range(4_000)]
    summary = Summary(at=NOW)
    began = time.process_time()
    for entry in entries:
        summary.add(entry)
    return time.process_time() - began


def test_a_worker_that_does_not_answer_is_named() -> None:
    assert summary_of([counted([])], ["ledger-1:6066"]).missing == ("ledger-1:6066",)


@given(st.lists(st.floats(0.001, 100_000), min_size=1, max_size=200), st.sampled_from([0.5, 0.9, 0.99, 1.0]))
def test_percentiles_are_told_at_most_a_tenth_too_long(seconds: list[float], share: float) -> None:
    times = HoldTimes()
    for one in seconds:
        times.add(one)
    ordered = sorted(seconds)
    rank = next(index for index in range(len(ordered)) if index + 1 >= share * len(ordered) - 1e-9)
    told = times.percentile(share)
    assert told is not None
    assert ordered[rank] * 0.999 <= told <= ordered[rank] * 1.1001


def test_no_holds_have_no_percentile() -> None:
    assert HoldTimes().percentile(0.5) is None
