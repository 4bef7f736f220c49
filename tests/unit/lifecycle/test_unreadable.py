"""What could not be read hides the content and goes to people: it may have been an edit or a deletion."""

from stream.core.case import ReviewTask
from stream.core.terms import Decision, Origin, Stage
from stream.core.verdict import CaseClosed, OutcomeDropped, Verdict
from tests.unit.lifecycle.post import RELEASE, REMOVE, Post, only, released, text_of


def test_it_hides_a_released_post_until_a_person_releases_it() -> None:
    # Given a released post / When an event about it cannot be read
    post = released()
    hold, task = post.unreadable()
    # Then it is hidden and with people; no machine may show it
    assert isinstance(hold, Verdict)
    assert isinstance(task, ReviewTask)
    assert (hold.decision, hold.stage, task.why) == (Decision.HOLD, Stage.PEOPLE, hold.reason)
    assert not post.is_shown(1)
    (dropped,) = post.model(RELEASE)
    assert isinstance(dropped, OutcomeDropped)
    # And a person shows it again
    post.reviewer(RELEASE)
    assert post.is_shown(1)


def test_it_turns_the_open_case_into_a_persons() -> None:
    # Given a post under check / When an event about it cannot be read
    post = Post()
    post.publish()
    case = post.case.id
    outputs = post.unreadable()
    # Then the same case waits for people: nothing closes, and the model's answer is too late
    assert not only(CaseClosed, outputs)
    assert (post.case.id, post.case.origin, post.case.stage) == (case, Origin.UNREADABLE, Stage.PEOPLE)
    post.model(RELEASE)
    assert not post.is_shown(1)


def test_an_open_appeal_stays_one_and_its_former_deciders_stay_barred() -> None:
    # Given a removal by rob, appealed / When an event cannot be read
    post = Post()
    post.publish()
    post.reviewer(REMOVE, "rob")
    post.appeal()
    post.unreadable()
    # Then rob may still not end it
    (dropped,) = post.reviewer(RELEASE, "rob")
    assert isinstance(dropped, OutcomeDropped)
    assert dropped.reason == "same_decider"


def test_a_second_one_says_nothing_new() -> None:
    post = released()
    post.unreadable()
    assert post.unreadable() == ()
    assert post.note == "repeat"


def test_of_a_post_never_seen_there_is_no_version_that_could_be_released() -> None:
    # Given an unreadable event for an unknown id
    post = Post()
    hold, task = post.unreadable()
    assert isinstance(hold, Verdict)
    assert isinstance(task, ReviewTask)
    assert (hold.version, hold.digest, task.version) == (0, None, 0)
    # When a person would release it / Then there is no text to name
    (dropped,) = post.reviewer(RELEASE)
    assert isinstance(dropped, OutcomeDropped)
    assert dropped.reason == "no_digest"
    # But staff may name one, and remove needs none
    post.staff(RELEASE, version=1, digest=text_of(1).digest)
    assert post.is_shown(1)


def test_a_readable_version_after_it_takes_its_place() -> None:
    post = Post()
    post.unreadable()
    post.publish()
    post.model(RELEASE)
    assert post.is_shown(1)


def test_deleted_content_stays_deleted() -> None:
    post = released()
    post.delete()
    assert post.unreadable() == ()
    assert post.verdict is not None
    assert post.verdict.decision is Decision.DELETED
