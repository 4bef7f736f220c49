"""Who is told what: authors of restrictions and their end, reporters of the answer to their report."""

from stream.core.outcome import Outcome
from stream.core.terms import DecidedBy, Decision, Label, LabelKind
from stream.core.verdict import Notice, NoticeTo
from tests.unit.lifecycle.post import RELEASE, REMOVE, Outputs, Post, only, released


def told(outputs: Outputs) -> list[tuple[NoticeTo, Decision, bool]]:
    """To whom, what, and whether a machine decided."""
    return [(one.to, one.decision, one.automated) for one in only(Notice, outputs)]


def test_a_plain_release_needs_no_notice() -> None:
    post = Post()
    post.publish()
    assert told(post.model(RELEASE)) == []


def test_a_removal_is_told_to_its_author_with_the_human_written_texts() -> None:
    post = Post()
    post.publish()
    outcome = Outcome(
        id="p1",
        case=post.case.id,
        version=1,
        proposal=REMOVE,
        decided_by=DecidedBy.MODEL,
        clauses=("spam/s1",),
        notices={"en": "Your post was removed because it advertises."},
        reason="the model's own words",
        at=1,
    )
    (notice,) = only(Notice, post.happens(outcome))
    assert (notice.to, notice.automated, notice.may_appeal) == (NoticeTo.AUTHOR, True, True)
    assert (notice.clauses, notice.texts) == (("spam/s1",), outcome.notices)


def test_a_label_is_a_restriction_too() -> None:
    post = Post()
    post.publish()
    outputs = post.model(RELEASE, labels=(Label(LabelKind.LIMITED_REACH, "spam/s1"),))
    assert told(outputs) == [(NoticeTo.AUTHOR, Decision.RELEASE, True)]


def test_the_end_of_a_removal_is_told() -> None:
    post = released()
    assert told(post.staff(REMOVE)) == [(NoticeTo.AUTHOR, Decision.REMOVE, False)]
    assert told(post.staff(RELEASE)) == [(NoticeTo.AUTHOR, Decision.RELEASE, False)]


def test_reporters_are_told_how_their_report_ended_either_way() -> None:
    for proposal, author in ((RELEASE, []), (REMOVE, [NoticeTo.AUTHOR])):
        post = released()
        post.report()
        outputs = post.model(proposal)
        assert [to for to, _decision, _automated in told(outputs)] == [*author, NoticeTo.REPORTER]


def test_reporters_are_told_even_where_nothing_new_is_published() -> None:
    post = Post()
    post.publish()
    post.staff(RELEASE)
    post.report()
    assert told(post.model(RELEASE)) == [(NoticeTo.REPORTER, Decision.RELEASE, True)]


def test_the_end_of_an_appeal_is_told_to_the_author_even_if_nothing_changes() -> None:
    post = Post()
    post.publish()
    post.model(REMOVE)
    post.appeal()
    assert told(post.reviewer(REMOVE)) == [(NoticeTo.AUTHOR, Decision.REMOVE, False)]


def test_the_end_of_a_hold_that_was_notified_is_told() -> None:
    post = Post()
    post.publish()
    post.passes(post.terms.automatic)
    post.passes(post.terms.people)
    assert told(post.reviewer(RELEASE)) == [(NoticeTo.AUTHOR, Decision.RELEASE, False)]
