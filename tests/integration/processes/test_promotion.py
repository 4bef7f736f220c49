"""A set is promoted and rolled back while posts stream: nothing is lost, and each verdict names its set."""

import logging
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count

import orjson
from confluent_kafka import Producer
from msgspec.json import decode

from stream.adapters.policies import PolicyFolder
from stream.cli.status import Status
from stream.core.content import Published
from stream.core.terms import DecidedBy, Decision
from stream.core.topics import Topic
from stream.core.verdict import Verdict
from stream.core.wire import encode
from tests.chaos.watcher import Watcher
from tests.fleet.installation import Installation
from tests.fleet.waiting import eventually
from tests.integration.processes.conftest import Sluice, Start
from tests.integration.processes.test_control import Paged, posts, soon
from tests.integration.processes.test_engine_trouble import publish, released
from tests.integration.processes.test_starting import says

log = logging.getLogger(__name__)

RATE = 100
"""Posts a second."""
STALE = "sluice_policy_set_stale{source=control}"


class Load(threading.Thread):
    """Publishes posts at a steady rate until it is ended, then until the broker has all of them."""

    def __init__(self, installation: Installation) -> None:
        super().__init__(name="load", daemon=True)
        self.sent = 0
        self._topic = installation.topic(Topic.CONTENT)
        self._producer = Producer(
            {"bootstrap.servers": installation.bootstrap, "partitioner": "murmur2_random"}
        )
        self._ended = threading.Event()

    def run(self) -> None:
        """Publish."""
        for number in count():
            if self._ended.wait(1 / RATE):
                break
            event = Published(id=f"p{number}", version=1, at=1, text="hello", language="en")
            self._producer.produce(self._topic, encode(event), event.id)
            self.sent = number + 1
        assert self._producer.flush(20) == 0

    def end(self) -> None:
        """Stop; returns once the broker has all that was sent."""
        self._ended.set()
        self.join()


@contextmanager
def under_load(installation: Installation) -> Iterator[Load]:
    load = Load(installation)
    load.start()
    try:
        yield load
    finally:
        load.end()


def calm_set(installation: Installation) -> tuple[str, str]:
    """Write a second set; returns the digests of the first and of the second."""
    sets = installation.folder / "policies" / "sets"
    (sets / "calm.toml").write_text((sets / "hasty.toml").read_text().replace('"1h"', '"3h"'))
    folder = PolicyFolder(installation.folder / "policies")
    return folder.policy_set("hasty").digest, folder.policy_set("calm").digest


def closings(watcher: Watcher) -> list[Verdict]:
    """Every verdict that says more than that a post is hidden."""
    told = [decode(value, type=Verdict) for log in watcher.verdicts.values() for _, value in list(log)]
    return [verdict for verdict in told if verdict.decision is not Decision.HOLD]


