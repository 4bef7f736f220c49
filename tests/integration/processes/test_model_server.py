"""A judge before a bad model server: each bad answer ends with people, and none stops the stream."""

import asyncio
import json
from collections.abc import Iterator

import pytest

from stream.core.terms import Decision, Stage
from tests.chaos.watcher import Watcher
from tests.fleet.installation import Installation
from tests.fleet.waiting import eventually
from tests.integration.processes.conftest import Start
from tests.integration.processes.test_engine_trouble import publish, released
from tests.unit.engines.model_server import (
    MODEL,
    SAFE,
    ModelServer,
    Request,
    Reset,
    completion,
    response,
    served,
    well,
)

ANOTHER = SAFE.replace('"findings":[]', '"findings":[{"clause":"HR1.a","quote":"not in this post"}]')
BAD = {
    "half-a-json": completion(SAFE[:30]),
    "another-schema": completion('{"verdict":"fine"}'),
    "html": response("<html>Sign in</html>"),
    "error-inside": response(json.dumps({"error": {"message": "crashed"}})),
    "crashes": response("", 500),
    "refuses": completion("I cannot help with that."),
    "refuses-formally": completion(None, refusal="No."),
    "repeats": completion("no " * 900, "length"),
    "another-post": completion(ANOTHER),
    "nothing": completion(""),
    "too-long": response("{}", 400),
}


async def misbehave(request: Request) -> bytes:
    """What the post names, and well where it names nothing."""
    posts = [message["content"] for message in request.body["messages"] if "TARGET" in message["content"]]
    for name, answer in BAD.items():
        if f"\n{name}\n" in posts[-1]:
            return answer
    if "\nhangs-up\n" in posts[-1]:
        raise Reset
    if "\nnever\n" in posts[-1]:
        await asyncio.sleep(3_600)
    return await well(request)


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with served(ModelServer(misbehave)) as server:
        yield server


def start_all(start: Start, server: ModelServer, **settings: str) -> None:
    start("gate")
    start("triage")
    start(
        "judge",
        JUDGE__ENGINE="openai",
        JUDGE__OPENAI__BASE_URL=server.url,
        JUDGE__OPENAI__MODEL=MODEL,
        JUDGE__DRAIN_S="5",
        **settings,
    )


def with_people(watcher: Watcher, names: set[str]) -> bool:
    return all(name in watcher.last and watcher.last[name].stage is Stage.PEOPLE for name in names)


def test_each_bad_answer_ends_with_people_and_none_stops_the_stream(
    installation: Installation, start: Start, watcher: Watcher, server: ModelServer
) -> None:
    # Given a server that misbehaves as a post names it, and a judge that waits 3 s for an answer
    start_all(start, server, JUDGE__ITEM_DEADLINE_S="8", JUDGE__OPENAI__TIMEOUT_S="3")
    bad = {*BAD, "hangs-up", "never"}
    # When such posts come among others
    publish(installation, {name: name for name in bad} | {f"p{n}": "hello" for n in range(100)})
    # Then the others are released, and each bad one is hidden and before people
    eventually(lambda: len(released(watcher)) == 100, 90, "the release of the others")
    eventually(lambda: with_people(watcher, bad), 90, "people being asked")
    assert all(watcher.last[name].decision is Decision.HOLD for name in bad)
    # And what comes afterwards flows as before
    publish(installation, {f"later{n}": "hello" for n in range(50)})
    eventually(lambda: len(released(watcher)) == 150, 60, "the release of what came later")


def test_while_the_server_is_gone_posts_stay_hidden_and_nothing_is_lost(
    installation: Installation, start: Start, watcher: Watcher, server: ModelServer
) -> None:
    # Given a server that has gone, after a judge had begun
    start_all(start, server, JUDGE__ITEM_DEADLINE_S="5", JUDGE__OPENAI__TIMEOUT_S="3")
    publish(installation, {"first": "hello"})
    eventually(lambda: released(watcher) == {"first"}, 90, "the first release")
    before = len(server.asked)

    async def gone(_request: Request) -> bytes:
        raise Reset

    server.script = server.greet = gone
    # When posts come
    publish(installation, {f"p{n}": "hello" for n in range(200)})
    eventually(lambda: len(watcher.last) == 201, 30, "every hold")
    # Then none is shown; by the gate's clock alone people are asked, and few requests were made in vain
    eventually(lambda: with_people(watcher, {f"p{n}" for n in range(200)}), 90, "people being asked")
    assert released(watcher) == {"first"}
    assert len(server.asked) - before < 200
    # When it is back, then its late answers empty the queue
    server.script = server.greet = well
    eventually(lambda: len(released(watcher)) == 201, 120, "the release of all")
