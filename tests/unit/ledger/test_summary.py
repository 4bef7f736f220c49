"""Counts over entries, and the sum of several workers' counts."""

import random

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


def test_what_waits_is_kept_by_its_surface_policy_and_stage() -> None:
    # Given entries on so many surfaces that looking each one's row up by turns would take minutes
    summary = Summary(at=NOW)
    for number in range(4_000):
        summary.add(folded([hold(), routed(surface=f"s-{number % 2_000}")]))
    # Then each surface has one row for each policy, found under its name
    assert len(summary.waiting) == 2 * 2_000
    assert {row.open for row in summary.waiting.values()} == {2}
