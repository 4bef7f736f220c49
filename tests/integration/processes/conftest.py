"""An installation whose processes end with the test, and a watcher of what the gate writes."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from typer.testing import Result

from stream.adapters.brokers import Broker
from tests.chaos.watcher import Watcher
from tests.fleet.installation import PARTITIONS, Installation
from tests.fleet.members import Member

Start = Callable[..., Member]
Sluice = Callable[..., Result]


@pytest.fixture
def installation(broker: Broker, tmp_path: Path) -> Installation:
    return Installation(broker, tmp_path)


@pytest.fixture
def start(installation: Installation) -> Iterator[Start]:
    """Starts a process of the installation; all are ended after the test, each of which must end well."""
    with ExitStack() as closing:

        def begin(kind: str, number: int = 0, folder: Path | None = None, **settings: str) -> Member:
            command: tuple[str, ...] = ()
            if kind == "scripted":
                script = Path(__file__).parent / "scripted_judge.py"
                command = (str(script), str(folder or installation.folder))
            member = installation.member(kind, number, command=command, **settings)
            member.start()
            closing.callback(ends_well, member)
            return member

        yield begin


def ends_well(member: Member) -> None:
    status = member.end()
    assert status == 0, f"{member.name} ended with {status}: {member.tail()}"


@pytest.fixture
def watcher(installation: Installation) -> Iterator[Watcher]:
    follows = Watcher(installation.bootstrap, installation.names, PARTITIONS)
    follows.start()
    yield follows
    follows.end()


@pytest.fixture
def sluice(installation: Installation, monkeypatch: pytest.MonkeyPatch) -> Sluice:
    """Runs one command line in this process, as the installation's operator."""
    monkeypatch.chdir(installation.folder)

    def run(*line: str, status: int = 0) -> Result:
        done = installation.command(*line, STAFF__IDENTITY="ana")
        assert done.exit_code == status, done.output
        return done

    return run
