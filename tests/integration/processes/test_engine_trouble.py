"""When the model hangs or is away: the others flow, content stays hidden, nothing is dropped."""

from pathlib import Path
from time import monotonic

from confluent_kafka import Producer

from stream.core.content import Published
from stream.core.terms import Decision, Stage
from stream.core.topics import Topic
from stream.core.wire import encode
from tests.chaos.watcher import Watcher
from tests.fleet.installation import Installation
from tests.fleet.waiting import eventually
from tests.integration.processes.conftest import Start

WINDOW = 16


def publish(installation: Installation, posts: dict[str, str]) -> None:
    producer = Producer({"bootstrap.servers": installation.bootstrap, "partitioner": "murmur2_random"})
    for name, text in posts.items():
        event = Published(id=name, version=1, at=1, text=text, language="en")
        producer.produce(installation.topic(Topic.CONTENT), encode(event), name)
    producer.flush()


def released(watcher: Watcher) -> set[str]:
    return {name for name, verdict in list(watcher.last.items()) if verdict.decision is Decision.RELEASE}


def start_all(start: Start, **settings: str) -> None:
    start("gate")
    start("triage")
    start("scripted", JUDGE__WINDOW=str(WINDOW), JUDGE__PRIORITY_SLOTS="2", **settings)


def test_a_stuck_case_goes_to_people_while_the_others_flow(
    installation: Installation, start: Start, watcher: Watcher
) -> None:
    # Given a judge whose items may take 5 s
    start_all(start, JUDGE__ITEM_DEADLINE_S="5")
    # When one of two hundred posts never gets an answer
    posts = {f"p{number}": "hello" for number in range(200)} | {"hangs": "stuck"}
    publish(installation, posts)
    # Then the others are released, and the one is put before people
    eventually(lambda: len(released(watcher)) == 200, 60, "the release of the others")
    eventually(lambda: watcher.last["hangs"].stage is Stage.PEOPLE, 30, "people being asked")
    assert watcher.last["hangs"].decision is Decision.HOLD


def test_while_the_model_is_away_intake_stops_and_afterwards_everything_is_judged(
    installation: Installation, start: Start, watcher: Watcher, tmp_path: Path
) -> None:
    # Given an engine that is away, and cases that may take less than it will be away
    away = tmp_path / "down"
    away.touch()
    start_all(start, JUDGE__ITEM_DEADLINE_S="5")
    publish(installation, {f"p{number}": "hello" for number in range(300)})
    gone = monotonic()
    # When every deadline has passed meanwhile (automatic: 20 s), and 30 s in all
    eventually(
        lambda: (
            len(watcher.last) == 300
            and all(verdict.stage is Stage.PEOPLE for verdict in list(watcher.last.values()))
        ),
        60,
        "people being asked",
    )
    eventually(lambda: monotonic() - gone >= 30, 30, "half a minute")
    # Then nothing was shown, and never more was in hand than the window holds
    assert released(watcher) == set()
    assert int((tmp_path / "most").read_text()) <= WINDOW
    # When it comes back, its late answers empty the queue that its absence filled
    away.unlink()
    eventually(lambda: len(released(watcher)) == 300, 60, "the release of all")
    assert int((tmp_path / "most").read_text()) <= WINDOW
