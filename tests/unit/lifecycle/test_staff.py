"""Staff take a live post down and restore a removed one, at once and by name."""

from stream.core.case import Case
from stream.core.outcome import StaffDecision
from stream.core.terms import DecidedBy, Decision, Effect
from stream.core.verdict import CaseClosed, Closing, OutcomeDropped, Verdict
from tests.unit.lifecycle.post import (
    RELEASE,
    REMOVE,
    REVIEW,
    Outputs,
    Post,
    forgotten,
    only,
    released,
    text_of,
)


def refusal(outputs: Outputs) -> str:
    (dropped,) = outputs
    assert isinstance(dropped, OutcomeDropped)
    return dropped.reason


def test_staff_take_down_a_live_post_and_restore_it() -> None:
    # Given a released post / When staff take it down
    post = released()
    verdict, closing, *_notices = post.staff(REMOVE, "ann")
    # Then it is removed at once, by a staff case that opened and closed in one step
    assert isinstance(verdict, Verdict)
    assert isinstance(closing, CaseClosed)
    assert (verdict.decision, verdict.decided_by) == (Decision.REMOVE, DecidedBy.STAFF)
    assert (closing.by, closing.reason, closing.case) == ("ann", "ticket 7", verdict.case)
    assert not post.is_shown(1)
    # And back
    post.staff(RELEASE, "bob")
    assert post.is_shown(1)


def test_a_staff_decision_closes_what_is_open_about_the_version() -> None:
    post = Post()
    post.publish()
    case = post.case.id
    (_verdict, closing, *_rest) = post.staff(RELEASE)
    assert isinstance(closing, CaseClosed)
    assert closing.case == case
    assert post.known.case is None
    assert post.is_shown(1)


def test_machines_do_not_undo_what_staff_decided() -> None:
    # Given a post that staff restored / When it is reported and the model finds a violation
    post = released()
    post.staff(REMOVE)
    post.staff(RELEASE)
    post.report()
    post.model(REMOVE)
    # Then it stays visible until a person agrees
    assert post.is_shown(1)
    post.reviewer(REMOVE)
    assert not post.is_shown(1)


def test_a_staff_decision_about_another_version_or_text_is_refused() -> None:
    post = released()
    assert refusal(post.staff(REMOVE, version=2)) == "unseen"
    assert refusal(post.staff(REMOVE, digest=text_of(1, "other").digest)) == "stale"
    post.edit(2)
    assert refusal(post.staff(RELEASE, version=1)) == "stale"
    assert refusal(post.staff(REVIEW, version=2)) == "undecided"


def test_what_its_author_deleted_staff_do_not_bring_back() -> None:
    post = released()
    post.delete()
    assert refusal(post.staff(RELEASE, digest=text_of(1).digest)) == "deleted"


def test_staff_restore_a_forgotten_post_by_naming_its_text() -> None:
    # Given a removed post that the gate forgot
    post = forgotten(REMOVE)
    # When staff restore it without naming a text / Then nothing could be shown, so it is refused
    assert refusal(post.staff(RELEASE)) == "no_digest"
    # When they name it / Then it is shown
    post.staff(RELEASE, digest=text_of(1).digest)
    assert post.is_shown(1)


def test_a_forgotten_post_taken_down_without_its_text_stays_down_when_it_is_repeated() -> None:
    # Given staff who remove a forgotten live post by version alone
    post = forgotten()
    post.staff(REMOVE)
    # When the app publishes that version again / Then it is no new question
    assert post.publish() == ()
    assert post.note == "removed"
    assert post.verdict is not None
    assert post.verdict.decision is Decision.REMOVE
    # And a newer version is
    assert only(Case, post.edit(2))


def test_staff_restore_a_forgotten_post_that_was_reported_meanwhile() -> None:
    # Given a forgotten removed post with a report before people
    post = forgotten(REMOVE)
    post.report()
    case = post.case.id
    # When staff restore it / Then that is published and answers the report too
    outputs = post.staff(RELEASE, digest=text_of(1).digest)
    assert [one.case for one in only(CaseClosed, outputs)] == [case]
    assert post.is_shown(1)


def test_a_staff_decision_about_another_version_of_a_forgotten_post_leaves_the_report_its_own_case() -> None:
    # Given a forgotten post, reported as version 1
    post = forgotten()
    post.report()
    report = post.case.id
    # When staff remove version 2
    outputs = post.staff(REMOVE, version=2)
    # Then version 2 is removed, and the report of version 1 stays with people, for the record
    assert post.verdict is not None
    assert (post.verdict.version, post.verdict.decision) == (2, Decision.REMOVE)
    assert report not in [one.case for one in only(CaseClosed, outputs)]
    assert [(one.case.id, one.case.effect, one.version) for one in post.known.older] == [
        (report, Effect.WATCH, 1)
    ]


def test_a_takedown_of_an_edited_post_supersedes_nothing_by_itself() -> None:
    post = Post()
    post.publish()
    closings = only(CaseClosed, post.staff(REMOVE))
    assert [one.closing for one in closings] == [Closing.DECIDED]


def bulk(post: Post) -> StaffDecision:
    """One of many restorations that nobody looked at one by one."""
    version = post.known.version
    return StaffDecision(
        id="p1", version=version, proposal=RELEASE, by="ann", reason="faulty set", at=1, bulk=True
    )


def test_what_is_undone_in_bulk_gives_way_to_people() -> None:
    # Given a post that the model removed / When it is restored in bulk, then it is
    post = Post()
    post.publish()
    post.model(REMOVE)
    (closed,) = only(CaseClosed, post.happens(bulk(post)))
    assert post.is_shown(1)
    assert closed.bulk

    # But not where a person removed it meanwhile
    (closed,) = only(CaseClosed, post.staff(REMOVE, "bob"))
    assert not closed.bulk
    assert refusal(post.happens(bulk(post))) == "peoples"
    assert not post.is_shown(1)


def test_what_is_undone_in_bulk_leaves_what_people_are_asked_about() -> None:
    post = Post()
    post.publish()
    post.model(REMOVE)
    post.appeal()
    assert refusal(post.happens(bulk(post))) == "peoples"
    assert not post.is_shown(1)
