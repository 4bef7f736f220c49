"""What is said of one piece of content."""

from stream.client import Standing
from stream.core.terms import Decision, Label, LabelKind, Stage
from stream.core.verdict import Verdict

DIGEST = "sha256:" + "0" * 64


def _standing(decision: Decision | None, *, is_current: bool = True, **fields: object) -> Standing:
    verdict = None
    if decision is not None:
        verdict = Verdict(id="post-1", version=2, decision=decision, at=0, digest=DIGEST, **fields)  # type: ignore[arg-type]
    return Standing(id="post-1", verdict=verdict, is_current=is_current)


def test_only_a_release_of_this_very_version_and_text_is_shown() -> None:
    released = _standing(Decision.RELEASE)
    assert released.shows(2, DIGEST)
    assert not released.shows(1, DIGEST)
    assert not released.shows(3, DIGEST)
    assert not released.shows(2, DIGEST.replace("0", "1"))
    for other in (None, Decision.HOLD, Decision.REMOVE, Decision.DELETED):
        assert not _standing(other).shows(2, DIGEST)


def test_nothing_is_shown_before_the_reader_is_current() -> None:
    assert not _standing(Decision.RELEASE, is_current=False).shows(2, DIGEST)


def test_content_under_review_says_whom_it_waits_for_and_until_when() -> None:
    held = _standing(Decision.HOLD, stage=Stage.PEOPLE, due=1_000)
    assert (held.under_review, held.stage, held.due) == (True, Stage.PEOPLE, 1_000)
    for other in (None, Decision.RELEASE, Decision.REMOVE, Decision.DELETED):
        assert (_standing(other).under_review, _standing(other).due) == (False, None)


def test_a_label_counts_until_it_runs_out() -> None:
    # Given one label for good, one until a moment
    lasting = Label(kind=LabelKind.AGE_GATE, clause="a/1")
    passing = Label(kind=LabelKind.LIMITED_REACH, clause="b/1", expires_at=1_000)
    released = _standing(Decision.RELEASE, labels=(lasting, passing))
    # Then the second is there up to that moment
    assert released.labels_at(999) == (lasting, passing)
    assert released.labels_at(1_000) == (lasting,)
    assert _standing(None).labels_at(0) == ()
