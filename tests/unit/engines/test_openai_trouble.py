"""A server that misbehaves in each way: every question ends as the port says, and its reason is counted."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import msgspec
import pytest

from stream.adapters.openai import OpenAiEngine, OpenAiOptions
from stream.core.checks import check
from stream.core.errors import Escalate, SluiceError, Unavailable
from tests.unit.engines.model_server import (
    MODEL,
    SAFE,
    ModelServer,
    Request,
    Reset,
    Script,
    always,
    completion,
    in_turn,
    response,
    well,
)
from tests.vllm.questions import question

ANOTHER_POST = msgspec.json.encode(
    {
        "label": "violates",
        "findings": [{"clause": "C1.a", "quote": "you utter walnut"}],
        "severity": 1,
        "confidence": "high",
        "rationale": "An insult.",
        "remediation": "",
    }
).decode()


@asynccontextmanager
async def asking(
    script: Script,
    pauses: list[float] | None = None,
    **settings: Any,  # noqa: ANN401 - any option
) -> AsyncIterator[tuple[OpenAiEngine, ModelServer]]:
    """A started engine before a server with this script; its pauses are a fiftieth of what they should be."""

    async def sleep(seconds: float) -> None:
        if pauses is not None:
            pauses.append(seconds)
        await asyncio.sleep(seconds / 50)

    async with ModelServer(script).running() as server:
        given = {"base_url": server.url, "model": MODEL, "timeout_s": 5.0, **settings}
        engine = OpenAiEngine(OpenAiOptions(**given), sleep=sleep)
        await engine.start()
        try:
            yield engine, server
        finally:
            await engine.stop()


async def never(_request: Request) -> bytes:
    await asyncio.sleep(60)
    raise AssertionError("nobody waits so long")


HTML = response("<!doctype html><title>Sign in</title>")
HALF = completion(SAFE)[:-40].replace(b"Content-Length", b"X-Length")
WITHIN = response(json.dumps({"error": {"message": "model crashed", "type": "server_error"}}))
WITHIN_429 = response(json.dumps({"error": {"message": "slow down", "code": 429}}))


@pytest.mark.parametrize(
    ("reason", "script", "tries"),
    [
        ("timeout", never, 1),
        ("connection", in_turn(Reset), 3),
        ("connection", always(b""), 3),
        ("connection", always(b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{"), 3),
        ("connection", always(b"220 mail.example.com ESMTP\r\n"), 3),
        ("unreadable", always(HTML), 3),
        ("unreadable", always(HALF), 3),
        ("no_completion", always(response('{"status": "ok"}')), 3),
        ("no_completion", always(response('[{"choices": 1}]')), 3),
        ("server_error", always(WITHIN), 3),
        ("rate_limited", always(WITHIN_429), 3),
        ("rate_limited", always(response("{}", 429)), 3),
        ("overloaded", always(response("{}", 503)), 3),
        ("server_error", always(response("oops", 500)), 3),
        ("key_refused", always(response("{}", 401)), 1),
        ("not_found", always(response("{}", 404)), 1),
        ("not_found", always(response("", 302, Location="http://127.0.0.1:9/v1")), 1),
    ],
)
async def test_where_the_server_gives_no_answer_the_question_can_be_asked_again(
    reason: str, script: Script, tries: int
) -> None:
    # Given a server that does so every time
    async with asking(script, timeout_s=0.4 if reason == "timeout" else 30.0) as (engine, server):
        server.greet = script
        # When a question is asked, then it is laid aside after its tries, which are counted by their reason
        with pytest.raises(Unavailable, match=r"judge\.openai gave no answer"):
            await engine.ask(question())
        assert {name: n for name, n in engine.stats.faults.items() if n} == {reason: tries}
        assert (engine.stats.retries, engine.stats.in_flight) == (tries - 1, 0)
        # And nothing stands still: with a server that is well again, the next one is answered
        server.script = server.greet = well
        assert await answered_soon(engine)


@pytest.mark.parametrize(
    ("reason", "script"),
    [
        ("server_error", always(response("oops", 500))),
        ("connection", in_turn(Reset)),
        ("unreadable", always(HTML)),
        ("no_completion", always(response("{}"))),
    ],
)
async def test_a_question_that_the_server_fails_at_alone_goes_to_people(reason: str, script: Script) -> None:
    # Given a server that answers a greeting, and crashes at a post
    async with asking(script, breaker_failures=5) as (engine, server):
        # When such posts are all that the quiet stream has, then people get them
        for _ in range(4):
            with pytest.raises(Escalate, match="fails at the question alone"):
                await engine.ask(question())
        # And others are not kept waiting for it
        assert (engine.stats.away, engine.stats.openings) == (False, 0)
        server.script = well
        assert (await engine.ask(question())).complete


async def answered_soon(engine: OpenAiEngine) -> bool:
    async with asyncio.timeout(10):
        while True:
            try:
                return (await engine.ask(question(name="next"))).complete
            except Unavailable:
                await asyncio.sleep(0.05)


@pytest.mark.parametrize(
    ("reason", "answer"),
    [
        ("request_refused", response('{"error": "too long"}', 400)),
        ("request_refused", response("", 413)),
        ("refusal", completion(None, refusal="I cannot help with that.")),
        ("refusal", completion("", finish="content_filter")),
    ],
)
async def test_what_this_question_alone_cannot_have_answered_goes_to_people(
    reason: str, answer: bytes
) -> None:
    async with asking(always(answer), breaker_failures=1) as (engine, server):
        with pytest.raises(Escalate, match="refuses the question"):
            await engine.ask(question())
        assert {name: n for name, n in engine.stats.faults.items() if n} == {reason: 1}
        # And the server counts as well: the next one is asked at once
        server.script = well
        assert (await engine.ask(question())).complete


@pytest.mark.parametrize(
    ("content", "finish", "failure", "asked"),
    [
        (SAFE[:40], "stop", "not_json", 2),
        ("Sorry, but I cannot assist with that request.", "stop", "refused", 1),
        ('{"verdict": "ok"}', "stop", "not_in_schema", 2),
        (SAFE.replace("Fine.", r"So \"fine\"."), "stop", "not_in_schema", 2),
        (ANOTHER_POST, "stop", "quote_not_in_content", 1),
        (SAFE[:60], "length", "incomplete", 1),
        ("", "stop", "incomplete", 1),
        (None, "stop", "incomplete", 1),
    ],
)
async def test_an_answer_that_will_not_do_is_found_out_by_the_checks(
    content: str | None, finish: str, failure: str, asked: int
) -> None:
    # Given a model that answers so every time
    async with asking(always(completion(content, finish))) as (engine, server):
        one = question()
        # When it is asked
        answer = await engine.ask(one)
        # Then its checks say why, after one repair where the form was wrong, and never a second one
        assert check(answer, one)[0].failures == (failure,)
        assert len(server.asked) == asked
        assert engine.stats.repairs == asked - 1
        assert engine.stats.incomplete == (failure == "incomplete")


async def test_a_faulty_answer_is_shown_to_the_model_once_and_the_better_one_counts() -> None:
    # Given a model that writes prose at first
    async with asking(in_turn(completion("It is safe."), completion(SAFE))) as (engine, server):
        answer = await engine.ask(question())
        # Then it was told what it said and what was wrong, and both of its answers are paid for
        assert check(answer, question())[0].failures == ()
        first, second = (request.body["messages"] for request in server.asked)
        assert second[:2] == first
        assert second[2] == {"role": "assistant", "content": "It is safe."}
        assert "no JSON" in second[3]["content"]
        assert (answer.usage.prompt, answer.usage.cached, answer.usage.output) == (1_800, 1_600, 60)


async def test_json_within_a_code_fence_needs_no_repair() -> None:
    async with asking(always(completion(f"```json\n{SAFE}\n```"))) as (engine, server):
        assert check(await engine.ask(question()), question())[0].failures == ()
        assert len(server.asked) == 1


async def test_slow_is_not_away() -> None:
    async def slow(_request: Request) -> bytes:
        await asyncio.sleep(0.3)
        return completion(SAFE)

    async with asking(slow) as (engine, _):
        assert (await engine.ask(question())).complete


async def test_an_answer_without_end_is_not_read_to_its_end() -> None:
    async def endless(_request: Request) -> bytes:
        return b"HTTP/1.1 200 OK\r\nContent-Length: 99000000\r\n\r\n" + b" " * (9 << 20)

    async with asking(endless, tries=1, timeout_s=30.0) as (engine, _):
        with pytest.raises(Escalate, match="more than 8388608 bytes"):
            await engine.ask(question())


@pytest.mark.parametrize(("header", "at_least"), [("2", 2.0), ("0", 0.5)])
async def test_the_server_is_left_alone_for_as_long_as_it_asks(header: str, at_least: float) -> None:
    # Given a server that refuses twice and says for how long
    pauses: list[float] = []
    refusal = response("{}", 429, Retry_After=header)
    async with asking(in_turn(refusal, refusal, completion(SAFE)), pauses) as (engine, _):
        assert (await engine.ask(question())).complete
        # Then so long was waited, or longer
        assert len(pauses) == 2
        assert min(pauses) >= at_least
        assert engine.stats.limit < 64


async def test_a_long_rest_is_taken_by_all_at_once() -> None:
    # Given a server that wants to be left alone for a minute
    async with asking(always(response("{}", 429, Retry_After="60"))) as (engine, server):
        with pytest.raises(Unavailable):
            await engine.ask(question())
        # When others ask
        for number in range(20):
            with pytest.raises(Unavailable, match="is away"):
                await engine.ask(question(name=f"q{number}"))
        # Then none of them reaches it
        assert len(server.asked) == 1
        assert engine.stats.away


async def test_after_failures_in_a_row_greetings_find_out_when_the_server_is_back() -> None:
    # Given a server that dies with a window of questions before it
    async with asking(in_turn(Reset), breaker_failures=4) as (engine, server):
        server.greet = in_turn(Reset)
        ends = await gathered(engine, 30)
        assert all(isinstance(end, Unavailable) for end in ends)
        assert away(engine)
        asked = len(server.asked)
        # When all ask again and again meanwhile
        for _ in range(20):
            await gathered(engine, 30)
            await asyncio.sleep(0.01)
        # Then no post is sent to find out
        assert len(server.asked) == asked
        # When it is back, then all are answered
        server.greet = server.script = well
        assert await answered_soon(engine)
        assert not any(isinstance(end, SluiceError) for end in await gathered(engine, 30))
        assert (away(engine), engine.stats.openings) == (False, 1)


def away(engine: OpenAiEngine) -> bool:
    return engine.stats.away


async def gathered(engine: OpenAiEngine, count: int) -> list[object]:
    asked = (engine.ask(question(name=f"q{number}")) for number in range(count))
    return list(await asyncio.gather(*asked, return_exceptions=True))


async def test_concurrency_falls_to_what_the_server_takes_and_rises_again() -> None:
    # Given a server that takes four at once and refuses the fifth
    in_hand = 0

    async def narrow(_request: Request) -> bytes:
        nonlocal in_hand
        in_hand += 1
        try:
            if in_hand > 4:
                return response("{}", 429)
            await asyncio.sleep(0.01)
            return completion(SAFE)
        finally:
            in_hand -= 1

    async with asking(narrow, max_concurrency=32, tries=10, breaker_failures=1_000) as (engine, server):
        # When many ask, then all are answered, and few were sent in vain once the limit had been learned
        ends = await gathered(engine, 100)
        assert all(not isinstance(end, SluiceError) for end in ends)
        assert engine.stats.limit <= 8
        # And a server that takes more is given more
        server.script = well
        learned = engine.stats.limit
        await gathered(engine, 120)
        assert engine.stats.limit > learned


async def test_priority_work_is_sent_first() -> None:
    # Given one slot, taken, and bulk questions that wait for it
    order: list[str] = []

    async def noting(request: Request) -> bytes:
        order.append(request.user)
        await asyncio.sleep(0.05)
        return completion(SAFE)

    async with asking(noting, max_concurrency=1) as (engine, _):
        bulk = [asyncio.ensure_future(engine.ask(question(f"bulk {n}"))) for n in range(3)]
        await asyncio.sleep(0)
        # When one of priority comes last, then it is the next one
        await engine.ask(question("urgent", priority=-1))
        await asyncio.gather(*bulk)
    assert "urgent" in order[1]


async def test_a_cancelled_question_hangs_up_and_gives_its_slot_back() -> None:
    async with asking(never, max_concurrency=1) as (engine, server):
        unwanted = asyncio.ensure_future(engine.ask(question()))
        await asyncio.wait_for(server.arrived.wait(), 5)
        queued = asyncio.ensure_future(engine.ask(question()))
        await asyncio.sleep(0)
        queued.cancel()
        unwanted.cancel()
        await asyncio.gather(unwanted, queued, return_exceptions=True)
        server.script = well
        assert (await engine.ask(question())).complete
        assert engine.stats.in_flight == 0


async def test_a_question_in_flight_at_the_end_can_be_asked_again_elsewhere() -> None:
    async with asking(never) as (engine, server):
        pending = asyncio.ensure_future(engine.ask(question()))
        await asyncio.wait_for(server.arrived.wait(), 5)
        await engine.stop()
        with pytest.raises(Unavailable):
            await pending


async def test_nothing_of_a_post_is_in_what_is_said_of_a_fault(caplog: pytest.LogCaptureFixture) -> None:
    # Given a server whose errors quote what they were sent
    async def quoting(request: Request) -> bytes:
        return response(json.dumps({"error": {"message": request.user, "code": 500}}), 500)

    async with asking(quoting, breaker_failures=1) as (engine, server):
        with pytest.raises(Unavailable) as failed:
            await engine.ask(question("the marker walnut-4711"))
        server.script = always(response("walnut-4711", 400))
        async with asyncio.timeout(10):
            while True:
                try:
                    await engine.ask(question("the marker walnut-4711"))
                except Unavailable:
                    await asyncio.sleep(0.05)
                except Escalate as refused:
                    said = str(refused)
                    break
    assert "walnut" not in str(failed.value) + said + caplog.text
