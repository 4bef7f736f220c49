"""The demo's figures: what counts, and when the run is over."""

from stream.core.case import ReviewClosed, ReviewTask
from stream.core.content import Published
from stream.core.terms import DecidedBy, Decision, Effect, Origin, Stage
from stream.core.verdict import Verdict
from stream.ops.demo.tally import Tally, masked, percentiles


def post(content_id: str = "p1", version: int = 1, text: str = "hello there") -> Published:
    return Published(id=content_id, version=version, at=1, text=text)


def hold(event: Published, at: int = 100, stage: Stage = Stage.AUTOMATIC) -> Verdict:
    return Verdict(
        id=event.id, version=event.version, decision=Decision.HOLD, at=at, digest=event.digest, stage=stage
    )


def release(event: Published, at: int) -> Verdict:
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


def test_percentiles_of_nothing_say_so() -> None:
    assert percentiles([]).count == 0
    assert percentiles([5.0]).p99 == 5.0
