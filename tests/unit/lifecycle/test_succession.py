"""Supersession cancels publication, never accountability."""

from stream.core.case import ReviewClosed, ReviewTask
from stream.core.outcome import Outcome
from stream.core.state import MAX_OLDER
from stream.core.terms import DecidedBy, Decision, Effect, Effort, Stage
from stream.core.verdict import CaseClosed, Closing, Notice, NoticeTo, OutcomeDropped
from tests.unit.lifecycle.post import RELEASE, REMOVE, REVIEW, Outputs, Post, only, released


def judged(post: Post, case: str, version: int, proposal: object = REMOVE) -> Outputs:
    """The model's answer to any case."""
    assert proposal in (RELEASE, REMOVE, REVIEW)
    return post.happens(
        Outcome(
            id="p1",
            case=case,
            version=version,
            proposal=proposal,  # type: ignore[arg-type]
            decided_by=DecidedBy.MODEL,
            effort=Effort.HIGH,
            at=1,
        )
    )


def test_what_was_visible_and_reported_is_still_judged_for_the_record() -> None:
    # Given a reported live post, edited before the answer
    post = released()
    post.report()
    report = post.case.id
    assert not only(CaseClosed, post.edit(2))
    # When the answer comes
    (closing, notice) = judged(post, report, 1)
    # Then it is recorded and its reporter is told, and the newest version stays under check
    assert isinstance(closing, CaseClosed)
    assert (closing.decision, closing.published, closing.version) == (Decision.REMOVE, False, 1)
    assert isinstance(notice, Notice)
    assert (notice.to, notice.version, notice.decision) == (NoticeTo.REPORTER, 1, Decision.REMOVE)
    assert post.verdict is not None
    assert (post.verdict.decision, post.verdict.version) == (Decision.HOLD, 2)
    assert post.known.older == ()


def test_a_hold_that_was_reported_is_still_judged_for_the_record() -> None:
    post = Post()
    post.publish()
    post.report()
    report = post.case.id
    post.edit(2)
    assert [(one.case.id, one.case.effect) for one in post.known.older] == [(report, Effect.WATCH)]


def test_a_hold_that_nobody_saw_or_reported_just_ends() -> None:
    post = Post()
    post.publish()
    (closing,) = only(CaseClosed, post.edit(2))
    assert (closing.closing, closing.published) == (Closing.SUPERSEDED, False)


def test_a_release_for_the_record_shows_nothing() -> None:
    post = Post()
    post.publish()
    post.report()
    report = post.case.id
    post.edit(2)
    judged(post, report, 1, RELEASE)
    assert not post.is_shown(1)
    assert not post.is_shown(2)


def test_a_machine_may_hand_a_case_of_the_record_to_people() -> None:
    # Given a case kept for the record / When the model asks for people
    post = released()
    post.report()
    report = post.case.id
    post.edit(2)
    (task,) = judged(post, report, 1, REVIEW)
    # Then a person gets it, as a watch, and the model has had its say
    assert isinstance(task, ReviewTask)
    assert (task.effect, task.version, task.reports) == (Effect.WATCH, 1, 1)
    (dropped,) = judged(post, report, 1, RELEASE)
    assert isinstance(dropped, OutcomeDropped)
    post.reviewer(REMOVE, case=report)
    assert post.known.older == ()


def test_people_who_have_a_superseded_case_are_told_that_it_hides_nothing() -> None:
    post = Post()
    post.publish()
    post.report()
    post.model(REVIEW)
    assert post.case.stage is Stage.PEOPLE
    (task,) = only(ReviewTask, post.edit(2))
    assert (task.effect, task.version) == (Effect.WATCH, 1)


def test_two_superseded_versions_are_each_answered_by_their_own_case() -> None:
    # Given two live versions, each reported, each edited away
    post = released()
    post.report()
    first = post.case.id
    post.edit(2)
    post.model(RELEASE)
    post.report(version=2)
    second = post.case.id
    post.edit(3)
    # When both answers come, the later first / Then each closes its own
    assert [one.version for one in only(CaseClosed, judged(post, second, 2))] == [2]
    assert [one.version for one in only(CaseClosed, judged(post, first, 1))] == [1]
    assert post.known.older == ()


def test_of_too_many_kept_cases_the_oldest_closes_and_says_so() -> None:
    # Given one more reported and superseded version than are kept
    post = Post()
    cases = []
    for version in range(1, MAX_OLDER + 2):
        post.edit(version)
        post.report(version=version)
        cases.append(post.case.id)
    # When one more edit comes
    outputs = post.edit(MAX_OLDER + 2)
    # Then the oldest case closes as an overflow, in the audit, and the others stay
    assert [(one.case, one.closing) for one in only(CaseClosed, outputs)] == [(cases[0], Closing.OVERFLOW)]
    assert [one.case.id for one in post.known.older] == cases[1:]


def test_an_overflowing_case_leaves_peoples_hands() -> None:
    # Given people who have every kept case / When one more edit comes
    post = Post()
    cases = []
    for version in range(1, MAX_OLDER + 2):
        post.edit(version)
        post.report(version=version)
        post.model(REVIEW)
        cases.append(post.case.id)
    outputs = post.edit(MAX_OLDER + 2)
    # Then the oldest is taken back from them
    assert [(one.case, one.reason) for one in only(ReviewClosed, outputs)] == [(cases[0], "overflow")]
