"""The demo's figures: what counts, and when the run is over."""

from stream.core.case import ReviewClosed, ReviewTask
from stream.core.content import Deleted, Edited, Posted, Published
from stream.core.terms import DecidedBy, Decision, Effect, Origin, Stage
from stream.core.verdict import Verdict
from stream.ops.demo.tally import Tally, masked, percentiles


def post(content_id: str = "p1", version: int = 1, text: str = "hello there") -> Published:
    return Published(id=content_id, version=version, at=1, text=text)


def hold(event: Posted, at: int = 100, stage: Stage = Stage.AUTOMATIC) -> Verdict:
    return Verdict(
        id=event.id, version=event.version, decision=Decision.HOLD, at=at, digest=event.digest, stage=stage
    )


def release(event: Posted, at: int) -> Verdict:
    return Verdict(
        id=event.id,
        version=event.version,
        decision=Decision.RELEASE,
        at=at,
        digest=event.digest,
        decided_by=DecidedBy.MODEL,
    )


def test_time_to_hide_is_from_the_intended_time_to_the_reader() -> None:
    tally = Tally()
    tally.published(post(), at=1_000)
    tally.verdict(hold(post()), seen_at=1_040)
    assert tally.time_to_hide().p50 == 40


def test_time_in_hold_is_between_the_gates_two_verdicts() -> None:
    tally = Tally()
    tally.published(post(), 0)
    tally.verdict(hold(post(), at=100), 1)
    tally.verdict(release(post(), at=350), 2)
    assert tally.time_in_hold().p99 == 250
    assert tally.decided_by["model"] == 1


def test_a_repeat_is_not_waited_for() -> None:
    # Given a post that was held and released
    tally = Tally()
    tally.published(post(), 0)
    tally.verdict(hold(post()), 1)
    tally.verdict(release(post(), 2), 2)
    # When it is published again unchanged
    tally.published(post(), 3)
    # Then nothing more is to come
    assert tally.is_settled


def test_what_the_contract_calls_stale_is_not_waited_for() -> None:
    # Given a post in its second version, and one that was deleted
    tally = Tally()
    tally.published(Edited(id="a", version=2, at=1, text="new"), 0)
    tally.published(post("b"), 0)
    tally.published(Deleted(id="b", version=1, at=1), 0)
    for event in (Edited(id="a", version=2, at=1, text="new"), post("b")):
        tally.verdict(hold(event), 1)
        tally.verdict(release(event, 2), 2)
    # When an older version of the one and the same version of the other are published
    tally.published(post("a", text="old"), 3)
    tally.published(post("b", text="again"), 3)
    # Then no hold is to come of them, and the newest is what it was
    assert tally.is_settled
    assert ("a", 2, Edited(id="a", version=2, at=1, text="new").digest) in tally.newest()


def test_the_same_version_with_another_text_and_back_is_held_each_time() -> None:
    tally = Tally()
    for text in ("one", "two", "one"):
        tally.published(post(text=text), 0)
        assert not tally.is_hidden
        tally.verdict(hold(post(text=text)), 1)
        assert tally.is_hidden


def test_ids_that_nobody_published_are_not_among_the_posts() -> None:
    tally = Tally()
    tally.published(Deleted(id="never", version=1, at=1), 0)
    tally.verdict(Verdict(id="never", version=1, decision=Decision.DELETED, at=1), 1)
    assert (tally.contents, tally.expected) == (0, 0)


def test_the_run_is_over_when_everything_is_decided_or_with_people() -> None:
    tally = Tally()
    tally.published(post("a"), 0)
    tally.published(post("b"), 0)
    assert not tally.is_settled
    tally.verdict(hold(post("a")), 1)
    tally.verdict(hold(post("b")), 1)
    assert not tally.is_settled
    tally.verdict(release(post("a"), 2), 2)
    tally.verdict(hold(post("b"), stage=Stage.PEOPLE), 2)
    assert tally.is_settled


def test_a_case_leaves_people_when_it_closes() -> None:
    tally = Tally()
    task = ReviewTask(
        id="a", case="c0-1", version=1, effect=Effect.HIDE, origin=Origin.PUBLISH, at=1, due=2, why="deadline"
    )
    tally.review(task)
    tally.review(task)
    assert tally.with_people == 1
    tally.review(ReviewClosed(id="a", case="c0-1", at=2, reason="decided"))
    assert tally.with_people == 0


def test_a_masked_text_shows_its_first_letter_and_its_length() -> None:
    assert masked("secret words of somebody") == "s•••••••••••• (24)"
    assert "ecret" not in masked("secret")


def test_a_masked_text_cannot_command_the_terminal() -> None:
    assert masked("\x1b[2J gone").startswith("\\x1b")
    assert masked("\u202eabc").startswith("\\u202e")


def test_percentiles_of_nothing_say_so() -> None:
    assert percentiles([]).count == 0
    assert percentiles([5.0]).p99 == 5.0
