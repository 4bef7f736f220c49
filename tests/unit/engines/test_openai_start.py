"""The start of a model server's client: what it learns, and what is said where it cannot begin."""

import asyncio
import json
import logging

import pytest

from stream.adapters.openai import OpenAiEngine, OpenAiOptions
from stream.adapters.openai import start as starting
from stream.core.errors import Misconfigured, Unavailable
from stream.core.secret import Secret
from tests.unit.engines.model_server import (
    MODEL,
    ModelServer,
    Request,
    Script,
    always,
    completion,
    in_turn,
    response,
    well,
)
from tests.vllm.questions import question

KEY = "sk-none-of-your-business"


async def at_once(_seconds: float) -> None:
    await asyncio.sleep(0)


def engine_of(server: ModelServer, **settings: object) -> OpenAiEngine:
    given = {"base_url": server.url, "model": MODEL, "timeout_s": 5.0, **settings}
    return OpenAiEngine(OpenAiOptions(**given), sleep=at_once)  # type: ignore[arg-type]


def takes(*forms: str) -> Script:
    """A server that refuses every other `response_format`, as those do that do not know it."""

    async def greet(request: Request) -> bytes:
        form = request.body.get("response_format", {"type": "none"})["type"]
        return await well(request) if form in forms else response('{"error":"unknown"}', 400)

    return greet


@pytest.mark.parametrize(
    ("known", "sent"),
    [
        (("json_schema", "json_object", "none"), "json_schema"),
        (("json_object", "none"), "json_object"),
        (("none",), None),
    ],
)
async def test_the_strictest_form_that_the_server_takes_is_used(
    known: tuple[str, ...], sent: str | None
) -> None:
    async with ModelServer(well, takes(*known)).running() as server:
        engine = engine_of(server)
        await engine.start()
        await engine.ask(question())
        await engine.stop()
        form = server.asked[0].body.get("response_format")
        assert (form and form["type"]) == sent


async def test_a_form_that_was_set_is_used_or_refused_at_start() -> None:
    async with ModelServer(well, takes("none")).running() as server:
        engine = engine_of(server, structured="json_object")
        with pytest.raises(Misconfigured, match=r"status 400 to a plain request.*judge\.openai\.structured"):
            await engine.start()
        await engine.stop()


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (401, r"set judge\.openai\.api_key, or api_key_file"),
        (403, r"set judge\.openai\.api_key, or api_key_file"),
        (404, r"correct judge\.openai\.model \('gpt-oss-safeguard:20b'; it lists gpt-oss-safeguard:20b\)"),
        (307, r"correct judge\.openai\.model"),
        (400, r"Set what it does not take otherwise"),
    ],
)
async def test_what_will_never_work_is_said_with_how_to_mend_it(
    status: int, said: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    refusal = response(json.dumps({"error": f"no, not with {KEY}"}), status, Location="/elsewhere")
    async with ModelServer(well, always(refusal)).running() as server:
        engine = engine_of(server, api_key=Secret(KEY))
        with pytest.raises(Misconfigured, match=said) as error:
            await engine.start()
        await engine.stop()
    assert KEY not in str(error.value) + repr(error.value) + caplog.text


async def test_the_key_goes_to_the_server_as_a_bearer_token() -> None:
    async with ModelServer(well).running() as server:
        engine = engine_of(server, api_key=Secret(KEY))
        await engine.start()
        await engine.ask(question())
        await engine.stop()
        assert server.asked[0].headers["authorization"] == f"Bearer {KEY}"


async def test_a_server_that_loads_is_waited_for() -> None:
    loading = response("{}", 503)
    async with ModelServer(well, in_turn(loading, loading, completion("{}"))).running() as server:
        engine = engine_of(server)
        await engine.start()
        assert (await engine.ask(question())).complete
        await engine.stop()


async def test_a_server_that_does_not_come_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(starting, "PATIENCE", 0.05)
    engine = OpenAiEngine(OpenAiOptions(base_url="http://127.0.0.1:9/v1", model=MODEL), sleep=at_once)
    with pytest.raises(Unavailable, match=r"judge\.openai: no answer from http://127\.0\.0\.1:9/v1"):
        await engine.start()
    await engine.stop()


async def test_an_address_or_a_key_that_cannot_be_is_refused() -> None:
    for wrong in (
        {"base_url": "http://[::1/v1"},
        {"base_url": "http://a/v1", "api_key": Secret("schlüssel")},
    ):
        with pytest.raises(Misconfigured, match=r"judge\.openai: base_url"):
            await OpenAiEngine(OpenAiOptions(model=MODEL, **wrong)).start()