def test_a_running_fleet_changes_its_set_and_back_under_load(
    installation: Installation, start: Start, watcher: Watcher, sluice: Sluice
) -> None:
    # Given a fleet of several replicas under a promoted set, while posts stream in
    hasty, calm = calm_set(installation)
    members = [Paged(start, "gate", number) for number in (0, 1)]
    members += [Paged(start, kind, number) for kind in ("triage", "scripted") for number in (0, 1)]
    sluice("policy", "promote", "hasty", "--yes", "--reason", "to begin with")
    soon(lambda: all(one.works_under(hasty, "control") for one in members), members)

    def under(digest: str) -> int:
        return sum(verdict.policy_set == digest for verdict in closings(watcher))

    with under_load(installation) as load:
        eventually(lambda: under(hasty) > RATE, 60, "verdicts under the first set")
        # When another set is promoted
        sluice("policy", "promote", "calm", "--yes", "--reason", "people need longer")
        eventually(lambda: under(calm) > RATE, 30, "verdicts under the second set")
        soon(lambda: all(one.works_under(calm, "control") for one in members), members)
        # And rolled back, without its files or those of the first
        for file in (installation.folder / "policies" / "sets").iterdir():
            file.rename(file.with_suffix(".gone"))
        before = under(hasty)
        assert "back to  promotion 1" in sluice("policy", "rollback", "--yes", "--reason", "ticket 9").stdout
        soon(lambda: all(one.works_under(hasty, "control") for one in members), members)
        eventually(lambda: under(hasty) > before + RATE, 30, "verdicts under the first set again")
        for file in (installation.folder / "policies" / "sets").iterdir():
            file.rename(file.with_suffix(".toml"))
    # Then every post has its verdict, once, by the model
    eventually(lambda: len(released(watcher)) == load.sent, 60, "all releases")
    told = closings(watcher)
    assert Counter(verdict.id for verdict in told) == {f"p{number}": 1 for number in range(load.sent)}
    assert {verdict.decided_by for verdict in told} == {DecidedBy.MODEL}
    # And each names one of the two sets, none another or no set
    seen = Counter(verdict.policy_set for verdict in told)
    log.info("verdicts by set, %s posts: %s", load.sent, dict(seen))
    assert seen.keys() == {hasty, calm}
    assert not watcher.waits_for_machines
    # And no process was started again for it
    assert {one.member.starts for one in members} == {1}
    # And the history tells of all three
    lines = [orjson.loads(line) for line in sluice("policy", "history", "--json").stdout.splitlines()]
    assert [(one["number"], one["digest"], one["in_force"]) for one in lines] == [
        (3, hasty, True),
        (2, calm, False),
        (1, hasty, False),
    ]
    assert [one["reason"] for one in lines] == ["ticket 9", "people need longer", "to begin with"]
    assert lines[0]["restores"] == 1


def test_a_set_that_one_replica_cannot_load_leaves_that_one_on_the_set_before(
    installation: Installation, start: Start, watcher: Watcher, sluice: Sluice
) -> None:
    # Given a fleet under a promoted set, one of whose judges is of an older version
    hasty, calm = calm_set(installation)
    old_place = installation.folder / "old"
    old_place.mkdir()
    (old_place / "older").touch()
    others = [Paged(start, "gate"), Paged(start, "triage"), Paged(start, "scripted", 0)]
    older = Paged(start, "scripted", 1, old_place)
    sluice("policy", "promote", "hasty", "--yes")
    soon(lambda: all(one.works_under(hasty, "control") for one in (*others, older)), [*others, older])
    # When a set is promoted that it cannot read
    sluice("policy", "promote", "calm", "--yes")
    soon(lambda: all(one.works_under(calm, "control") for one in others), others)
    soon(lambda: older.page.samples()[STALE] == 1, [older])
    # Then it alone works on under the set before, and says so by metric and log
    assert older.works_under(hasty, "control")
    assert older.page.samples()["sluice_policy_set_refusals_total{source=control}"] == 1
    assert says(older.member, "promotion refused, the set before it stays in force: sets/calm.toml:3")
    assert [one.page.samples()[STALE] for one in others] == [0, 0, 0]
    # And nothing is lost: each verdict names the set that it was truly made under
    publish(installation, wanted := posts("p", 200))
    eventually(lambda: released(watcher) == set(wanted), 60, "the releases")
    assert {verdict.policy_set for verdict in closings(watcher)} == {hasty, calm}
    # And going back makes the fleet one again
    sluice("policy", "rollback", "--yes")
    soon(lambda: all(one.works_under(hasty, "control") for one in (*others, older)), [*others, older])
    assert older.page.samples()[STALE] == 0


