"""The first words with a server: whether it lets us in, what it lists, and which form it holds answers to."""

import logging
import time
from collections.abc import Awaitable, Callable

from msgspec import Struct

from stream.adapters.openai.fault import Fault, Reason
from stream.adapters.openai.options import OpenAiOptions
from stream.adapters.openai.reply import reply_of
from stream.adapters.openai.request import Form, body_of, greeting
from stream.adapters.openai.server import Server
from stream.core.errors import Misconfigured, Unavailable
from stream.core.fields import as_name

PATIENCE = 60.0
"""Seconds to wait for a server that does not answer yet, as for a broker."""
LOADING = 600.0
"""Seconds that a server may take for the first answer: some load the model when it is first asked for."""
PAUSE = 1.0

_TOO_STRICT = (Reason.REQUEST_REFUSED, Reason.SERVER_ERROR)

log = logging.getLogger(__name__)


class Found(Struct, frozen=True):
    """What a start found: the form, and the ids of models by the names that policy sets give them."""

    form: Form
    ids: dict[str, str]


class Start:
    """One start. `sleep` pauses between tries."""

    def __init__(
        self,
        options: OpenAiOptions,
        section: str,
        server: Server,
        sleep: Callable[[float], Awaitable[None]],
    ) -> None:
        self._options = options
        self._section = section
        self._server = server
        self._sleep = sleep
        self._listed: list[str] = []

    async def run(self) -> Found:
        """Ask until there is an answer.

        Raises:
            Misconfigured: there will never be one; says how to mend it.
            Unavailable: there was none within a minute.
        """
        if not self._options.base_url:
            raise Misconfigured(f"{self._section}.base_url is not set: say where the model server answers")
        until = time.monotonic() + PATIENCE
        while True:
            try:
                self._listed = await self._server.models()
                return Found(await self._form(), {as_name(listed): listed for listed in self._listed})
            except Fault as fault:
                if fault.reason.needs_mending or fault.reason.is_for_people:
                    raise Misconfigured(self._mend(fault)) from fault
                if time.monotonic() > until:
                    raise Unavailable(
                        f"{self._section}: no answer from {self._options.base_url} ({fault}). Is the server"
                        " running, and base_url right, with /v1 at its end where the server has it?"
                    ) from fault
                log.warning(
                    "waiting for the model server", extra={"section": self._section, "seen": str(fault)}
                )
            await self._sleep(PAUSE)

    async def _form(self) -> Form:
        """The strictest form that the server takes, of those that the settings allow."""
        wanted = self._options.structured
        forms = list(Form) if wanted == "auto" else [Form(wanted)]
        for form in forms[:-1]:
            try:
                return await self._greeted(form)
            except Fault as fault:
                if fault.reason not in _TOO_STRICT:
                    raise
        return await self._greeted(forms[-1])

    async def _greeted(self, form: Form) -> Form:
        body = body_of(greeting(self._options), self._options, form)
        reply_of(await self._server.complete(body, LOADING))
        return form

    def _mend(self, fault: Fault) -> str:
        where = f"{self._section}: {self._options.base_url} answers with {fault}"
        if fault.reason is Reason.KEY_REFUSED:
            return f"{where}: set {self._section}.api_key, or api_key_file, to a key that it takes."
        if fault.reason is Reason.NOT_FOUND:
            listed = f"; it lists {', '.join(sorted(self._listed)[:10])}" if self._listed else ""
            return (
                f"{where}: correct {self._section}.model ({self._options.model!r}{listed}) or base_url"
                " (it ends with the version, as in http://127.0.0.1:8000/v1)."
            )
        return (
            f"{where} to a plain request{self._words(fault)}. Set what it does not take otherwise:"
            f" {self._section}.structured, effort, output_limit or log_probabilities (docs/runtimes.md)."
        )

    def _words(self, fault: Fault) -> str:
        """What the server said; it had no post before it yet."""
        key = self._options.api_key
        said = fault.said.replace(key.reveal(), "…") if key is not None else fault.said
        return f": {' '.join(said.split())[:300]}" if said else ""
