"""Keeps one engine alive: the first start, and after each death one restart, however many ask for it."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from stream.adapters.vllm.stats import EngineStats
from stream.core.errors import Exit

FIRST_PAUSE = 1.0
LONGEST_PAUSE = 60.0
"""Seconds between failed restarts: doubled from the first to the longest."""

Engine = TypeVar("Engine")
log = logging.getLogger(__name__)


class Revival(Generic[Engine]):
    """Hands out the living engine and replaces a dead one when it is next asked for.

    Restarting on demand, not at the death itself, lets a process that is being stopped stay down: Ctrl-C
    ends the engine's processes too.
    """

    def __init__(
        self,
        launch: Callable[[], Awaitable[Engine]],
        close: Callable[[Engine], Awaitable[None]],
        stats: EngineStats,
        *,
        restarts: int,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """Keep what `launch` makes; give up after `restarts` failed restarts in a row."""
        self._launch = launch
        self._close = close
        self._stats = stats
        self._restarts = restarts
        self._sleep = sleep
        self._engine: Engine | None = None
        self._dead: Engine | None = None
        self._restart: asyncio.Task[None] | None = None
        self._given_up: Exit | None = None

    async def start(self) -> None:
        """Launch for the first time; whatever `launch` raises passes through."""
        self._engine = await self._launch()

    async def living(self) -> Engine:
        """Return the engine, after the restart that is under way or due.

        Raises:
            Exit: too many restarts failed in a row; or it was closed.
        """
        while self._engine is None:
            if self._given_up is not None:
                raise self._given_up
            if self._restart is None:
                self._restart = asyncio.create_task(self._replace())
            await asyncio.shield(self._restart)
        return self._engine

    def died(self, engine: Engine) -> None:
        """Note that this engine is dead; the first of many to say so counts, none while it is closed."""
        if engine is self._engine and self._given_up is None:
            self._engine, self._dead = None, engine
            self._stats.deaths += 1
            log.error("the model's engine died")

    async def close(self) -> None:
        """End the engine for good, after a restart under way."""
        self._given_up = Exit("The model's engine was stopped.")
        if self._restart is not None:
            await self._restart
        for engine in (self._engine, self._dead):
            if engine is not None:
                await self._close(engine)
        self._engine = self._dead = None

    async def _replace(self) -> None:
        """Try until an engine lives, the tries are used up, or all is closed."""
        failure: Exception | None = None
        for attempt in range(self._restarts):
            if attempt:
                await self._sleep(min(FIRST_PAUSE * 2.0 ** (attempt - 1), LONGEST_PAUSE))
            failure = await self._try()
            if failure is None or self._given_up is not None:
                break
        else:
            self._given_up = Exit(
                f"The model's engine died and {self._restarts} restarts failed, the last with: {failure}."
                " Look for its cause in vLLM's own lines of the log above."
            )
        self._restart = None

    async def _try(self) -> Exception | None:
        """Clear the dead engine away, so that its memory is free, and launch another."""
        try:
            if self._dead is not None:
                await self._close(self._dead)
                self._dead = None
            self._engine = await self._launch()
        except Exception as failure:
            self._stats.failed_restarts += 1
            log.exception("the model's engine did not start again")
            return failure
        self._stats.restarts += 1
        log.info("the model's engine is back")
        return None
