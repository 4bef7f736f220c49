"""What a judge does while its window is full: the seconds and tokens that replicas are counted by."""

from msgspec.structs import replace
from prometheus_client import generate_latest

from stream.adapters.metrics import JudgeMetrics
from stream.adapters.metrics.saturation import Saturation
from stream.core.cascade import Why
from stream.core.judgement import Usage
from stream.core.terms import Effort
from stream.runtime.concurrent import Levels, Tally
from tests.unit.metrics.levels import LEVELS


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 50.0

    def __call__(self) -> float:
        return self.now


class Watch:
    """A second of a judge's life at a time."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.counts = Saturation(self.clock)

    def second(self, tokens: int, *, full: bool, lane: str = "judge") -> None:
        """A second passes, in which so many tokens were computed; at its end the lane is looked at."""
        self.clock.now += 1
        if tokens:
            self.counts.answered(tokens)
        self.counts.looked(lane, full=full)

    def found(self) -> tuple[float, int]:
        return self.counts.seconds, self.counts.tokens


def test_a_window_with_room_says_nothing_about_what_a_judge_can_do() -> None:
    watch = Watch()
    for _ in range(10):
        watch.second(100, full=False)
    assert watch.found() == (0, 0)


def test_seconds_count_from_one_look_at_a_full_window_to_the_next() -> None:
    # Given one second with room, and three looks at a full window
    watch = Watch()
    watch.second(999, full=False)
    watch.second(999, full=True)
    watch.second(100, full=True)
    watch.second(120, full=True)
    # When it has room again / Then the two seconds between full and full count
    watch.second(999, full=False)
    assert watch.found() == (2, 220)


def test_a_slow_engines_seconds_without_an_answer_count_with_its_next_one() -> None:
    # Given an engine that answers every fourth second
    watch = Watch()
    watch.second(0, full=True)
    for tokens in (0, 0, 0, 800, 0, 0, 0, 800):
        watch.second(tokens, full=True)
    # Then it computes 200 a second, not 800
    assert watch.found() == (8, 1_600)


def test_seconds_in_which_the_engine_was_away_do_not_count() -> None:
    # Given a full window and an engine that dies: what it was asked is tried again, in vain
    watch = Watch()
    watch.second(0, full=True)
    watch.second(100, full=True)
    for _ in range(300):
        watch.counts.interrupted()
        watch.second(0, full=True)
    # When it is back
    watch.second(100, full=True)
    # Then the five minutes are not among the seconds
    assert watch.found() == (2, 200)


def test_a_full_window_without_an_answer_says_nothing_until_one_comes() -> None:
    # Given an engine that hangs, with a full window, until the deadline gives its cases to people
    watch = Watch()
    for _ in range(300):
        watch.second(0, full=True)
    assert watch.found() == (0, 0)
    watch.second(0, full=False)
    # When it answers again / Then the time that it hung is not among the seconds
    watch.second(0, full=True)
    watch.second(100, full=True)
    assert watch.found() == (1, 100)


def test_either_lane_may_fill_the_window() -> None:
    # Given that sometimes the one lane's records wait for room and sometimes the other's
    watch = Watch()
    watch.counts.looked("judge-priority", full=True)
    watch.second(50, full=True, lane="judge")
    watch.counts.looked("judge-priority", full=False)
    watch.second(50, full=True, lane="judge")
    watch.counts.looked("judge-priority", full=False)
    assert watch.found() == (2, 100)


def test_the_judge_tells_them_as_counters() -> None:
    # Given a judge whose window was full for two seconds in which it answered once
    clock = Clock()
    metrics = JudgeMetrics(clock)

    def look(levels: Levels) -> None:
        for lane in metrics.LANES:
            metrics.levels(lane, levels if lane == "judge" else LEVELS)

    look(replace(LEVELS, full=True))
    clock.now += 2
    metrics.used(Usage(prompt=900, cached=700, output=50), Effort.LOW, Why.FIRST)
    look(replace(LEVELS, full=True))
    # And once was refused by its engine
    metrics.tally("judge", Tally.RETRIED)
    clock.now += 100
    look(replace(LEVELS, full=True))
    # Then what was computed is there: the prompt without what the cache held, and the answer
    page = generate_latest(metrics.registry).decode()
    assert "\nsluice_judge_busy_seconds_total 2.0\n" in page
    assert "\nsluice_judge_busy_tokens_total 250.0\n" in page
