"""What would change between two sets: counts that add up, the same from either side, never without end."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from stream.core.judgement import Usage
from stream.core.outcome import Proposal
from stream.core.policy import PolicyResult
from stream.ops.backtest.comparison import NOTHING, Comparison, Post
from stream.ops.backtest.figures import Prices, cited_rows, shift_rows, whole_row
from stream.ops.backtest.report import Conditions, figures, page
from stream.ops.backtest.stance import Stance
from stream.ops.report import page_html

POLICIES = ("hate", "spam")
CLAUSES = ("hate/h1", "spam/s1", "spam/s2")
SECRET = "what-somebody-wrote"

stances = st.builds(
    Stance,
    proposal=st.sampled_from(list(Proposal)),
    clauses=st.lists(st.sampled_from(CLAUSES), unique=True).map(tuple),
    results=st.dictionaries(st.sampled_from(POLICIES), st.sampled_from(list(PolicyResult))),
    usage=st.builds(Usage, st.integers(0, 9), st.integers(0, 9), st.integers(0, 9)),
    restricted=st.booleans(),
)
posts = st.builds(
    Post,
    id=st.just("p"),
    version=st.just(1),
    surface=st.sampled_from(("feed", "chat")),
    language=st.sampled_from((None, "en", "de")),
    partition=st.integers(0, 3),
    offset=st.integers(0, 10**6),
    text=st.just(SECRET),
)
Judged = tuple[Post, Stance, Stance]
everything = st.lists(
    st.tuples(posts, stances, stances), max_size=30, unique_by=lambda one: (one[0].partition, one[0].offset)
)
CONDITIONS = Conditions(
    today="a", candidate="b", model="m", window="w", posts=30, wanted=30, complete=True,
    prices=Prices(prompt=1, output=2, cached=0.5),
)  # fmt: skip


def compared(judged: Sequence[Judged], examples: int = 5) -> Comparison:
    comparison = Comparison(examples)
    for post, today, candidate in judged:
        comparison.add(post, today, candidate)
    return comparison


@given(everything)
def test_the_counts_of_every_kind_add_up(judged: list[Judged]) -> None:
    """Given any posts, when they are compared, then each is counted once, in every breakdown."""
    found = compared(judged)
    assert found.posts == len(judged) == found.whole.posts + found.restricted
    assert sum(found.moves.values()) == found.whole.posts
    parted = sum(number for move, number in found.moves.items() if move[0] is not move[1])
    assert parted == found.whole.changed
    for shifts in (found.surfaces, found.languages):
        assert sum(one.posts for one in shifts.values()) == found.whole.posts
        assert sum(one.stricter for one in shifts.values()) == found.whole.stricter
        assert sum(one.milder for one in shifts.values()) == found.whole.milder
    for counts in (found.policies, found.clauses):
        assert sum(one.changed for one in counts.values()) >= found.whole.changed
        for one in counts.values():
            assert one.candidate - one.today == one.gained - one.lost
            assert one.gained + one.lost <= one.posts >= one.changed


@given(everything)
def test_the_other_way_round_everything_is_mirrored(judged: list[Judged]) -> None:
    """Given any posts, when the sets change places, then what was gained is lost, by the same chance."""
    there = compared(judged)
    back = compared([(post, candidate, today) for post, today, candidate in judged])
    assert {(then, now): number for (now, then), number in there.moves.items()} == back.moves
    assert (there.whole.stricter, there.whole.milder) == (back.whole.milder, back.whole.stricter)
    assert there.restricted == back.restricted
    assert there.usage == back.usage[::-1]
    for rows, mirrored in (
        (shift_rows(there.surfaces), shift_rows(back.surfaces)),
        (cited_rows(there.clauses), cited_rows(back.clauses)),
        ([whole_row(there)], [whole_row(back)]),
    ):
        assert [(row.name, row.posts, row.stricter, row.milder, row.chance) for row in rows] == [
            (row.name, row.posts, row.milder, row.stricter, row.chance) for row in mirrored
        ]


@given(everything, st.randoms(use_true_random=False))
def test_the_order_of_the_posts_means_nothing(judged: list[Judged], random: object) -> None:
    """Given the same posts in another order, when they are compared, then even the examples are the same."""
    other = list(judged)
    random.shuffle(other)  # type: ignore[attr-defined]  # random.Random
    assert figures(compared(judged), CONDITIONS) == figures(compared(other), CONDITIONS)


def post(number: int, **fields: str) -> Post:
    return Post(f"p{number}", 1, fields.get("surface", "feed"), "en", 0, number, SECRET)


def test_a_restricted_post_is_counted_and_nothing_else_is_kept_of_it() -> None:
    """Given a post that one set finds restricted, when it is told of, then it is a number alone."""
    bad = Stance(proposal=Proposal.REVIEW, clauses=("hate/h1",), restricted=True)
    few = replace(post(7), id="for-few-people", surface="backroom")
    found = compared([(few, Stance(proposal=Proposal.RELEASE), bad)])
    html = page_html(page(found, CONDITIONS))
    told = str(figures(found, CONDITIONS))
    assert found.restricted == 1
    for leak in ("for-few-people", "backroom", SECRET, "hate/h1"):
        assert leak not in html
        assert leak not in told


def test_memory_does_not_grow_with_the_posts() -> None:
    """Given many posts that change, when they are compared, then few examples of a move are held."""
    strict = Stance(proposal=Proposal.REMOVE, clauses=("hate/h1",))
    found = compared(
        [(post(number), Stance(proposal=Proposal.RELEASE), strict) for number in range(2_000)], 3
    )
    ((move, examples),) = found.examples()
    assert move == (Proposal.RELEASE, Proposal.REMOVE)
    assert len(examples) == 3
    assert max(one.post.offset for one in examples) > 100, "the first ones are no sample"


def test_texts_stand_behind_details_and_never_in_the_figures() -> None:
    """Given a post that changes, when the page is written, then its text is masked there, and not told."""
    strict = Stance(proposal=Proposal.REMOVE, clauses=("hate/h1",))
    found = compared([(post(1), Stance(proposal=Proposal.RELEASE), strict)])
    html = page_html(page(found, CONDITIONS))
    assert SECRET in html.partition("<details>")[2]
    assert SECRET not in html.partition("<details>")[0]
    assert SECRET not in str(figures(found, CONDITIONS))
    assert "released → removed" in html


def test_a_candidate_that_changes_only_an_action_shows_under_which_policy_and_clause() -> None:
    """Given sets that find the same, when one alone removes it, then that shows where."""
    results = {"hate": PolicyResult.VIOLATES, "spam": PolicyResult.SAFE}
    today = Stance(proposal=Proposal.REVIEW, clauses=("hate/h1",), results=results)
    same = Stance(proposal=Proposal.RELEASE, results=dict.fromkeys(POLICIES, PolicyResult.SAFE))
    judged = [(post(number), today, replace(today, proposal=Proposal.REMOVE)) for number in range(9)]
    found = compared([*judged, *((post(number), same, same) for number in range(10, 20))])
    for counts, name in ((found.policies, "hate"), (found.clauses, "hate/h1")):
        (row,) = cited_rows(counts)
        assert (row.name, row.posts, row.stricter, row.milder, row.clear) == (name, 9, 9, 0, True)
        assert (row.today, row.candidate, row.gained, row.lost) == (9, 9, 0, 0)
    html = page_html(page(found, CONDITIONS))
    assert ">hate/h1</th>" in html
    assert "hold the same" not in html


def test_a_post_that_moves_with_nothing_held_against_it_is_counted_as_such() -> None:
    """Given a policy that leaves its shadow, when what it calls safe is released, then a row says so."""
    safe = {"hate": PolicyResult.SAFE}
    today, candidate = (Stance(proposal=one, results=safe) for one in (Proposal.REVIEW, Proposal.RELEASE))
    found = compared([(post(1), today, candidate)])
    for counts in (found.policies, found.clauses):
        assert [(row.name, row.posts, row.milder) for row in cited_rows(counts)] == [(NOTHING, 1, 1)]


def test_one_clear_looking_row_among_many_is_not_clear() -> None:
    """Given 10 rows, when one of them has a chance of 3%, then with so many looked at it may be chance."""
    found = Comparison()
    stricter, same = Stance(proposal=Proposal.REMOVE), Stance(proposal=Proposal.RELEASE)
    for number in range(6):
        found.add(post(number, surface="one"), same, stricter)
    assert shift_rows(found.surfaces)[0].chance == pytest.approx(0.03125)
    assert shift_rows(found.surfaces)[0].clear
    for number in range(9):
        found.add(post(number, surface=f"other-{number}"), same, same)
    (row,) = [row for row in shift_rows(found.surfaces) if row.name == "one"]
    assert not row.clear


def test_cached_tokens_have_their_own_price() -> None:
    """Given prices, when tokens are counted, then those from the cache cost less."""
    assert Prices(prompt=10, output=20, cached=1).of(Usage(1_000_000, 900_000, 100_000)) == pytest.approx(3.9)
