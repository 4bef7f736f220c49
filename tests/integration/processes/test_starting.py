"""Before a process takes anything in: it waits for its broker, hears signals, refuses what cannot work."""

import signal
import socket
import threading
from contextlib import suppress
from functools import partial
from typing import Self

from tests.chaos.watcher import Watcher
from tests.fleet.installation import Installation
from tests.fleet.members import Member
from tests.fleet.waiting import eventually
from tests.integration.processes.conftest import Start
from tests.integration.processes.test_engine_trouble import publish, released

NOBODY = "127.0.0.1:1"
KINDS = ("gate", "triage", "judge")


class Door:
    """An address at which a broker can be found once it is opened; its metadata name the broker itself."""

    def __init__(self, bootstrap: str) -> None:
        host, _, port = bootstrap.rpartition(":")
        self._behind = (host, int(port))
        self._listening = socket.socket()
        self._listening.bind(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._listening.getsockname()[1]}"

    def open(self) -> None:
        """Take connections from here on."""
        self._listening.listen()
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                inside, _ = self._listening.accept()
                outside = socket.create_connection(self._behind)
                for ends in ((inside, outside), (outside, inside)):
                    threading.Thread(target=self._carry, args=ends, daemon=True).start()

    def _carry(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError), source, target:
            while data := source.recv(65_536):
                target.sendall(data)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._listening.close()


def says(member: Member, words: str) -> bool:
    return member.log.exists() and words in member.log.read_text()


def test_a_signal_ends_a_process_that_waits_for_its_broker(installation: Installation) -> None:
    # Given processes whose broker is not there
    wanted = [(kind, signal.SIGINT) for kind in KINDS] + [("judge", signal.SIGTERM)]
    members = [
        installation.member(kind, number, KAFKA__BOOTSTRAP_SERVERS=NOBODY)
        for number, (kind, _) in enumerate(wanted)
    ]
    try:
        for member in members:
            member.start()
        for member in members:
            eventually(partial(says, member, "waiting for the broker"), 40)
        # When they are told to end, by an operator or by Ctrl-C
        for member, (_, number) in zip(members, wanted, strict=True):
            member.process.send_signal(number)
        # Then each does, within the seconds that one question to the broker may take
        assert [member.process.wait(10) for member in members] == [0] * len(members)
    finally:
        for member in members:
            member.process.kill()


def test_a_signal_ends_a_judge_whose_model_is_still_being_loaded(
    installation: Installation, start: Start
) -> None:
    # Given an engine that loads for ever
    (installation.folder / "endless").touch()
    judge = start("scripted", METRICS__ENABLED="true")
    eventually(lambda: says(judge, "engine starts"), 40, "the judge's start")
    # When it is told to end / Then it does not wait for the model
    judge.process.send_signal(signal.SIGTERM)
    assert judge.process.wait(5) == 0


def test_processes_that_were_there_before_their_broker_work_once_it_is(
    installation: Installation, start: Start, watcher: Watcher
) -> None:
    # Given processes that are started while nobody listens at their broker's address
    with Door(installation.bootstrap) as door:
        members = [start(kind, KAFKA__BOOTSTRAP_SERVERS=door.address) for kind in KINDS]
        for member in members:
            eventually(partial(says, member, "waiting for the broker"), 40)
        publish(installation, {"early": "Good morning."})
        # When the broker is there
        door.open()
        # Then what was published meanwhile is answered, by the same processes
        eventually(lambda: "early" in watcher.last and not watcher.waits_for_machines, 60, "an answer")
        assert [member.process.poll() for member in members] == [None, None, None]


def test_what_cannot_work_is_refused_with_its_status_and_how_to_mend_it(
    installation: Installation,
) -> None:
    # Given a port that somebody else listens on, and topics that nobody has made
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        crowded = installation.member("triage", METRICS__ENABLED="true", METRICS__PORT=port)
        homeless = installation.member("gate", TOPICS__PREFIX="nobody-made-these.")
        for member in (crowded, homeless):
            member.start()
        # Then each process ends with the status of a misconfiguration, and its log says what to do
        assert [member.process.wait(40) for member in (crowded, homeless)] == [3, 3]
    assert says(crowded, "Set metrics.port to a free one")
    assert says(homeless, "sluice topics create")


def test_an_edit_of_the_policy_set_comes_into_force_without_a_restart(
    installation: Installation, start: Start, watcher: Watcher
) -> None:
    # Given a fleet at work
    members = [start("gate"), start("triage"), start("scripted")]
    publish(installation, {"before": "hello"})
    eventually(lambda: released(watcher) == {"before"}, 60, "a release")
    # When the set's deadlines are edited
    written = installation.folder / "policies" / "sets" / "hasty.toml"
    written.write_text(written.read_text().replace('"20s"', '"2s"').replace('"1h"', '"3h"'))
    for member in members:
        eventually(partial(says, member, "is in force"), 20, "the reload")
    # Then the judge's verdicts name the new set
    publish(installation, {"after": "hello"})
    eventually(lambda: "after" in released(watcher), 30, "a release")
    assert watcher.last["after"].policy_set != watcher.last["before"].policy_set
    # And the gate's deadlines are the new ones, for a case that no machine takes
    assert members[1].end() == 0
    publish(installation, {"late": "hello"})
    eventually(lambda: "late" in watcher.waiting_for_people, 15, "people being asked")
    verdict = watcher.last["late"]
    assert verdict.due is not None
    assert verdict.due - verdict.at == 3 * 3_600_000
