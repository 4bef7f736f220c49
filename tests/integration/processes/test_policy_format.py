"""A promoted set at work: a policy that extends another, one in shadow, and time that decides."""

from pathlib import Path

import pytest
from confluent_kafka import Producer
from typer.testing import CliRunner

from stream.adapters.policies import PolicyFolder
from stream.cli import app
from stream.core.control import SetPromoted
from stream.core.control.events import SET_KEY
from stream.core.policy.policy_set import PolicySet
from stream.core.terms import DecidedBy, Decision, Stage
from stream.core.topics import Topic
from stream.core.wire import encode
from tests.chaos.watcher import Watcher
from tests.fleet.installation import Installation
from tests.fleet.pages import Page
from tests.fleet.waiting import eventually
from tests.integration.processes.conftest import Start
from tests.integration.processes.test_engine_trouble import publish, released

CHILD = """+++
extends = "harassment"
id = "harassment-live"
version = "1.0"

[clauses."HR1.a"]
actions = { 1 = "remove" }
+++

# INTENT
The effect on those who watch decides.
"""
SET = """title = "Live"
languages = ["en"]

[deadlines]
people = "3s"
urgent = "1s"
overdue = "remove"

[deadlines.notice]
en = "Nobody could check it in time."

[policies.harassment-live]
autonomy = "recommend"

[policies.harassment]
autonomy = "shadow"

[[routes]]
policies = ["harassment-live", "harassment"]
prompting = "bundled"
effort = "high"
"""


@pytest.fixture
def live(installation: Installation) -> PolicySet:
    """A set of the installation's folder, with a policy that extends a shipped one."""
    folder = installation.folder / "policies"
    (folder / "harassment-live").mkdir()
    (folder / "harassment-live" / "policy.md").write_text(CHILD, "utf-8")
    (folder / "sets" / "live.toml").write_text(SET, "utf-8")
    return PolicyFolder(folder).policy_set("live")


def promote(installation: Installation, policy_set: PolicySet) -> None:
    files = PolicyFolder(installation.folder / "policies").texts(policy_set)
    event = SetPromoted(name="live", digest=policy_set.digest, files=files, by="ana", at=1)
    producer = Producer({"bootstrap.servers": installation.bootstrap, "partitioner": "murmur2_random"})
    producer.produce(installation.topic(Topic.CONTROL), encode(event), SET_KEY)
    assert producer.flush(10) == 0


def diff(installation: Installation, folder: Path, *line: str) -> str:
    environ = {
        "SLUICE_KAFKA__BOOTSTRAP_SERVERS": installation.bootstrap,
        "SLUICE_TOPICS__PREFIX": installation.names.prefix,
        "SLUICE_POLICIES__DIR": str(folder),
    }
    done = CliRunner().invoke(app, ["policy", "diff", *line], env=environ)
    assert done.exit_code == 0, done.output
    return done.stdout


def test_a_promoted_child_decides_a_shadow_does_not_and_time_decides_for_late_people(
    installation: Installation, start: Start, watcher: Watcher, live: PolicySet
) -> None:
    # Given an engine that finds harassment in everything, and a promoted set where that policy is in shadow
    # beside a child of it
    (installation.folder / "firm").touch()
    pages = [Page() for _each in range(3)]
    for kind, page in zip(("gate", "triage", "scripted"), pages, strict=True):
        start(kind, **page.settings)
    for page in pages:
        eventually(lambda page=page: page.is_so("ready"), 60, "a process to be ready")  # type: ignore[misc]
    promote(installation, live)
    info = f"sluice_policy_set_info{{digest={live.digest},source=control}}"
    eventually(lambda: all(info in page.samples() for page in pages), 30, "the set in force everywhere")

    # When one post is fine but to the shadow, and another breaks a clause that the child inherits
    publish(installation, {"fine": "hello", "rude": "breaks HR1.a"})

    # Then the first is shown under the promoted digest, and people are asked about the second
    eventually(lambda: released(watcher) == {"fine"}, 60, "a release")
    assert watcher.last["fine"].policy_set == live.digest
    eventually(lambda: watcher.last["rude"].stage is Stage.PEOPLE, 30, "people being asked")

    # And when they do not answer in time, it is removed, by time and under that digest
    eventually(lambda: watcher.last["rude"].decision is Decision.REMOVE, 30, "time deciding")
    assert watcher.last["rude"].decided_by is DecidedBy.TIMEOUT
    assert watcher.last["rude"].policy_set == live.digest
    assert watcher.waiting_for_people == set()


def test_what_is_promoted_is_what_a_folder_is_compared_with(
    installation: Installation, live: PolicySet
) -> None:
    folder = installation.folder / "policies"
    promote(installation, live)
    assert diff(installation, folder, "harassment-live", "--set", "live") == "nothing changed\n"

    (folder / "harassment-live" / "policy.md").write_text(CHILD.replace("those who watch", "all"), "utf-8")

    assert "[-those who watch-]{+all+}" in diff(installation, folder, "harassment-live")
