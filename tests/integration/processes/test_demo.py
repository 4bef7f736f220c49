"""`sluice demo` as a user runs it: on a mock, out of time, interrupted, and with a child that fails."""

import json
import os
import re
import signal
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import pytest

from stream.adapters.brokers import Broker
from tests.fleet.waiting import eventually
from tests.unit.engines.model_server import MODEL, ModelServer, served, well

MARK = "DEMO_UNDER_TEST"
TEXTS = ("Good morning, the market opens at nine.", "You are a worthless idiot and everybody hates you.")


class Run:
    """One `sluice demo` in a process group of its own, and whatever it starts."""

    def __init__(self, folder: Path, *arguments: str, **environment: str) -> None:
        self._mark = uuid.uuid4().hex
        self._said = folder / f"{self._mark}.txt"
        with self._said.open("wb") as output, in_a_terminal():
            self.process = subprocess.Popen(
                [sys.executable, "-m", "stream.cli", "demo", *arguments],
                env={**without_broker(os.environ), **environment, MARK: self._mark},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def said(self) -> str:
        """All that it printed so far."""
        return self._said.read_text()

    def says(self, words: str, seconds: float = 60.0) -> None:
        """Wait until it has printed this, or has ended."""
        eventually(lambda: words in self.said() or self.process.poll() is not None, seconds, words)
        assert words in self.said(), self.said()

    def ends(self, seconds: float = 90.0) -> int:
        """Wait for its end; nothing that it started may be left then."""
        status = self.process.wait(seconds)
        eventually(lambda: not self.left(), 5, f"the end of {self.left()}")
        return status

    def left(self) -> dict[str, int]:
        """What runs of it, by the last word of its command, with process ids."""
        listed = subprocess.run(["ps", "axeww", "-o", "pid=,command="], capture_output=True, check=True)
        found = {}
        for line in listed.stdout.decode(errors="replace").splitlines():
            if f"{MARK}={self._mark}" in line:
                pid, command = line.strip().split(" ", 1)
                role = re.search(r"stream\.cli (?:run )?(\w+)", command)
                found[role[1] if role else command[:40]] = int(pid)
        return found

    def kill(self) -> None:
        """Leave nothing behind, whatever the test came to."""
        self.process.kill()
        self.process.wait()
        eventually(self._none_left, 10, "the end of what it had started")

    def _none_left(self) -> bool:
        left = self.left().values()
        for pid in left:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        return not left


@contextmanager
def in_a_terminal() -> Iterator[None]:
    """What starts in here hears that its terminal closed, even if these tests were begun with nohup.

    Who is started anew has a handler's signal as it was by default; an ignored one stays ignored.
    """
    ignored = signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    if ignored:
        signal.signal(signal.SIGHUP, lambda _number, _frame: None)
    try:
        yield
    finally:
        if ignored:
            signal.signal(signal.SIGHUP, signal.SIG_IGN)


def without_broker(environment: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in environment.items() if name != "KAFKA_BOOTSTRAP_SERVERS"}


Demo = Callable[..., Run]


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Demo]:
    with ExitStack() as closing:

        def begin(*arguments: str, **environment: str) -> Run:
            # Whatever model server runs on this machine is none of these tests' business.
            chosen = () if "--server" in arguments else ("--engine", "exemplar")
            run = Run(tmp_path, *chosen, *arguments, **environment)
            closing.callback(run.kill)
            return run

        yield begin


def posts(folder: Path, count: int) -> Path:
    path = folder / "posts.jsonl"
    path.write_text(
        "".join(
            json.dumps({"id": f"p{n}", "text": TEXTS[n % 2], "language": "en"}) + "\n" for n in range(count)
        )
    )
    return path


@pytest.mark.slow
def test_without_docker_and_java_it_runs_on_a_mock_and_says_what_that_lacks(
    demo: Demo, tmp_path: Path
) -> None:
    # Given a machine with neither: nothing on its PATH, nobody behind Docker's socket
    bare = {"PATH": str(tmp_path), "DOCKER_HOST": f"unix://{tmp_path}/nobody"}
    # When a user's own posts are run, and left running
    run = demo("--input", str(posts(tmp_path, 40)), "--keep", **bare)
    run.says("sluice trace", 90)
    run.process.send_signal(signal.SIGINT)
    # Then each is accounted for, and the broker's nature is no secret
    assert run.ends() == 0, run.said()
    # And nobody is sent to a ledger, of which there is none
    assert "SLUICE_LEDGER__URL" not in run.said()
    assert "curl" not in run.said()
    said = " ".join(run.said().split())
    assert "librdkafka's in-process mock, for want of a real broker" in said
    assert "Java is not on PATH" in said
    assert "proves nothing about delivery" in said
    assert "40 of 40 accounted for" in said
    assert "Time was up" not in said


@pytest.mark.slow
def test_a_model_server_that_is_found_decides_and_is_named(demo: Demo, tmp_path: Path) -> None:
    # Given a server on this machine that lists a suitable model, and answers that all is well
    bare = {"PATH": str(tmp_path), "DOCKER_HOST": f"unix://{tmp_path}/nobody"}
    with served(ModelServer(well)) as server:
        # When the demo looks for it there
        path = str(posts(tmp_path, 40))
        run = demo("--server", server.url, "--input", path, "--minutes", "2", **bare)
        assert run.ends(150) == 0, run.said()
    # Then it says so, says how to do without, and every post was asked about
    said = " ".join(run.said().split())
    assert f"openai: {MODEL} at {server.url}, found on this machine" in said
    assert "take --engine exemplar" in said
    assert "40 of 40 accounted for: 40 released" in said
    assert len(server.asked) >= 40
    assert {request.body["model"] for request in server.asked} == {MODEL}


