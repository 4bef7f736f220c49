"""What operators tell through `control`: a running process hears it, one that starts knows it first."""

import logging
from collections.abc import Callable
from pathlib import Path

import orjson
from confluent_kafka import Producer
from msgspec.structs import replace

from stream.adapters.policies import PolicyFolder
from stream.core.control import SetPromoted
from stream.core.control.events import SET_KEY
from stream.core.outcome import Outcome, Proposal
from stream.core.terms import DecidedBy, Decision
from stream.core.topics import Topic
from stream.core.wire import encode
from tests.chaos.watcher import Watcher
from tests.fleet.installation import Installation
from tests.fleet.members import Member
from tests.fleet.pages import Page
from tests.fleet.waiting import eventually
from tests.integration.processes.conftest import Sluice, Start
from tests.integration.processes.test_engine_trouble import publish, released
from tests.integration.processes.test_starting import says

log = logging.getLogger(__name__)

SECONDS = 5.0
"""How long a command may take to reach a replica; well above what is measured, and below patience."""


class Paged:
    """A process of the fleet with its page."""

    def __init__(self, start: Start, kind: str, number: int = 0, folder: Path | None = None) -> None:
        self.page = Page()
        self.member: Member = start(kind, number, folder, **self.page.settings)
        eventually(lambda: self.page.is_so("ready"), 60, f"{self.member.name} to be ready")

    def pauses(self) -> float:
        found = self.page.samples().items()
        return sum(value for name, value in found if name.startswith("sluice_control_in_force_pauses"))

    def applied_at(self) -> float:
        return self.page.samples()["sluice_control_last_applied_timestamp_seconds{}"]

    def works_under(self, digest: str, source: str) -> bool:
        return f"sluice_policy_set_info{{digest={digest},source={source}}}" in self.page.samples()


def soon(holds: Callable[[], object], members: list[Paged]) -> None:
    """Wait until all have heard."""
    eventually(holds, SECONDS, f"{[one.member.name for one in members]} hearing of it")


def delays(members: list[Paged], since: object) -> None:
    """See how long after this moment (ms) each applied what it heard last; `--log-level=INFO` shows it."""
    assert isinstance(since, int)
    took = {one.member.name: round(one.applied_at() - since / 1_000, 3) for one in members}
    log.info("seconds from a command's event until it was applied: %s", took)
    assert max(took.values()) < SECONDS


def posts(prefix: str, count: int = 24) -> dict[str, str]:
    """Posts over all partitions, so that every gate has some."""
    return {f"{prefix}{number}": "hello" for number in range(count)}


def test_a_pause_reaches_every_running_gate_and_a_resume_too(
    installation: Installation, start: Start, watcher: Watcher, sluice: Sluice
) -> None:
    # Given two gates at work
    gates = [Paged(start, "gate", number) for number in (0, 1)]
    start("triage")
    start("scripted")
    publish(installation, before := posts("before"))
    eventually(lambda: released(watcher) == set(before), 60, "the releases before the pause")
    # When releases are paused
    sluice("pause", "release", "--reason", "ticket 7")
    soon(lambda: all(gate.pauses() == 1 for gate in gates), gates)
    delays(gates, orjson.loads(sluice("pauses", "--json").stdout)["at"])
    # Then whatever the judge would release goes to people, with the reason, from either gate
    publish(installation, during := posts("during"))
    eventually(lambda: watcher.waiting_for_people == set(during), 60, "people being asked")
    assert {watcher.last[name].reason for name in during} == {"paused: release: ticket 7"}
    assert released(watcher) == set(before)
    # And it is told to whoever asks
    assert "ana" in sluice("pauses").stdout
    # When it is resumed / Then new posts are released; what people were asked stays theirs
    sluice("resume", "release")
    soon(lambda: all(gate.pauses() == 0 for gate in gates), gates)
    publish(installation, after := posts("after"))
    eventually(lambda: released(watcher) == set(before) | set(after), 60, "the releases after the pause")
    assert watcher.waiting_for_people == set(during)


def propose_removal(installation: Installation, watcher: Watcher, name: str, surface: str) -> None:
    verdict = watcher.last[name]
    outcome = Outcome(
        id=name,
        case=verdict.case or "",
        version=1,
        proposal=Proposal.REMOVE,
        decided_by=DecidedBy.MODEL,
        at=1,
        clauses=("spam-and-scams/sp1.a",),
        policies=("spam-and-scams", "harassment"),
        surface=surface,
    )
    producer = Producer({"bootstrap.servers": installation.bootstrap, "partitioner": "murmur2_random"})
    producer.produce(installation.topic(Topic.OUTCOMES), encode(outcome), name)
    assert producer.flush(10) == 0


