"""Which engine the demo takes: the one asked for, a suitable server of this machine, or the exemplar."""

from collections.abc import Iterator

import pytest

from stream.adapters.openai import OpenAiOptions, discovery
from stream.config import EngineKind, Settings
from stream.config.settings import Judge
from stream.core.errors import Misconfigured
from stream.ops.demo import engine as chosen
from stream.ops.demo.engine import Choice, choose
from tests.unit.engines.model_server import MODEL, ModelServer, always, response, served, well

NOBODY = "http://127.0.0.1:9/v1"


@pytest.fixture(autouse=True)
def _usual_ports_are_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """What listens there on this machine is somebody else's."""
    monkeypatch.setattr(chosen, "USUAL", {"Ollama": NOBODY})


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with served(ModelServer(well)) as server:
        yield server


def test_a_server_with_a_suitable_model_is_taken_unasked(
    server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given one of the usual ports where nobody listens, and one with a server that lists several models
    server.listed = ["llama3:8b", "gpt-oss:20b", "hf/GPT-OSS-Safeguard-20b"]
    monkeypatch.setattr(chosen, "USUAL", {"Ollama": NOBODY, "vLLM": server.url})
    # When nothing is asked for, then the best of them decides, and the judge is told where
    choice = choose(None, None, Settings())
    assert choice.kind is EngineKind.OPENAI
    assert choice.environment["SLUICE_JUDGE__OPENAI__BASE_URL"] == server.url
    assert choice.environment["SLUICE_JUDGE__OPENAI__MODEL"] == "hf/GPT-OSS-Safeguard-20b"
    assert choice.found == f"hf/GPT-OSS-Safeguard-20b at {server.url}"
    # And it can be refused
    assert choose(EngineKind.EXEMPLAR, None, Settings()) == Choice(EngineKind.EXEMPLAR)


def test_without_a_suitable_model_the_exemplar_decides(
    server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.listed = ["llama3:8b", "nomic-embed-text"]
    monkeypatch.setattr(chosen, "USUAL", {"vLLM": server.url})
    assert choose(None, None, Settings()) == Choice(EngineKind.EXEMPLAR)


def test_a_server_that_was_asked_for_and_is_not_there_is_an_error() -> None:
    for asked, server in ((None, NOBODY), (EngineKind.OPENAI, None)):
        with pytest.raises(Misconfigured, match=rf"answers at {NOBODY}.*--engine exemplar"):
            choose(asked, server, Settings())


def test_a_server_that_the_settings_describe_is_taken_as_it_is() -> None:
    described = OpenAiOptions(base_url="https://models.example.com/v1", model="m")
    settings = Settings(judge=Judge(engine=EngineKind.OPENAI, openai=described))
    assert choose(None, None, settings) == Choice(EngineKind.OPENAI)
    assert choose(EngineKind.EXEMPLAR, None, settings) == Choice(EngineKind.EXEMPLAR)


@pytest.mark.parametrize(
    "page",
    [response("<html>It works!"), response('{"data": 3}'), response("", 401), b"no HTTP at all", b"\xff"],
)
def test_whatever_else_listens_on_such_a_port_is_left_alone(page: bytes) -> None:
    class Page(ModelServer):
        async def _answer(self, request: object) -> bytes:
            return page

    with served(Page(always(page))) as server:
        assert discovery.find_server([server.url]) is None


def test_the_model_of_these_tests_is_a_suitable_one(server: ModelServer) -> None:
    found = discovery.find_server([server.url])
    assert found is not None
    assert found.model == MODEL
