"""One living engine, however many ask and however often it dies."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stream.adapters.vllm.revival import LONGEST_PAUSE, Revival
from stream.adapters.vllm.stats import EngineStats
from stream.core.errors import Exit


class Workshop:
    """Makes numbered engines; `fails` says which launches do not succeed."""

    def __init__(self, fails: Callable[[int], bool] = lambda launch: False) -> None:
        self.fails = fails
        self.launches = 0
        self.closed: list[int] = []
        self.pauses: list[float] = []
        self.stats = EngineStats()
        self.on_close: Callable[[int], None] = lambda engine: None

    def revival(self, restarts: int = 3) -> Revival[int]:
        return Revival(self.launch, self.close, self.stats, restarts=restarts, sleep=self.sleep)

    async def launch(self) -> int:
        self.launches += 1
        await asyncio.sleep(0)
        if self.fails(self.launches):
            raise RuntimeError(f"no memory at launch {self.launches}")
        return self.launches

    async def close(self, engine: int) -> None:
        self.on_close(engine)
        self.closed.append(engine)

    async def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)


async def together(asks: int, ask: Callable[[], Awaitable[int]]) -> list[int]:
    return await asyncio.gather(*(ask() for _ in range(asks)))


async def test_a_death_that_many_notice_is_one_restart() -> None:
    # Given an engine with ten questions in flight
    workshop = Workshop()
    revival = workshop.revival()
    await revival.start()

    # When each of them notes its death and asks again
    async def ask_again() -> int:
        revival.died(1)
        return await revival.living()

    # Then all are given the one new engine, and the dead one was cleared away first
    assert await together(10, ask_again) == [2] * 10
    assert workshop.closed == [1]
    assert (workshop.stats.deaths, workshop.stats.restarts) == (1, 1)


async def test_a_late_word_of_an_old_death_harms_no_new_engine() -> None:
    workshop = Workshop()
    revival = workshop.revival()
    await revival.start()
    revival.died(1)
    await revival.living()

    revival.died(1)

    assert await revival.living() == 2
    assert workshop.stats.deaths == 1


async def test_nothing_is_restarted_until_somebody_asks() -> None:
    workshop = Workshop()
    revival = workshop.revival()
    await revival.start()

    revival.died(1)
    await revival.close()

    assert workshop.launches == 1
    assert workshop.closed == [1]


async def test_an_engine_that_is_stopped_does_not_count_as_dead() -> None:
    # Given an engine whose questions end with it, while it is being stopped
    workshop = Workshop()
    revival = workshop.revival()
    workshop.on_close = revival.died
    await revival.start()

    await revival.close()

    assert workshop.stats.deaths == 0
    assert workshop.closed == [1]


async def test_failed_restarts_are_repeated_ever_more_slowly() -> None:
    # Given a machine that takes eight tries to serve again
    workshop = Workshop(lambda launch: 1 < launch < 10)
    revival = workshop.revival(restarts=20)
    await revival.start()
    revival.died(1)

    assert await revival.living() == 10

    assert workshop.pauses == [1, 2, 4, 8, 16, 32, LONGEST_PAUSE, LONGEST_PAUSE]
    assert workshop.stats.failed_restarts == 8


async def test_after_too_many_failed_restarts_the_process_must_end() -> None:
    # Given an engine that never comes back
    workshop = Workshop(lambda launch: launch > 1)
    revival = workshop.revival(restarts=3)
    await revival.start()
    revival.died(1)

    # Then whoever asks, then or later, is told so with the cause, and no more is tried
    for _ in range(2):
        with pytest.raises(Exit, match=r"3 restarts failed, the last with: no memory at launch 4"):
            await revival.living()
    assert workshop.launches == 4


async def test_a_caller_that_gives_up_leaves_the_restart_to_the_others() -> None:
    workshop = Workshop()
    revival = workshop.revival()
    await revival.start()
    revival.died(1)
    impatient, patient = (asyncio.create_task(revival.living()) for _ in range(2))
    await asyncio.sleep(0)

    impatient.cancel()

    assert await patient == 2
    assert workshop.launches == 2


async def test_what_is_launched_while_it_closes_is_closed_too() -> None:
    # Given a restart under way
    workshop = Workshop()
    revival = workshop.revival()
    await revival.start()
    revival.died(1)
    waiting = asyncio.create_task(revival.living())
    await asyncio.sleep(0)

    # When all is stopped meanwhile
    await revival.close()

    # Then no engine is left over, and the one who waited is sent away or served for the last time
    assert sorted(workshop.closed) == [1, 2]
    await asyncio.wait([waiting])
    assert waiting.exception() or waiting.result() == 2
    with pytest.raises(Exit, match="stopped"):
        await revival.living()


@given(story=st.lists(st.sampled_from(["ask", "dies", "turn"]), max_size=30), bad=st.sets(st.integers(2, 30)))
async def test_at_most_one_engine_lives_at_any_time(story: list[str], bad: set[int]) -> None:
    # Given any order of questions and deaths, and launches that fail here and there
    workshop = Workshop(lambda launch: launch in bad)
    revival = workshop.revival(restarts=100)
    await revival.start()
    asked: list[asyncio.Task[int]] = []
    for event in story:
        match event:
            case "ask":
                asked.append(asyncio.create_task(revival.living()))
            case "dies":
                revival.died(workshop.launches)
            case "turn":
                await asyncio.sleep(0)
        made = [launch for launch in range(1, workshop.launches + 1) if launch not in bad]
        assert len(set(made) - set(workshop.closed)) <= 1

    # Then every question is served in the end, and nothing is left over
    await asyncio.gather(*asked)
    await revival.close()
    made = [launch for launch in range(1, workshop.launches + 1) if launch not in bad]
    assert set(made) == set(workshop.closed)
