"""Appeals: one open at a time, ended by a person who did not decide before, and then final."""

from stream.core.case import Case, ReviewTask
from stream.core.content import AppealRole
from stream.core.state import MAX_DECIDERS
from stream.core.terms import Decision, Effect, Effort, Origin, Stage
from stream.core.verdict import CaseClosed, Notice, OutcomeDropped
from tests.unit.lifecycle.post import RELEASE, REMOVE, REVIEW, Outputs, Post, only, released


def removed(by: str = "rob") -> Post:
    """A post that a reviewer removed."""
    post = Post()
    post.publish()
    post.reviewer(REMOVE, by)
    return post


def refusal(outputs: Outputs) -> str:
    (dropped,) = outputs
    assert isinstance(dropped, OutcomeDropped)
    return dropped.reason


def test_an_appeal_changes_nothing_visible_and_asks_the_model_afresh() -> None:
    post = removed()
    (case,) = post.appeal()
    assert isinstance(case, Case)
    assert (case.origin, case.effect, case.effort) == (Origin.APPEAL, Effect.WATCH, Effort.HIGH)
    assert not post.is_shown(1)


def test_the_model_can_only_recommend_and_a_new_person_restores() -> None:
    # Given an appeal / When the model would release
    post = removed()
    post.appeal()
    (task,) = post.model(RELEASE)
    # Then a person gets its recommendation, and nothing is shown
    assert isinstance(task, ReviewTask)
    assert task.recommendation is Decision.RELEASE
    assert not post.is_shown(1)
    # And a second word of the model no longer counts
    assert refusal(post.model(RELEASE)) == "with_people"
    # When a person who did not decide before agrees, it is shown
    post.reviewer(RELEASE, "sue")
    assert post.is_shown(1)


def test_who_decided_before_cannot_end_the_appeal_either_way() -> None:
    post = removed("rob")
    post.appeal()
    for proposal in (RELEASE, REMOVE):
        assert refusal(post.reviewer(proposal, "rob")) == "same_decider"
    assert post.case.origin is Origin.APPEAL


def test_everybody_who_decided_about_the_version_is_remembered() -> None:
    # Given a removal by rob, overturned by sue on appeal
    post = removed("rob")
    post.appeal()
    post.reviewer(RELEASE, "sue")
    # When a reporter appeals against the release
    post.appeal(role=AppealRole.REPORTER)
    # Then neither of them may end it, and a third person may
    assert refusal(post.reviewer(REMOVE, "rob")) == "same_decider"
    assert refusal(post.reviewer(REMOVE, "sue")) == "same_decider"
    post.reviewer(REMOVE, "tom")
    assert post.verdict is not None
    assert post.verdict.decision is Decision.REMOVE


def test_only_the_last_deciders_are_remembered() -> None:
    post = released()
    for number in range(MAX_DECIDERS + 2):
        post.staff(RELEASE, f"s{number}")
    assert post.known.deciders == tuple(f"s{number}" for number in range(2, MAX_DECIDERS + 2))


def test_an_upheld_decision_is_final() -> None:
    # Given a removal that a second person upheld on appeal
    post = removed("rob")
    post.appeal()
    notices = only(Notice, post.reviewer(REMOVE, "sue"))
    assert [notice.may_appeal for notice in notices] == [False]
    # When it is appealed again / Then nothing opens
    assert post.appeal() == ()
    assert post.note == "final"
    # And a new version starts afresh
    post.edit(2)
    post.model(REMOVE)
    assert only(Case, post.appeal(version=2))


def test_an_overturned_decision_may_be_appealed_from_the_other_side() -> None:
    post = removed("rob")
    post.appeal()
    post.reviewer(RELEASE, "sue")
    assert only(Case, post.appeal(role=AppealRole.REPORTER))


def test_one_appeal_is_open_at_a_time() -> None:
    post = removed()
    post.appeal()
    assert post.appeal() == ()
    assert post.note == "repeat"


def test_an_appeal_against_a_hold_makes_it_a_persons_to_decide() -> None:
    # Given a post under check / When its author appeals
    post = Post()
    post.publish()
    (case,) = post.appeal()
    assert isinstance(case, Case)
    # Then the model's release only recommends, and the post stays hidden until a person decides
    post.model(RELEASE)
    assert not post.is_shown(1)
    assert post.case.stage is Stage.PEOPLE
    post.reviewer(RELEASE)
    assert post.is_shown(1)


def test_an_appeal_takes_over_a_case_that_people_already_have() -> None:
    post = Post()
    post.publish()
    post.model(REVIEW)
    (task,) = post.appeal()
    assert isinstance(task, ReviewTask)
    assert (task.origin, task.why) == (Origin.APPEAL, "appealed")


def test_a_reporter_has_nothing_to_appeal_where_the_post_is_removed() -> None:
    post = removed()
    assert post.appeal(role=AppealRole.REPORTER) == ()
    assert post.note == "not_visible"


def test_staff_who_decided_before_act_at_once_but_leave_the_appeal_to_somebody_else() -> None:
    # Given a removal by ann of the staff, appealed
    post = released()
    post.staff(REMOVE, "ann")
    post.appeal()
    appeal = post.case.id
    # When ann restores the post herself
    outputs = post.staff(RELEASE, "ann")
    # Then it is shown at once, and the appeal stays open for another person
    assert post.is_shown(1)
    assert [one.case for one in only(CaseClosed, outputs)] != [appeal]
    assert (post.case.id, post.case.effect) == (appeal, Effect.WATCH)
    post.reviewer(RELEASE, "sue")
    assert post.known.case is None


def test_staff_who_are_new_to_it_end_the_appeal() -> None:
    post = removed("rob")
    post.appeal()
    appeal = post.case.id
    outputs = post.staff(RELEASE, "ann")
    assert [one.case for one in only(CaseClosed, outputs)] == [appeal]
    assert post.is_shown(1)


def test_an_appeal_whose_version_is_edited_away_is_answered_for_the_record() -> None:
    # Given an appeal against rob's removal, with people
    post = removed("rob")
    post.appeal()
    appeal = post.case.id
    post.model(RELEASE, Effort.HIGH)
    # When the author edits
    task = only(ReviewTask, post.edit(2))
    assert [(one.case, one.effect, one.version) for one in task] == [(appeal, Effect.WATCH, 1)]
    # Then rob still may not answer it, sue may, and no verdict follows
    assert refusal(post.reviewer(RELEASE, "rob", appeal)) == "same_decider"
    hold = post.verdict
    (closing, *_rest) = post.reviewer(RELEASE, "sue", appeal)
    assert isinstance(closing, CaseClosed)
    assert not closing.published
    assert post.verdict is hold
