"""How a process says that it is: by itself, and over its page."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection

import pytest
from msgspec.structs import replace
from prometheus_client import CollectorRegistry
from typer.testing import CliRunner

from stream.adapters.memory.engine import ScriptedEngine
from stream.adapters.metrics import GateMetrics, Health, JudgeMetrics, Page, TriageMetrics, serve
from stream.adapters.openai import ServerStats
from stream.adapters.vllm import VllmEngine, VllmOptions
from stream.cli import app
from stream.core.judgement import Answer, Question
from stream.wiring.workers import _beat
from tests.unit.metrics.levels import GATE_LEVELS, LEVELS


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 50.0

    def __call__(self) -> float:
        return self.now


def answers(health: Health) -> dict[str, str]:
    """The line of each answer, with its verdict before it."""
    asked = {"started": health.started(), "live": health.live(), "ready": health.ready()}
    return {name: f"{'yes' if answer.good else 'no'}: {answer.line}" for name, answer in asked.items()}


def test_a_process_whose_parts_have_not_reported_is_live_and_started_and_not_ready() -> None:
    assert answers(Health("judge")) == {
        "live": "yes: live",
        "started": "yes: started",
        "ready": "no: not ready: judge: has not begun yet",
    }


def test_a_process_that_loads_its_model_is_live_only_and_says_what_it_waits_for() -> None:
    # Given a judge whose lanes would be ready
    health = Health("judge")
    health.loading("the model")
    health.report("judge")
    # Then it is not, until the model is there
    assert answers(health) == {
        "live": "yes: live",
        "started": "no: not started: the model is being loaded",
        "ready": "no: not started: the model is being loaded",
    }
    health.loaded()
    assert answers(health)["ready"] == "yes: ready"


def test_every_part_must_have_reported_without_an_obstacle() -> None:
    health = Health("judge-priority", "judge")
    health.report("judge")
    assert answers(health)["ready"] == "no: not ready: judge-priority: has not begun yet"
    health.report("judge-priority", "no partitions are assigned yet")
    assert answers(health)["ready"] == "no: not ready: judge-priority: no partitions are assigned yet"
    health.report("judge-priority")
    assert answers(health)["ready"] == "yes: ready"


def test_a_part_that_says_nothing_for_a_minute_is_stuck_and_well_again_with_its_next_word() -> None:
    # Given two parts that reported
    clock = Clock()
    health = Health("gate", "handlers", clock=clock)
    health.report("gate")
    health.report("handlers")
    # When one of them is heard no more for a minute and a second
    clock.now += 60
    health.report("handlers")
    assert answers(health)["ready"] == "yes: ready"
    clock.now += 1
    # Then the process is not ready, still started and live
    assert answers(health) == {
        "live": "yes: live",
        "started": "yes: started",
        "ready": "no: not ready: gate: has not reported for 61 s",
    }
    health.report("gate")
    assert answers(health)["ready"] == "yes: ready"


def test_a_gate_is_ready_while_every_partition_that_it_was_given_flows() -> None:
    metrics = GateMetrics()
    told = []
    for joined, assigned, live in ((False, 0, 0), (True, 4, 1), (True, 4, 4), (True, 0, 0)):
        metrics.levels(replace(GATE_LEVELS, joined=joined, assigned=assigned, live=live))
        told.append(answers(metrics.health)["ready"])
    assert told == [
        "no: not ready: gate: no partitions are assigned yet",
        "no: not ready: gate: 3 of 4 partitions are not restored yet",
        "yes: ready",
        "yes: ready",  # one that stands by while others hold all partitions
    ]


@pytest.mark.parametrize("kind", [TriageMetrics, JudgeMetrics])
def test_a_worker_is_ready_while_each_lane_reads_all_that_it_was_given(
    kind: type[TriageMetrics] | type[JudgeMetrics],
) -> None:
    metrics = kind()
    for lane in kind.LANES:
        assert answers(metrics.health)["ready"] == f"no: not ready: {lane}: has not begun yet"
        metrics.levels(lane, replace(LEVELS, joined=False, assigned=0, unsettled=0))
        assert answers(metrics.health)["ready"] == f"no: not ready: {lane}: no partitions are assigned yet"
        metrics.levels(lane, replace(LEVELS, assigned=4, unsettled=1))
        line = answers(metrics.health)["ready"]
        assert line == f"no: not ready: {lane}: 1 of 4 partitions are not being read yet"
        metrics.levels(lane, replace(LEVELS, unsettled=0))
    assert answers(metrics.health)["ready"] == "yes: ready"


def test_a_judge_whose_engine_died_is_not_ready_until_it_is_back() -> None:
    # Given a judge at work
    metrics, engine = JudgeMetrics(), VllmEngine(VllmOptions(name="gpt-oss-safeguard-20b"))
    metrics.watch(engine)

    def ready() -> str:
        for lane in metrics.LANES:
            metrics.levels(lane, replace(LEVELS, unsettled=0))
        return answers(metrics.health)["ready"]

    assert ready() == "yes: ready"
    # When its engine dies / Then it is not ready, and still started: nobody needs to restart the process
    engine.stats.deaths += 1
    assert ready() == "no: not ready: the model: it died, and is being started again"
    assert answers(metrics.health)["started"] == "yes: started"
    engine.stats.restarts += 1
    assert ready() == "yes: ready"


def test_a_judge_whose_server_does_not_answer_is_not_ready_meanwhile() -> None:
    metrics, engine = JudgeMetrics(), Served()
    engine.stats.away = True
    metrics.watch(engine)
    for lane in metrics.LANES:
        metrics.levels(lane, replace(LEVELS, unsettled=0))
    line = "no: not ready: the model: the server of judge.openai does not answer"
    assert answers(metrics.health)["ready"] == line
    engine.stats.away = False
    for lane in metrics.LANES:
        metrics.levels(lane, replace(LEVELS, unsettled=0))
    assert answers(metrics.health)["ready"] == "yes: ready"


class Served(ScriptedEngine):
    """An engine whose server's counts are set by the test."""

    def __init__(self) -> None:
        super().__init__(_never)
        self.stats = ServerStats()