def test_a_set_that_falls_short_or_is_not_locked_is_not_promoted(
    installation: Installation, sluice: Sluice
) -> None:
    # Given a set whose thresholds the engine in force does not reach
    hasty, _ = calm_set(installation)
    sets = installation.folder / "policies" / "sets"
    strict = (sets / "hasty.toml").read_text().replace("answered = 0.3", "answered = 1.0")
    (sets / "strict.toml").write_text(strict)
    # When it is to be promoted / Then what it lacks is said, and nothing is sent
    refused = sluice("policy", "promote", "strict", "--yes", "--reason", "x", status=Status.FAILED)
    assert "short    harassment: decides" in refused.stdout
    assert "0 of 2 policies reach the thresholds" in refused.stdout
    assert "says nothing about a model" in refused.stdout
    assert "no set is promoted" in sluice("policy", "show").stdout
    # But it may be, visibly, for a reason
    told = sluice("policy", "promote", "strict", "--yes", "--no-test", "--reason", "a wave").stdout
    assert "untested golden cases are not tried: a wave" in told
    (line,) = [orjson.loads(line) for line in sluice("policy", "history", "--json").stdout.splitlines()]
    assert line["reason"] == "golden cases not tried: a wave"
    # When the versions are not locked / Then they must be first
    lock = installation.folder / "policies" / "policies.lock"
    locked = lock.read_text()
    lock.write_text("")
    unlocked = sluice("policy", "promote", "hasty", "--yes", status=Status.USAGE)
    assert "is not locked" in unlocked.stderr
    # And what was locked with another text meanwhile is not gone back to
    lock.write_text(locked)
    sluice("policy", "promote", "hasty", "--yes")
    begin, end = locked.rsplit("spam-and-scams@", 1)
    version, _ = end.split(" ", 1)
    lock.write_text(f"{begin}spam-and-scams@{version} sha256:{'0' * 64}\n")
    other = sluice("policy", "rollback", "--yes", status=Status.USAGE)
    assert "was locked with another text" in other.stderr
    assert hasty in sluice("policy", "show").stdout
    # And what nobody promoted cannot be gone back to
    lock.unlink()
    missing = sluice("policy", "rollback", "--to", "sha256:00ff00", status=Status.NOT_FOUND)
    assert "`sluice policy history` lists what is" in missing.stderr


def test_a_deadline_beyond_what_the_topics_keep_is_told_before_it_is_confirmed(
    installation: Installation, sluice: Sluice
) -> None:
    # Given a set that lets people take longer than the topics keep a case's record
    sets = installation.folder / "policies" / "sets"
    (sets / "slow.toml").write_text(
        (sets / "hasty.toml").read_text().replace('"1h"', '"14d"\nretention = "30d"')
    )
    # When it is looked at / Then that follows, by the broker's own word
    told = sluice("policy", "promote", "slow", "--no-test", "--reason", "x").stdout
    assert f"{installation.topic(Topic.CONTENT)} keeps its record 7 days: it would be gone first" in told
    assert installation.topic(Topic.CASES_REVIEW) not in told, "it keeps 30 days"
    assert "nothing is sent without --yes" in told


def test_of_several_who_promote_at_once_each_is_kept_or_told_to_look_again(
    installation: Installation, sluice: Sluice
) -> None:
    # Given sets that several people promote at the same moment, each compared with the same state
    sets = installation.folder / "policies" / "sets"
    names = [f"set{number}" for number in range(4)]
    for number, name in enumerate(names):
        (sets / f"{name}.toml").write_text(
            (sets / "hasty.toml").read_text().replace('"1h"', f'"{number + 2}h"')
        )
    environment = installation.member("gate").environment
    running = [
        subprocess.Popen(
            [
                sys.executable,
                "-m",
                "stream.cli",
                *f"policy promote {name} --yes --no-test --reason x".split(),
            ],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for name in names
    ]
    ended = {
        name: (one.communicate(timeout=60)[1], one.returncode)
        for name, one in zip(names, running, strict=True)
    }
    # Then who was overtaken is told so
    assert all(
        "promoted or withdrew a set at the same time" in told for told, status in ended.values() if status
    )
    done = {name for name, (_, status) in ended.items() if status == Status.DONE}
    assert done
    # And the history has just those that were done, the last of which is in force
    lines = [orjson.loads(line) for line in sluice("policy", "history", "--json").stdout.splitlines()]
    assert {line["name"] for line in lines} == done
    assert [line["number"] for line in lines] == list(range(len(done), 0, -1))
    assert [line["in_force"] for line in lines] == [True] + [False] * (len(done) - 1)
