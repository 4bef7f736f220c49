"""How much is asked at once, and when nothing is: limit, breaker, pauses, `Retry-After`; without a server."""

import asyncio
from datetime import UTC, datetime
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stream.adapters.openai.breaker import LONGEST_PAUSE, Breaker, pause_after
from stream.adapters.openai.fault import Fault, Reason, reason_of, seconds_of
from stream.adapters.openai.limit import Limit
from stream.core.errors import Unavailable


async def test_one_window_that_is_refused_halves_the_limit_once() -> None:
    limit = Limit(16)
    async with limit.slot(0) as first, limit.slot(0) as second:
        limit.fall(first)
        limit.fall(second)
        assert limit.size == 8
        async with limit.slot(0) as later:
            limit.fall(later)
        assert limit.size == 4


async def test_a_full_round_of_answers_is_one_more_at_once() -> None:
    limit = Limit(8)
    async with limit.slot(0) as slot:
        limit.fall(slot)
    assert limit.size == 4
    async with limit.slot(0), limit.slot(0), limit.slot(0), limit.slot(0):
        for _ in range(5):
            limit.rise()
    assert limit.size == 5


async def test_answers_while_slots_are_idle_show_nothing() -> None:
    limit = Limit(8)
    async with limit.slot(0) as slot:
        limit.fall(slot)
        for _ in range(100):
            limit.rise()
    assert limit.size == 4


@given(
    st.lists(
        st.tuples(st.sampled_from(["ask", "end", "cancel", "fall", "rise"]), st.integers(0, 9)), max_size=60
    )
)
def test_never_more_at_once_than_the_limit_and_nobody_is_forgotten(steps: list[tuple[str, int]]) -> None:
    asyncio.run(Play().through(steps))


class Play:
    """Holders of slots that come, go and are cancelled, while the limit moves."""

    def __init__(self) -> None:
        self.limit = Limit(3)
        self.running: dict[asyncio.Task[None], asyncio.Event] = {}
        self.held = 0

    async def through(self, steps: list[tuple[str, int]]) -> None:
        for what, number in steps:
            self.step(what, number)
            for _ in range(3):
                await asyncio.sleep(0)
            assert self.held <= 3
            assert 1 <= self.limit.size <= 3
            assert self.limit.used == self.held
        for task, event in self.running.items():
            event.set()
            await asyncio.wait_for(task, 5)
        assert self.limit.used == 0

    def step(self, what: str, number: int) -> None:
        if what == "ask":
            event = asyncio.Event()
            self.running[asyncio.ensure_future(self.hold(event))] = event
        elif what == "fall":
            self.limit.fall(self.limit._fallen)
        elif what == "rise":
            self.limit.rise()
        elif self.running:
            task = list(self.running)[number % len(self.running)]
            event = self.running.pop(task)
            if what == "cancel":
                task.cancel()
            event.set()

    async def hold(self, event: asyncio.Event) -> None:
        async with self.limit.slot(0):
            self.held += 1
            try:
                await event.wait()
            finally:
                self.held -= 1


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def failed(breaker: Breaker, reason: Reason = Reason.CONNECTION, retry_after: float | None = None) -> None:
    with pytest.raises(Fault), breaker.attempt():
        raise Fault(reason, "seen", retry_after=retry_after)


def test_the_pauses_grow_with_each_failed_question_that_was_to_find_out() -> None:
    clock = Clock()
    breaker = Breaker(3, "server", clock)
    for _ in range(3):
        failed(breaker)
    pauses = []
    for _ in range(12):
        opened = clock.now
        while True:
            try:
                breaker.check()
                break
            except Unavailable:
                clock.now += 0.25
        pauses.append(clock.now - opened)
        failed(breaker)
    assert pauses[0] <= 1.25
    assert pauses[-1] > 25
    assert max(pauses) <= LONGEST_PAUSE + 0.25
    assert breaker.openings == 1


def test_one_success_between_failures_keeps_it_closed() -> None:
    breaker = Breaker(3, "server", Clock())
    for _ in range(10):
        failed(breaker)
        failed(breaker)
        with breaker.attempt():
            pass
    assert not breaker.is_open


def test_a_question_that_was_to_find_out_and_was_cancelled_leaves_it_to_the_next() -> None:
    clock = Clock()
    breaker = Breaker(1, "server", clock)
    failed(breaker)
    clock.now += 10
    with pytest.raises(asyncio.CancelledError):
        cancelled(breaker)
    with breaker.attempt():
        pass
    assert not breaker.is_open


@pytest.mark.parametrize(("asked", "pause"), [(30.0, 30.0), (86_400.0, LONGEST_PAUSE)])
def test_a_rest_that_the_server_asks_for_is_kept_within_bounds(asked: float, pause: float) -> None:
    clock = Clock()
    breaker = Breaker(99, "server", clock)
    failed(breaker, Reason.RATE_LIMITED, asked)
    clock.now += pause - 0.1
    with pytest.raises(Unavailable):
        breaker.check()
    clock.now += 0.2
    breaker.check()


def test_a_key_that_is_refused_stops_asking_at_once_and_is_an_error_in_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    breaker = Breaker(99, "judge.openai", Clock())
    failed(breaker, Reason.KEY_REFUSED)
    assert breaker.is_open
    assert [record.levelname for record in caplog.records] == ["ERROR"]


@given(st.integers(1, 1_000), st.floats(0, 1))
def test_a_pause_is_drawn_and_bounded(failures: int, draw: float) -> None:
    assert 0.5 <= pause_after(failures, lambda: draw) <= LONGEST_PAUSE


def cancelled(breaker: Breaker) -> None:
    with breaker.attempt():
        with pytest.raises(Unavailable):
            breaker.check()
        raise asyncio.CancelledError


NOW = 1_795_415_055.0


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("17", 17.0),
        ("1.5", 1.5),
        (format_datetime(datetime.fromtimestamp(NOW + 40, UTC), usegmt=True), 40.0),
        (format_datetime(datetime.fromtimestamp(NOW - 40, UTC), usegmt=True), 0.0),
        ("Mon, 99 Foo 2026 99:99:99 GMT", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(header: str | None, seconds: float | None) -> None:
    assert seconds_of(header, NOW) == seconds


@given(st.text(max_size=40))
def test_no_retry_after_makes_an_error(header: str) -> None:
    found = seconds_of(header, NOW)
    assert found is None or found >= 0


@given(st.integers(201, 599))
def test_every_status_has_a_reason(status: int) -> None:
    reason = reason_of(status)
    assert reason.is_for_people + reason.needs_mending + reason.may_pass_soon == 1
