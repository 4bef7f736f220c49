"""How versions come in, and how the newest one replaces what was before."""

import pytest

from stream.core.case import Case
from stream.core.outcome import Proposal
from stream.core.terms import Decision, Origin, Stage
from stream.core.verdict import CaseClosed, Closing, OutcomeDropped, Verdict
from tests.unit.lifecycle.post import RELEASE, REMOVE, Post, only, released, text_of


def test_a_new_post_is_held_first_and_handed_out_with_its_whole_event() -> None:
    # Given nothing / When a post comes
    post = Post()
    hold, case = post.publish()
    # Then it is held, with stage and due time, and work follows
    assert isinstance(hold, Verdict)
    assert (hold.decision, hold.stage, hold.due) == (Decision.HOLD, Stage.AUTOMATIC, post.now + 600_000)
    assert isinstance(case, Case)
    assert (case.content, case.origin, case.case) == (text_of(1), Origin.PUBLISH, hold.case)


@pytest.mark.parametrize("proposal", [RELEASE, REMOVE])
def test_a_repeat_changes_nothing_whatever_was_decided(proposal: Proposal) -> None:
    # Given a decided post / When the same version with the same text comes again
    post = Post()
    post.publish()
    post.model(proposal)
    before = post.verdict
    outputs = post.publish()
    # Then nothing is said, and the verdict stands
    assert outputs == ()
    assert post.note == "repeat"
    assert post.verdict is before


def test_the_same_version_with_another_text_is_held_again() -> None:
    # Given a released post / When its version comes with another text
    post = released()
    post.publish(1, "swapped")
    # Then neither text is shown until the new one is decided, and only that one after
    assert not post.is_shown(1)
    assert not post.is_shown(1, "swapped")
    post.model(RELEASE)
    assert post.is_shown(1, "swapped")
    assert not post.is_shown(1)


def test_an_older_version_that_comes_late_is_stale() -> None:
    post = Post()
    post.edit(2)
    assert post.publish(1) == ()
    assert post.note == "stale"


def test_an_edit_hides_what_was_visible() -> None:
    post = released()
    hold, case = post.edit(2)
    assert isinstance(hold, Verdict)
    assert isinstance(case, Case)
    assert (hold.version, case.origin) == (2, Origin.EDIT)
    assert not post.is_shown(1)
    assert not post.is_shown(2)


def test_two_edits_in_a_row_leave_only_the_last_to_be_decided() -> None:
    # Given a post under check, edited twice before any answer
    post = Post()
    post.publish()
    first = post.case.id
    second_closings = only(CaseClosed, post.edit(2))
    second = post.case.id
    third_closings = only(CaseClosed, post.edit(3))
    # Then each superseded case closed once, saying so
    assert [(one.case, one.closing) for one in second_closings] == [(first, Closing.SUPERSEDED)]
    assert [(one.case, one.closing) for one in third_closings] == [(second, Closing.SUPERSEDED)]
    # When the answers to both come late
    for late in (first, second):
        (dropped,) = post.reviewer(RELEASE, case=late)
        assert isinstance(dropped, OutcomeDropped)
    # Then nothing is shown until the third is decided
    assert not any(post.is_shown(version) for version in (1, 2, 3))
    post.model(RELEASE)
    assert post.is_shown(3)


def test_a_deletion_closes_everything_and_only_a_newer_version_comes_back() -> None:
    # Given a reported post, edited: one case open, one kept for the record
    post = released()
    post.report()
    post.edit(2)
    # When it is deleted, even naming the older version
    outputs = post.delete(1)
    # Then the newest version is gone and both cases closed
    assert post.verdict is not None
    assert (post.verdict.decision, post.verdict.version) == (Decision.DELETED, 2)
    assert [one.closing for one in only(CaseClosed, outputs)] == [Closing.DELETED, Closing.DELETED]
    # And the same version stays gone, a newer one is held like any other
    assert post.edit(2) == ()
    assert post.note == "deleted"
    post.edit(3)
    assert post.verdict.decision is Decision.HOLD
    post.model(RELEASE)
    assert post.is_shown(3)


def test_a_deletion_of_what_the_gate_never_saw_is_said_all_the_same() -> None:
    post = Post()
    (verdict,) = post.delete(4)
    assert isinstance(verdict, Verdict)
    assert (verdict.decision, verdict.version) == (Decision.DELETED, 4)