@pytest.mark.slow
def test_when_time_is_up_the_rest_is_reported_as_hidden_or_unpublished(
    demo: Demo, tmp_path: Path, broker: Broker
) -> None:
    # Given far more posts than can be published in the time that there is
    path = posts(tmp_path, 20_000)
    run = demo("--bootstrap-servers", broker.bootstrap, "--input", str(path), "--minutes", "0.1")
    # When time is up
    assert run.ends() == 0, run.said()
    said = " ".join(run.said().split())
    # Then every post was published and has a verdict, or is said not to have been published
    unsent = re.search(r"Time was up: what was not decided is still hidden\. ([\d,]+) events", said)
    accounted = re.search(r"posts (\d+) of (\d+) accounted for", said)
    assert unsent is not None
    assert accounted is not None
    assert accounted[1] == accounted[2]
    assert int(accounted[2]) + int(unsent[1].replace(",", "")) == 20_000
    # And it is said what stays on a broker that was there before
    assert re.search(r"The topics demo-\w+\.\* stay on that broker", said)


@pytest.mark.slow
def test_a_child_that_fails_ends_it_with_that_childs_error(
    demo: Demo, tmp_path: Path, broker: Broker
) -> None:
    # Given a demo that goes on until Ctrl-C
    run = demo("--bootstrap-servers", broker.bootstrap, "--input", str(posts(tmp_path, 10)), "--keep")
    run.says("Still running")
    # When one of its processes dies
    os.kill(run.left()["judge"], signal.SIGKILL)
    # Then it ends by itself, says which and what its log ended with, and takes the others along
    assert run.ends(30) == 1
    assert "The judge ended with status -9. The end of its log:" in run.said()
    assert "engine ready" in run.said()


@pytest.mark.slow
def test_a_ledger_that_dies_ends_nothing_and_its_counts_are_not_missed(
    demo: Demo, tmp_path: Path, broker: Broker
) -> None:
    # Given a demo whose ledger dies at once
    run = demo("--bootstrap-servers", broker.bootstrap, "--input", str(posts(tmp_path, 10)))
    eventually(lambda: "ledger" in run.left(), 30, "the start of the ledger")
    os.kill(run.left()["ledger"], signal.SIGKILL)
    # Then it goes on to its end, says so, and counts for itself
    assert run.ends() == 0, run.said()
    assert "The ledger ended with status -9." in run.said()
    said = " ".join(run.said().split())
    assert "Without a ledger: these are the demo's own counts." in said
    assert "10 of 10 accounted for" in said


@pytest.mark.slow
def test_a_child_that_cannot_start_ends_it_with_that_childs_error(
    demo: Demo, tmp_path: Path, broker: Broker
) -> None:
    run = demo("--bootstrap-servers", broker.bootstrap, SLUICE_METRICS__HOST="192.0.2.1")
    assert run.ends(60) == 1
    assert "metrics cannot be served on 192.0.2.1" in run.said()
    assert "ended with status 3" in run.said()


@pytest.mark.slow
def test_ctrl_c_and_a_closed_terminal_end_it_at_every_stage(
    demo: Demo, tmp_path: Path, broker: Broker
) -> None:
    # Given demos that look for a broker, start their processes, and are under way
    named = ("--bootstrap-servers", broker.bootstrap)
    looking = demo("--bootstrap-servers", "127.0.0.1:1")
    looking.says("Looking for a Kafka broker")
    looking.process.send_signal(signal.SIGINT)
    assert looking.ends(10) == 130
    starting = demo(*named)
    starting.says("Engine:")
    eventually(lambda: "judge" in starting.left(), 30, "the start of the judge")
    # When they are interrupted / Then each ends as Ctrl-C ends any command, and leaves nothing behind
    starting.process.send_signal(signal.SIGHUP)
    assert starting.ends(30) == 130, starting.said()
    running = demo(*named, "--input", str(posts(tmp_path, 10)), "--keep")
    running.says("Still running")
    running.process.send_signal(signal.SIGTERM)
    assert running.ends(30) == 0, running.said()
    assert "10 of 10 accounted for" in " ".join(running.said().split())


@pytest.mark.slow
def test_a_second_ctrl_c_leaves_no_process_behind_either(demo: Demo, broker: Broker) -> None:
    # Given a demo one of whose processes does not end when it is told to
    run = demo("--bootstrap-servers", broker.bootstrap)
    run.says("Engine:")
    eventually(lambda: "judge" in run.left(), 30, "the start of the judge")
    os.kill(run.left()["gate"], signal.SIGSTOP)
    # When Ctrl-C is struck, and struck again
    run.process.send_signal(signal.SIGINT)
    eventually(lambda: set(run.left()) == {"demo", "gate"}, 20, "the end of triage and judge")
    run.process.send_signal(signal.SIGINT)
    # Then the second takes even that one, at once
    assert run.ends(8) == 130
