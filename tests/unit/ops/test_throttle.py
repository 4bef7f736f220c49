"""The throttle: no faster than its rate, nothing while many wait, and no catching up afterwards."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stream.ops.throttle import Throttle


class World:
    """A clock that sleeping moves, and a queue in front of the judge."""

    def __init__(self, *waiting: int) -> None:
        self.now = 100.0
        self.asked = 0
        self._waiting = list(waiting)

    def sleep(self, seconds: float) -> None:
        self.now += seconds

    def waiting(self) -> int:
        self.asked += 1
        return self._waiting.pop(0) if self._waiting else 0

    def throttle(self, rate: int, most: int = 5) -> Throttle:
        return Throttle(rate, most, self.waiting, lambda: self.now, self.sleep)


def times(world: World, throttle: Throttle, number: int) -> list[float]:
    found = []
    for _ in range(number):
        assert throttle.wait(lambda: False)
        found.append(world.now)
    return found


@given(st.integers(1, 200), st.lists(st.integers(0, 10), max_size=6))
def test_no_second_ever_sees_more_than_the_rate(rate: int, waiting: list[int]) -> None:
    world = World(*waiting)
    passed = times(world, world.throttle(rate), 3 * rate)

    for place in range(len(passed) - rate):
        assert passed[place + rate] - passed[place] >= 1 - 1e-6


def test_nothing_passes_while_many_wait() -> None:
    world = World(6, 7, 5)
    (passed,) = times(world, throttle := world.throttle(10), 1)

    assert passed == pytest.approx(102.0)
    assert throttle.paused == 2.0


def test_it_looks_once_a_second() -> None:
    world = World()
    times(world, world.throttle(100), 350)
    assert world.asked in (4, 5)


def test_it_stops_when_told_so_even_while_it_waits() -> None:
    world = World(*[9] * 100)
    assert not world.throttle(10).wait(lambda: world.now > 103)
    assert world.now < 106