async def _never(_question: Question) -> Answer:
    raise AssertionError("nobody asks")


async def test_a_worker_whose_handlers_keep_the_loop_from_going_on_is_not_ready() -> None:
    # Given a worker whose event loop goes round
    clock = Clock()
    health = Health(clock=clock)
    beating = asyncio.create_task(_beat(health))
    await asyncio.sleep(0)
    assert answers(health)["ready"] == "yes: ready"
    # When a handler blocks it for more than a minute
    clock.now += 61
    # Then the process is not ready
    assert answers(health)["ready"] == "no: not ready: handlers: has not reported for 61 s"
    beating.cancel()


@pytest.fixture
def health() -> Health:
    return Health("gate")


@pytest.fixture
def page(health: Health) -> Iterator[Page]:
    with serve(CollectorRegistry(), "127.0.0.1", 0, health) as page:
        yield page


def get(page: Page, path: str, method: str = "GET") -> tuple[int, str]:
    with closing(HTTPConnection("127.0.0.1", page.port, timeout=5)) as connection:
        connection.request(method, path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()


def test_the_page_answers_each_question_with_a_status_and_a_line(page: Page, health: Health) -> None:
    assert get(page, "/health/live") == (200, "live\n")
    assert get(page, "/health/started") == (200, "started\n")
    assert get(page, "/health/ready") == (503, "not ready: gate: has not begun yet\n")
    health.report("gate")
    assert get(page, "/health/ready") == (200, "ready\n")


@pytest.mark.parametrize("path", ["/", "/health", "/health/", "/health/readyz", "/metrics/x", "/%00"])
def test_what_is_no_page_is_not_found_and_never_taken_for_a_good_answer(page: Page, path: str) -> None:
    status, text = get(page, path)
    assert status == 404
    assert "/health/ready" in text


def test_a_client_that_says_nothing_keeps_nobody_from_asking(page: Page) -> None:
    with socket.create_connection(("127.0.0.1", page.port)):
        assert get(page, "/health/live") == (200, "live\n")


def test_many_may_ask_at_once(page: Page) -> None:
    found: list[tuple[int, str]] = []
    asking = [threading.Thread(target=lambda: found.append(get(page, "/health/live"))) for _ in range(20)]
    for thread in asking:
        thread.start()
    for thread in asking:
        thread.join()
    assert found == [(200, "live\n")] * 20


def command(question: str, **settings: object) -> tuple[int, str, str]:
    """Status, standard output and standard error of `sluice health QUESTION`."""
    environ = {f"SLUICE_METRICS__{name.upper()}": str(value) for name, value in settings.items()}
    result = CliRunner().invoke(app, ["health", *question.split()], env=environ, prog_name="sluice")
    return result.exit_code, result.stdout, result.stderr


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0", ""])
def test_the_command_prints_the_pages_line_and_ends_by_it(page: Page, health: Health, host: str) -> None:
    # Given a page that listens on the machine's own address / When it is asked as its settings say
    assert command("live", host=host, port=page.port) == (0, "live\n", "")
    status, line, _ = command("", host=host, port=page.port)
    assert (status, line) == (1, "not ready: gate: has not begun yet\n")
    health.report("gate")
    assert command("ready", host=host, port=page.port) == (0, "ready\n", "")


def test_the_command_says_where_it_asked_if_nobody_answers() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    status, out, error = command("ready", port=port)
    assert (status, out) == (1, "")
    assert f"nobody answers on 127.0.0.1:{port}" in error
    assert "Is the process running" in error


def test_the_command_waits_no_longer_than_seconds_for_a_process_that_stands_still() -> None:
    # Given something that takes connections and never answers
    with closing(socket.create_server(("127.0.0.1", 0))) as silent:
        status, _, error = command("live", port=silent.getsockname()[1])
    assert status == 1
    assert "timed out" in error


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"enabled": "false"}, "there is no page to ask: metrics.enabled is false"),
        ({"port": 0}, "SLUICE_METRICS__PORT=9464"),
    ],
)
def test_the_command_says_so_where_there_is_no_page_to_ask(settings: dict[str, object], words: str) -> None:
    status, out, error = command("ready", **settings)
    assert (status, out) == (1, "")
    assert words in error
