"""What a set lets time decide, and what it never does."""

import pytest
from msgspec.structs import replace

from stream.core.case import ReviewClosed, ReviewTask
from stream.core.step import DAY, MINUTE, Overdue, Terms
from stream.core.terms import DecidedBy, Decision
from stream.core.verdict import CaseClosed, Notice, OutcomeDropped, Verdict
from tests.unit.lifecycle.alphabet import RELEASING, REMOVING, WARY, recommending
from tests.unit.lifecycle.post import RELEASE, REMOVE, Post, only

HOLDING = Terms()


def doubted(terms: Terms, reason: str = "") -> Post:
    """A post that the model asks people to remove."""
    post = Post(terms)
    post.publish()
    post.happens(replace(recommending(post.case.id, 1, reason), id="p1"))
    return post


def unanswered(terms: Terms) -> Post:
    """A post that no machine said anything about in time."""
    post = Post(terms)
    post.publish()
    post.passes(terms.automatic)
    return post


def test_a_set_that_says_nothing_leaves_a_hold_with_people() -> None:
    post = doubted(HOLDING)

    outputs = post.passes(DAY)

    assert [one.overdue for one in only(ReviewTask, outputs)] == [1]
    assert post.known.decision is Decision.HOLD


def test_time_removes_where_the_set_says_so_and_tells_the_author_in_human_words() -> None:
    # Given a post that the model asks people to remove / When their time is over
    post = doubted(REMOVING)
    outputs = post.passes(DAY)
    # Then the verdict says that time decided, under which set
    verdict, *_rest = outputs
    assert isinstance(verdict, Verdict)
    assert (verdict.decision, verdict.decided_by) == (Decision.REMOVE, DecidedBy.TIMEOUT)
    assert (verdict.policy_set, verdict.reason) == (REMOVING.policy_set, "people did not decide in time")
    # And people no longer have it, the record says so, and the author may appeal
    assert len(only(CaseClosed, outputs)) == len(only(ReviewClosed, outputs)) == 1
    (notice,) = only(Notice, outputs)
    assert (notice.texts, notice.automated, notice.may_appeal) == ({"overdue:en": "Late."}, True, True)


def test_time_releases_only_what_no_machine_doubted() -> None:
    post = unanswered(RELEASING)
    (verdict, *_rest) = post.passes(DAY)
    assert isinstance(verdict, Verdict)
    assert (verdict.decision, verdict.decided_by) == (Decision.RELEASE, DecidedBy.TIMEOUT)
    assert post.is_shown(1)

    post = doubted(RELEASING)
    post.passes(DAY)
    assert post.known.decision is Decision.HOLD


def test_time_removes_only_what_a_machine_recommends_to_remove() -> None:
    # Given posts about which no machine spoke, one was unsure, and one would offer help
    silent, unsure, in_need = unanswered(REMOVING), Post(REMOVING), Post(REMOVING)
    for post, recommendation in ((unsure, None), (in_need, Decision.RELEASE)):
        post.publish()
        asking = recommending(post.case.id, 1)
        post.happens(replace(asking, id="p1", recommendation=recommendation))
    # When people are late / Then all stay with them
    for post in (silent, unsure, in_need):
        post.passes(DAY)
        assert post.known.decision is Decision.HOLD


@pytest.mark.parametrize("reason", ["paused: remove of policy hate: ticket 7", "brake: 500 removals an hour"])
def test_time_does_not_do_what_a_pause_or_the_brake_held_back(reason: str) -> None:
    post = doubted(REMOVING, reason)

    post.passes(DAY)

    assert post.known.decision is Decision.HOLD


def test_where_a_policy_is_restricted_time_releases_nothing_even_if_it_were_told_to() -> None:
    post = unanswered(WARY)

    post.passes(DAY)

    assert post.known.decision is Decision.HOLD


@pytest.mark.parametrize("terms", [REMOVING, RELEASING], ids=["removes", "releases"])
def test_a_hold_that_somebody_asks_about_stays_with_people(terms: Terms) -> None:
    begin = doubted if terms is REMOVING else unanswered
    reported, unreadable, appealed = (begin(terms) for _each in range(3))
    reported.report()
    unreadable.unreadable()
    appealed.appeal()
    for post in (reported, unreadable, appealed):
        post.passes(DAY)
        assert post.known.decision is Decision.HOLD
        assert post.known.case is not None


@pytest.mark.parametrize("terms", [REMOVING, RELEASING], ids=["removes", "releases"])
def test_a_report_of_a_visible_post_is_never_answered_by_time(terms: Terms) -> None:
    post = Post(terms)
    post.publish()
    post.model(RELEASE)
    post.report()
    post.passes(terms.automatic)

    (task,) = post.passes(DAY)

    assert isinstance(task, ReviewTask)
    assert post.is_shown(1)


def test_people_have_all_of_their_time() -> None:
    post = unanswered(RELEASING)
    post.passes(DAY - 1)
    assert not post.is_shown(1)
    post.passes(1)
    assert post.is_shown(1)


def test_a_gate_that_was_away_gives_people_their_time_anew() -> None:
    # Given a gate that looks a quarter of an hour after people's time was over
    post = doubted(REMOVING)
    outputs = post.passes(DAY + 15 * MINUTE)
    # Then the case is still theirs, for their answer may lie unread
    assert [one.due for one in only(ReviewTask, outputs)] == [post.now + DAY]
    post.reviewer(RELEASE)
    assert post.is_shown(1)


def test_what_comes_after_time_decided_is_dropped_and_staff_can_undo_it() -> None:
    post = doubted(REMOVING)
    case = post.case.id
    post.passes(DAY)

    (dropped,) = post.reviewer(RELEASE, case=case)

    assert isinstance(dropped, OutcomeDropped)
    assert dropped.reason == "closed"
    post.staff(RELEASE)
    assert post.is_shown(1)


def test_an_author_may_appeal_what_time_removed_and_a_person_decides() -> None:
    post = doubted(REMOVING)
    post.passes(DAY)
    post.appeal()
    post.passes(REMOVING.automatic)
    post.passes(DAY)
    assert post.known.case is not None
    post.reviewer(REMOVE)
    assert post.known.final


def test_the_next_version_is_held_again() -> None:
    post = unanswered(RELEASING)
    post.passes(DAY)
    post.edit(2)
    assert not post.is_shown(1)
    assert RELEASING.overdue is Overdue.RELEASE
