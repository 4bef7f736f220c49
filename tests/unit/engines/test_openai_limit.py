"""How much is asked at once, and when nothing is: limit, breaker, pauses, `Retry-After`; without a server."""

import asyncio
import logging
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
        self.asked: list[asyncio.Task[None]] = []
        self.held = 0

    async def through(self, steps: list[tuple[str, int]]) -> None:
        for what, number in steps:
            self.step(what, number)
            # Who was ended while waiting passes the slot on at its turn: one after the other.
            for _ in range(2 * len(steps) + 3):
                await asyncio.sleep(0)
            assert self.held <= 3
            assert 1 <= self.limit.size <= 3
            assert self.limit.used == self.held
        for event in self.running.values():
            event.set()
        await asyncio.wait_for(asyncio.gather(*self.asked, return_exceptions=True), 5)
        assert self.limit.used == 0

    def step(self, what: str, number: int) -> None:
        if what == "ask":
            event = asyncio.Event()
            self.asked.append(asyncio.ensure_future(self.hold(event)))
            self.running[self.asked[-1]] = event
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


class Away:
    """A server that answers greetings from the `answers`th on; sleeps are noted, not slept."""

    def __init__(self, failures: int, answers: int = 0, retry_after: float | None = None) -> None:
        self.pauses: list[float] = []
        self.greetings = 0
        self.back = asyncio.Event()
        self._answers = answers
        self._retry_after = retry_after
        self.breaker = Breaker(failures, "judge.openai", self._greet, self._sleep)

    def fails(self, reason: Reason = Reason.CONNECTION, retry_after: float | None = None) -> None:
        with pytest.raises(Fault), self.breaker.attempt():
            raise Fault(reason, "seen", retry_after=retry_after)

    async def recovers(self) -> None:
        await asyncio.wait_for(self.back.wait(), 5)
        await asyncio.sleep(0)

    async def _sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        await asyncio.sleep(0)

    async def _greet(self) -> None:
        self.greetings += 1
        if self.greetings < self._answers:
            raise Fault(Reason.OVERLOADED, "status 503", retry_after=self._retry_after)
        self.back.set()


async def test_it_is_greeted_after_growing_pauses_until_it_answers() -> None:
    server = Away(failures=3, answers=12)
    for _ in range(3):
        assert not server.breaker.is_open
        server.fails()
    with pytest.raises(Unavailable, match=r"judge\.openai is away"):
        server.breaker.check()
    await server.recovers()
    server.breaker.check()
    assert len(server.pauses) == server.greetings == 12
    assert server.pauses[0] <= 1
    assert 30 <= server.pauses[-1] <= LONGEST_PAUSE
    assert server.breaker.openings == 1


async def test_one_success_between_failures_keeps_it_closed() -> None:
    server = Away(failures=3)
    for _ in range(10):
        server.fails()
        server.fails()
        with server.breaker.attempt():
            pass
    assert not server.breaker.is_open


async def test_an_answer_to_what_was_under_way_still_closes_it() -> None:
    server = Away(failures=1, answers=99)
    with server.breaker.attempt():
        server.fails()
        assert server.breaker.is_open
    assert not is_open(server.breaker)
    await asyncio.sleep(0.01)
    assert server.greetings <= 1


def is_open(breaker: Breaker) -> bool:
    return breaker.is_open


@pytest.mark.parametrize(("asked", "pause"), [(30.0, 30.0), (86_400.0, LONGEST_PAUSE)])
async def test_a_rest_that_the_server_asks_for_is_kept_within_bounds(asked: float, pause: float) -> None:
    server = Away(failures=99, answers=3, retry_after=asked)
    server.fails(Reason.RATE_LIMITED, asked)
    await server.recovers()
    assert server.pauses == [pause] * 3


async def test_a_key_that_is_refused_stops_asking_at_once_and_is_an_error_in_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    server = Away(failures=99)
    server.fails(Reason.KEY_REFUSED)
    assert server.breaker.is_open
    await server.recovers()
    assert [record.levelname for record in caplog.records if record.levelno > logging.INFO] == ["ERROR"]


async def test_a_client_that_is_stopped_greets_no_more() -> None:
    server = Away(failures=1, answers=10**9)
    server.fails()
    await asyncio.sleep(0.01)
    server.breaker.stop()
    await asyncio.sleep(0)
    before = server.greetings
    await asyncio.sleep(0.01)
    assert server.greetings == before


@given(st.integers(1, 1_000), st.floats(0, 1))
def test_a_pause_is_drawn_and_bounded(failures: int, draw: float) -> None:
    assert 0.5 <= pause_after(failures, lambda: draw) <= LONGEST_PAUSE


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
