"""Settled posts leave the gate's state by age; what comes later shows nothing that was hidden."""

import pytest

from stream.core.case import Case, ReviewTask
from stream.core.content import AppealRole
from stream.core.outcome import Outcome
from stream.core.terms import DecidedBy, Decision, Effect, Stage
from stream.core.verdict import CaseClosed, OutcomeDropped
from tests.unit.lifecycle.post import RELEASE, REMOVE, Post, forgotten, only, released, text_of


def test_what_is_open_is_never_forgotten() -> None:
    post = Post()
    post.publish()
    for _week in range(4):
        post.passes(post.terms.retention)
    assert post.known.case is not None


def test_retention_begins_with_the_last_change() -> None:
    # Given a post released six days ago, then reported and cleared
    post = released()
    post.passes(post.terms.retention - 1)
    assert post.state is not None
    post.report()
    post.model(RELEASE)
    # When the first retention is over / Then it is still known
    post.passes(post.terms.retention - 1)
    assert post.state is not None
    post.passes(1)
    assert post.state is None


def test_the_last_verdict_of_a_forgotten_post_stands() -> None:
    assert forgotten(RELEASE).is_shown(1)
    assert not forgotten(REMOVE).is_shown(1)


@pytest.mark.parametrize("version", [1, 2])
def test_a_publication_is_held_and_judged_like_a_new_one(version: int) -> None:
    post = forgotten()
    outputs = post.publish(version)
    assert not post.is_shown(1)
    assert only(Case, outputs)
    post.model(RELEASE)
    assert post.is_shown(version)


def test_a_report_goes_to_people_and_no_action_restores_nothing() -> None:
    # Given a removed post, forgotten / When it is reported without a digest
    post = forgotten(REMOVE)
    (task,) = post.report()
    assert isinstance(task, ReviewTask)
    assert (task.effect, post.case.stage) == (Effect.WATCH, Stage.PEOPLE)
    # When a person finds nothing wrong / Then the case closes and the post stays removed
    (closing, *_notices) = post.reviewer(RELEASE)
    assert isinstance(closing, CaseClosed)
    assert not closing.published
    assert not post.is_shown(1)


def test_a_report_that_a_person_upholds_takes_the_post_down() -> None:
    post = forgotten()
    post.report(digest=text_of(1).digest)
    post.reviewer(REMOVE)
    assert not post.is_shown(1)


def test_an_authors_appeal_goes_to_people_and_a_release_restores_the_text_it_names() -> None:
    post = forgotten(REMOVE)
    (task,) = post.appeal(digest=text_of(1).digest)
    assert isinstance(task, ReviewTask)
    post.reviewer(RELEASE)
    assert post.is_shown(1)


def test_an_appeal_that_names_no_text_can_be_granted_only_by_naming_it() -> None:
    post = forgotten(REMOVE)
    post.appeal()
    (dropped,) = post.reviewer(RELEASE)
    assert isinstance(dropped, OutcomeDropped)
    assert dropped.reason == "no_digest"
    post.staff(RELEASE, digest=text_of(1).digest)
    assert post.is_shown(1)


def test_a_reporters_appeal_is_a_report_again() -> None:
    post = forgotten(REMOVE)
    post.appeal(role=AppealRole.REPORTER, digest=text_of(1).digest)
    post.reviewer(RELEASE)
    assert not post.is_shown(1)


def test_the_highest_version_that_somebody_names_is_the_newest() -> None:
    # Given a forgotten post, reported as version 1 / When it is reported as version 3
    post = forgotten()
    post.report("u1", version=1)
    first = post.case.id
    post.report("u2", version=3)
    # Then both questions stand: version 3's, and version 1's for the record
    assert post.known.version == 3
    assert [one.case.id for one in post.known.older] == [first]
    # And a lower one is stale
    assert post.report("u3", version=2) == ()
    assert post.note == "stale"


def test_an_outcome_that_was_weeks_on_its_way_meets_nothing() -> None:
    # Given a case of a post that was forgotten and published again
    post = Post()
    post.publish()
    late = Outcome(
        id="p1",
        case=post.case.id,
        version=1,
        proposal=RELEASE,
        decided_by=DecidedBy.MODEL,
        at=1,
    )
    post.model(REMOVE)
    post.passes(post.terms.retention)
    post.publish()
    # When its outcome comes / Then it does not touch the younger case
    (dropped,) = post.happens(late)
    assert isinstance(dropped, OutcomeDropped)
    assert not post.is_shown(1)


def test_a_deletion_is_said() -> None:
    post = forgotten()
    post.delete()
    assert post.verdict is not None
    assert post.verdict.decision is Decision.DELETED


def test_what_staff_restored_after_forgetting_is_asked_of_people_when_reported() -> None:
    # Given a post that the gate did not see published, restored by staff
    post = forgotten(REMOVE)
    post.staff(RELEASE, digest=text_of(1).digest)
    # When it is reported / Then people get it: nobody could find its text for a model
    (task,) = post.report()
    assert isinstance(task, ReviewTask)