def test_a_gate_that_starts_knows_the_pauses_before_its_first_record(
    installation: Installation, start: Start, watcher: Watcher, sluice: Sluice
) -> None:
    # Given held posts, whose gate has ended
    gate = start("gate")
    publish(installation, {"market": "x", "comment": "x"})
    eventually(lambda: len(watcher.last) == 2, 60, "the holds")
    assert gate.end() == 0
    # When removals of a policy on a surface are paused, and removals wait to be applied
    sluice("pause", "remove", "--policy", "spam-and-scams", "--surface", "marketplace")
    propose_removal(installation, watcher, "market", "marketplace")
    propose_removal(installation, watcher, "comment", "comment")
    gate.start()
    # Then the one in that scope goes to people, the other is applied
    eventually(lambda: watcher.last["comment"].decision is Decision.REMOVE, 60, "the removal")
    eventually(lambda: watcher.waiting_for_people == {"market"}, 60, "people being asked")
    why = "paused: remove of policy spam-and-scams on surface marketplace"
    assert watcher.last["market"].reason == why


def test_a_promoted_set_comes_into_force_everywhere_without_a_restart(
    installation: Installation, start: Start, watcher: Watcher, sluice: Sluice
) -> None:
    # Given a fleet that works under its folder's set
    members = [Paged(start, "gate", number) for number in (0, 1)]
    members += [Paged(start, kind) for kind in ("triage", "scripted")]
    folder = PolicyFolder(installation.folder / "policies")
    hasty = folder.policy_set("hasty")
    publish(installation, {"before": "hello"})
    eventually(lambda: released(watcher) == {"before"}, 60, "a release")
    assert watcher.last["before"].policy_set == hasty.digest
    # When another is promoted
    sets = installation.folder / "policies" / "sets"
    (sets / "calm.toml").write_text((sets / "hasty.toml").read_text().replace('"1h"', '"3h"'))
    calm = folder.policy_set("calm")
    assert "nothing is sent without --yes" in sluice("policy", "promote", "calm").stdout
    assert "no set is promoted" in sluice("policy", "show").stdout
    assert calm.digest in sluice("policy", "promote", "calm", "--yes", "--reason", "ticket 8").stdout
    soon(lambda: all(one.works_under(calm.digest, "control") for one in members), members)
    delays(members, orjson.loads(sluice("policy", "show", "--json").stdout)["at"])
    # Then verdicts name it
    publish(installation, {"after": "hello"})
    eventually(lambda: "after" in released(watcher), 60, "a release")
    assert watcher.last["after"].policy_set == calm.digest
    # And its files may go: a process that starts takes it up before anything else
    (sets / "calm.toml").unlink()
    for one in members:
        assert one.member.end() == 0
        one.member.start()
    for one in members:
        eventually(lambda one=one: one.page.is_so("ready"), 60, "ready again")  # type: ignore[misc]
        assert one.works_under(calm.digest, "control")
    publish(installation, {"again": "hello"})
    eventually(lambda: "again" in released(watcher), 60, "a release")
    assert watcher.last["again"].policy_set == calm.digest
    # And the gate's deadlines are its own, for a case that no machine takes
    assert members[2].member.end() == 0
    publish(installation, {"late": "hello"})
    eventually(lambda: "late" in watcher.waiting_for_people, 40, "people being asked")
    late = watcher.last["late"]
    assert (late.due or 0) - late.at == 3 * 3_600_000


def test_a_broken_promotion_leaves_the_set_before_it_in_force(
    installation: Installation, start: Start, watcher: Watcher, sluice: Sluice
) -> None:
    # Given a fleet under a promoted set
    members = [Paged(start, "gate"), Paged(start, "triage"), Paged(start, "scripted")]
    folder = PolicyFolder(installation.folder / "policies")
    hasty = folder.policy_set("hasty")
    sluice("policy", "promote", "hasty", "--yes")
    soon(lambda: all(one.works_under(hasty.digest, "control") for one in members), members)
    # When somebody writes one whose text is not what its digest says, past the command line
    event = SetPromoted(name="hasty", digest=hasty.digest, files=folder.texts(hasty), by="x", at=1)
    files = {path: text.replace("1h", "9h") for path, text in event.files.items()}
    tell(installation, SET_KEY, encode(replace(event, files=files)))
    stale = "sluice_policy_set_stale{source=control}"
    soon(lambda: all(one.page.samples()[stale] == 1 for one in members), members)
    # Then everybody stays with the one before, and says so
    assert all(one.works_under(hasty.digest, "control") for one in members)
    assert all(says(one.member, "promotion refused") for one in members)
    assert "refused by every process" in sluice("policy", "show", status=1).stdout
    publish(installation, {"p": "hello"})
    eventually(lambda: released(watcher) == {"p"}, 60, "a release")
    assert watcher.last["p"].policy_set == hasty.digest
    # And what is no event at all is passed over and counted
    tell(installation, "pause:remove:*:*", b"nonsense")
    refused = "sluice_control_refused_total{}"
    soon(lambda: all(one.page.samples()[refused] == 1 for one in members), members)
    # When it is withdrawn / Then each works under its folder's
    sluice("policy", "withdraw", "--yes")
    soon(lambda: all(one.works_under(hasty.digest, "folder") for one in members), members)
    assert all(one.page.samples()[stale] == 0 for one in members)


def tell(installation: Installation, key: str, value: bytes) -> None:
    producer = Producer({"bootstrap.servers": installation.bootstrap, "partitioner": "murmur2_random"})
    producer.produce(installation.topic(Topic.CONTROL), value, key)
    assert producer.flush(10) == 0
