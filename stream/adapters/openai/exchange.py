"""One chat and its reply: within the limit, through the breaker, tried again where that may help."""

import asyncio
from collections.abc import Awaitable, Callable

from stream.adapters.openai.breaker import LONG, Breaker, pause_after
from stream.adapters.openai.fault import Fault, Reason
from stream.adapters.openai.limit import Limit
from stream.adapters.openai.options import OpenAiOptions
from stream.adapters.openai.reply import Reply, reply_of
from stream.adapters.openai.request import Chat, Form, body_of, greeting
from stream.adapters.openai.server import Server
from stream.adapters.openai.stats import ServerStats
from stream.core.errors import Escalate, Unavailable


class Exchange:
    """What stands between questions and one server.

    Args:
        options: the server's.
        section: of the settings, as messages name it.
        server: to send to.
        form: that the server holds answers to.
        stats: where it counts.
        sleep: pauses between tries; a test may not wait.
    """

    def __init__(
        self,
        options: OpenAiOptions,
        section: str,
        server: Server,
        form: Form,
        stats: ServerStats,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._options = options
        self._section = section
        self._server = server
        self._form = form
        self._sleep = sleep
        self._limit = Limit(options.max_concurrency)
        self._breaker = Breaker(options.breaker_failures, section, self._greet, sleep)
        self._stats = stats

    async def reply(self, chat: Chat, priority: int) -> Reply:
        """Send a chat until it is answered, the tries are used up, or the server is given a rest.

        Args:
            chat: what to send.
            priority: lower goes first.

        Raises:
            Unavailable: no answer now.
            Escalate: the server or the model refuses this one.
        """
        for failures in range(1, self._options.tries + 1):
            try:
                return await self._attempt(chat, priority)
            except Fault as fault:
                if fault.reason.is_for_people:
                    raise Escalate(f"{self._section} refuses the question ({fault}).") from fault
                asked = fault.retry_after or 0.0
                last = failures == self._options.tries
                if last and fault.reason.may_be_the_questions_own and await self._is_well():
                    raise Escalate(f"{self._section} fails at the question alone ({fault}).") from fault
                if last or not fault.reason.may_pass_soon or asked > LONG:
                    raise Unavailable(f"{self._section} gave no answer: {fault}") from fault
                self._stats.retries += 1
                await self._sleep(max(asked, pause_after(failures)))
        raise AssertionError("unreachable: the last try returns or raises")

    @property
    def is_away(self) -> bool:
        """Whether nothing is asked until the server answers a greeting."""
        return self._breaker.is_open

    def stop(self) -> None:
        """Greet no more."""
        self._breaker.stop()

    async def _attempt(self, chat: Chat, priority: int) -> Reply:
        self._breaker.check()
        async with self._limit.slot(priority) as slot:
            self._stats.in_flight += 1
            try:
                with self._breaker.attempt():
                    reply = await self._sent(chat)
                self._limit.rise()
            except Fault as fault:
                self._stats.faults[fault.reason.value] += 1
                if fault.reason.means_too_many:
                    self._limit.fall(slot)
                raise
            finally:
                self._stats.in_flight -= 1
                self._tell()
        return reply

    async def _is_well(self) -> bool:
        """Whether the server answers a greeting now."""
        try:
            with self._breaker.attempt():
                await self._greet()
        except (Fault, Unavailable):
            return False
        return True

    async def _greet(self) -> Reply:
        return await self._sent(greeting(self._options))

    async def _sent(self, chat: Chat) -> Reply:
        try:
            return reply_of(await self._server.complete(body_of(chat, self._options, self._form)))
        except Fault as fault:
            if fault.reason is Reason.NOT_FOUND and chat.model != self._options.model:
                raise Fault(Reason.REQUEST_REFUSED, f"no such model, {chat.model}") from fault
            raise

    def _tell(self) -> None:
        self._stats.limit = self._limit.size
        self._stats.openings = self._breaker.openings
