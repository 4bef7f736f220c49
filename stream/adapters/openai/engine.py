"""The port `Engine` on a model server. It logs nothing of a post, and never a key."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from msgspec.structs import replace

from stream.adapters.openai.exchange import Exchange
from stream.adapters.openai.log_probabilities import of_labels
from stream.adapters.openai.options import OpenAiOptions
from stream.adapters.openai.reply import Reply
from stream.adapters.openai.request import Chat, chat_of, without_marks
from stream.adapters.openai.server import Server
from stream.adapters.openai.start import Start
from stream.adapters.openai.stats import ServerStats
from stream.core.checks import check
from stream.core.errors import Escalate, Unavailable
from stream.core.fields import as_name
from stream.core.judgement import Answer, Question, Usage

MENDABLE = {
    "not_json": "That was no JSON.",
    "not_in_schema": "That was JSON, but not of this form: a field is missing, unknown, too long or of"
    " another type, or a text holds a double quotation mark, a backslash or a line break.",
}
"""What a model is told of an answer that cannot be read, by the check that it failed."""

log = logging.getLogger(__name__)


class OpenAiEngine:
    """Answers questions by asking a server. All methods belong to one event loop.

    Args:
        options: where and how.
        section: of the settings, as messages name it.
        sleep: pauses between tries; a test may not wait.
    """

    def __init__(
        self,
        options: OpenAiOptions,
        section: str = "judge.openai",
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._options = options
        self._section = section
        self._sleep = sleep
        self._stats = ServerStats(limit=options.max_concurrency)
        self._server: Server | None = None
        self._exchange: Exchange | None = None
        self._ids: dict[str, str] = {}

    @property
    def model(self) -> str:
        """The model's name, as verdicts name it."""
        return self._options.model_name

    @property
    def local(self) -> bool:
        """Whether the server is one of the operator's own."""
        return self._options.is_local

    @property
    def section(self) -> str:
        """The section of the settings that describes the server."""
        return self._section

    @property
    def stats(self) -> ServerStats:
        """The counts so far; the same object throughout, so that it can be read at any time."""
        self._stats.away = self._exchange is not None and self._exchange.is_away
        return self._stats

    async def start(self) -> None:
        """Reach the server, and learn what it lists and which form it holds answers to.

        Raises:
            Misconfigured: it refuses the key, the model or the request.
            Unavailable: it does not answer within a minute.
        """
        self._server = server = Server(self._options, self._section)
        found = await Start(self._options, self._section, server, self._sleep).run()
        self._ids = found.ids
        self._exchange = Exchange(self._options, self._section, server, found.form, self._stats, self._sleep)
        told = {"model": self.model, "form": found.form.value, "local": self.local, "section": self._section}
        log.info("model server", extra=told)

    async def ask(self, question: Question) -> Answer:
        """Answer one question; cancelling the awaiting task closes the request's connection.

        Raises:
            Unavailable: the server does not answer now, or did not; ask again.
            Escalate: it must not leave these machines, the server or the model refuses it, or the server
                does not know the model that it asks for.
        """
        if question.local_only and not self.local:
            raise Escalate(
                f"The question must not leave the operator's machines, and {self._section} is not local:"
                f" set {self._section}.local if it is."
            )
        if self._exchange is None:
            raise Unavailable(f"{self._section} was not started")
        exchange = self._exchange
        chat = chat_of(question, self._options, self._model_for(question))
        reply = await exchange.reply(chat, question.priority)
        answer = self._answer(question, reply)
        if wrong := _mendable(question, answer):
            self._stats.repairs += 1
            again = await exchange.reply(_told_again(chat, reply, wrong), question.priority)
            answer = self._answer(question, _both(reply, again))
        self._stats.count(answer)
        return answer

    async def stop(self) -> None:
        """Close the connections; questions in flight end with `Unavailable`."""
        if self._exchange is not None:
            self._exchange.stop()
        if self._server is not None:
            await self._server.close()

    def _model_for(self, question: Question) -> str:
        """The server's own word for the model that a question asks for."""
        if question.model is None or question.model in (self.model, as_name(self._options.model)):
            return self._options.model
        return self._ids.get(question.model, question.model)

    def _answer(self, question: Question, reply: Reply) -> Answer:
        return Answer(
            final=reply.text,
            complete=reply.complete,
            reasoning=reply.reasoning,
            usage=reply.usage,
            model=self._answered_by(question, reply),
            log_probabilities=of_labels(reply.log_probabilities, reply.text, question.policies),
        )

    def _answered_by(self, question: Question, reply: Reply) -> str:
        """Who answered by the server's own word: some answer with another model than they were asked for."""
        asked = self._model_for(question)
        if reply.model not in ("", asked):
            return as_name(reply.model) or self.model
        return self.model if asked == self._options.model else as_name(asked)


def _mendable(question: Question, answer: Answer) -> str:
    """The check that says why a whole answer cannot be read; empty for one that can."""
    if not answer.complete:
        return ""
    failed = [failure for judgement in check(answer, question) for failure in judgement.failures]
    return next((failure for failure in failed if failure in MENDABLE), "")


def _told_again(chat: Chat, faulty: Reply, wrong: str) -> Chat:
    """The same chat, with the faulty answer and what is wrong with it."""
    words = f"{MENDABLE[wrong]} Answer again with the JSON object and nothing else."
    told = (
        {"role": "assistant", "content": without_marks(faulty.text)},
        {"role": "user", "content": words},
    )
    return replace(chat, messages=(*chat.messages, *told))


def _both(first: Reply, second: Reply) -> Reply:
    """The second reply, with what the first one thought and cost."""
    one, other = first.usage, second.usage
    usage = Usage(one.prompt + other.prompt, one.cached + other.cached, one.output + other.output)
    reasoning = "\n\n".join(part for part in (first.reasoning, second.reasoning) if part)
    return replace(second, usage=usage, reasoning=reasoning)
