"""What is wrong with a cluster's topics, and the line that mends it. Pure: the facts come in.

Names of settings are Apache Kafka's own (topic and broker configuration, 4.1).
"""

from collections.abc import Iterator

from msgspec import Struct

from stream.core.step import Terms
from stream.core.topics import SPECS, Topic, TopicNames, TopicSpec

METADATA_BYTES = 4_096
"""The broker's `offset.metadata.max.bytes` that the judge's and triage's commits rely on; its default."""

_MAKE = "Create what is missing: sluice topics create; or allow this client Describe, where they are there"

CARRIES = (
    (Topic.CONTENT, Topic.CASES_TRIAGE),
    (Topic.CASES_TRIAGE, Topic.CASES_JUDGE),
    (Topic.CASES_TRIAGE, Topic.CASES_JUDGE_PRIORITY),
    (Topic.CASES_TRIAGE, Topic.CASES_JUDGE_URGENT),
)
"""A record of the second holds one of the first whole, so it must take at least as much."""


class TopicFacts(Struct, frozen=True):
    """One topic as it is: `settings` by the broker's names, empty where it would not tell."""

    partitions: int
    replication: int
    settings: dict[str, str] = {}


class ClusterFacts(Struct, frozen=True):
    """A cluster as it is; `settings` are one broker's, empty where it would not tell."""

    bootstrap: str
    brokers: int
    topics: dict[str, TopicFacts]
    settings: dict[str, str] = {}


class Needs(Struct, frozen=True, kw_only=True):
    """What this installation needs of its cluster. Times in ms; `deadline` is the longest a case may take.

    `ledger_session_timeout` is None where no ledger asks: nothing of the path is to be stopped by it.
    """

    partitions: int
    transaction_timeout: int
    session_timeout: int
    ledger_session_timeout: int | None = None
    deadline: int = Terms().automatic + Terms().people


class Fault(Struct, frozen=True):
    """One thing that is wrong with some topics or, without any, with the brokers.

    `grave`: nothing may start with it; else it is a hint.
    """

    topics: tuple[str, ...]
    what: str
    mend: str
    grave: bool = True

    @property
    def where(self) -> str:
        """In words, what it is about."""
        if not self.topics:
            return "brokers"
        if len(self.topics) == len(Topic):
            return "every topic"
        return f"topic{'s' * (len(self.topics) > 1)} {', '.join(self.topics)}"

    def __str__(self) -> str:
        return f"{self.where}: {self.what}. {self.mend}"


def faults(cluster: ClusterFacts, names: TopicNames, needs: Needs) -> list[Fault]:
    """Everything that is wrong, the grave first; what several topics share is told once."""
    found = [*_missing(cluster, names), *_of_brokers(cluster, needs), *_sizes_along_the_flow(cluster, names)]
    for topic, spec in SPECS.items():
        facts = cluster.topics.get(names.of(topic))
        if facts is not None:
            found += _of_topic(names.of(topic), spec, facts, cluster, needs)
    return sorted(_joined(found), key=lambda fault: not fault.grave)


def _joined(found: list[Fault]) -> list[Fault]:
    topics: dict[tuple[str, str, bool], tuple[str, ...]] = {}
    for fault in found:
        same = (fault.what, fault.mend, fault.grave)
        topics[same] = topics.get(same, ()) + fault.topics
    return [Fault(about, *same) for same, about in topics.items()]


def _missing(cluster: ClusterFacts, names: TopicNames) -> Iterator[Fault]:
    missing = [names.of(topic) for topic in Topic if names.of(topic) not in cluster.topics]
    if missing:
        yield Fault(tuple(missing), "not there", _MAKE)


def _of_topic(
    name: str, spec: TopicSpec, facts: TopicFacts, cluster: ClusterFacts, needs: Needs
) -> Iterator[Fault]:
    yield from _partitions(name, facts, needs)
    if not facts.settings:
        what = "its settings cannot be read, so they were not checked"
        yield Fault((name,), what, "Allow this client DescribeConfigs on it", grave=False)
        return
    yield from _cleanup(name, spec, facts, cluster)
    yield from _size(name, spec, facts, cluster)
    yield from _retention(name, spec, facts, cluster, needs)
    yield from _safety(name, facts, cluster)


def _partitions(name: str, facts: TopicFacts, needs: Needs) -> Iterator[Fault]:
    if facts.partitions != needs.partitions:
        what = f"has {facts.partitions} partitions where topics.partitions says {needs.partitions}"
        mend = (
            "Every topic needs the same number, which cannot change once there is content: set "
            f"topics.partitions = {facts.partitions} if all topics have that, else use a new topics.prefix"
        )
        yield Fault((name,), what, mend)


def _cleanup(name: str, spec: TopicSpec, facts: TopicFacts, cluster: ClusterFacts) -> Iterator[Fault]:
    wanted = spec.settings()["cleanup.policy"]
    actual = facts.settings.get("cleanup.policy", wanted)
    if actual != wanted:
        lost = "old ids would be forgotten" if spec.compacted else "earlier records of an id would be lost"
        what = f"cleanup.policy is {actual} and must be {wanted}: {lost}"
        yield Fault((name,), what, _alter(cluster, name, "cleanup.policy", wanted))


def _size(name: str, spec: TopicSpec, facts: TopicFacts, cluster: ClusterFacts) -> Iterator[Fault]:
    actual = _number(facts, "max.message.bytes")
    if actual is not None and actual < spec.max_bytes:
        what = f"takes records of {actual:,} bytes and must take {spec.max_bytes:,}"
        yield Fault((name,), what, _alter(cluster, name, "max.message.bytes", spec.max_bytes))


def _sizes_along_the_flow(cluster: ClusterFacts, names: TopicNames) -> Iterator[Fault]:
    for inner, outer in CARRIES:
        small, large = cluster.topics.get(names.of(inner)), cluster.topics.get(names.of(outer))
        if small is None or large is None:
            continue
        holds, carries = _number(small, "max.message.bytes"), _number(large, "max.message.bytes")
        wanted = (holds or 0) * SPECS[outer].max_bytes // SPECS[inner].max_bytes
        if holds is not None and carries is not None and SPECS[outer].max_bytes <= carries < wanted:
            what = (
                f"takes records of {carries:,} bytes, but carries whole records of {names.of(inner)}, "
                f"which takes {holds:,}"
            )
            mend = _alter(cluster, names.of(outer), "max.message.bytes", wanted)
            yield Fault((names.of(outer),), what, mend)


def _retention(
    name: str, spec: TopicSpec, facts: TopicFacts, cluster: ClusterFacts, needs: Needs
) -> Iterator[Fault]:
    if spec.compacted:
        return
    actual = _number(facts, "retention.ms")
    if actual is not None and 0 <= actual <= needs.deadline:
        what = (
            f"keeps records {_hours(actual)}, but a case may wait {_hours(needs.deadline)}: "
            "its record would be gone first"
        )
        long_enough = max(spec.retention, 2 * needs.deadline)
        yield Fault((name,), what, _alter(cluster, name, "retention.ms", long_enough))
    elif actual is not None and 0 <= actual < spec.retention:
        what = f"keeps records {_hours(actual)}; {_hours(spec.retention)} is what the contract names"
        mend = _alter(cluster, name, "retention.ms", spec.retention)
        yield Fault((name,), what, mend, grave=False)
    bound = _number(facts, "retention.bytes")
    if bound is not None and bound >= 0:
        what = f"retention.bytes is {bound:,}: a burst would remove records before their time"
        mend = _alter(cluster, name, "retention.bytes", -1)
        yield Fault((name,), what, mend, grave=False)


def _safety(name: str, facts: TopicFacts, cluster: ClusterFacts) -> Iterator[Fault]:
    in_sync = _number(facts, "min.insync.replicas") or 1
    if facts.replication == 1:
        what = "has one copy: a lost disk loses it"
        mend = "In production use topics.replication = 3, min.insync.replicas = 2"
        yield Fault((name,), what, mend, grave=False)
    elif in_sync >= facts.replication:
        what = f"min.insync.replicas is {in_sync} of {facts.replication}: one broker down stops all writing"
        mend = _alter(cluster, name, "min.insync.replicas", facts.replication - 1)
        yield Fault((name,), what, mend, grave=in_sync > facts.replication)
    elif in_sync == 1 and facts.replication > 2:
        what = "min.insync.replicas is 1: what one broker alone has acknowledged is lost with it"
        mend = _alter(cluster, name, "min.insync.replicas", 2)
        yield Fault((name,), what, mend, grave=False)
    if facts.settings.get("unclean.leader.election.enable") == "true":
        what = "unclean.leader.election.enable is true: acknowledged verdicts may be lost"
        mend = _alter(cluster, name, "unclean.leader.election.enable", "false")
        yield Fault((name,), what, mend, grave=False)


def _of_brokers(cluster: ClusterFacts, needs: Needs) -> Iterator[Fault]:
    if not cluster.settings:
        what = "the brokers' settings cannot be read, so they were not checked"
        yield Fault((), what, "Allow this client DescribeConfigs on the cluster", grave=False)
        return
    bounds = (
        ("transaction.max.timeout.ms", needs.transaction_timeout, "gate.transaction_timeout_ms"),
        ("offset.metadata.max.bytes", METADATA_BYTES, "the commits of judge and triage"),
    )
    for setting, wanted, because in bounds:
        actual = cluster.settings.get(setting)
        if actual is not None and int(actual) < wanted:
            what = f"{setting} is {int(actual):,} and must be at least {wanted:,}, for {because}"
            yield Fault((), what, f"Set {setting}={wanted} on every broker")
    yield from _session(cluster, needs.session_timeout, "gate.session_timeout_ms")
    if needs.ledger_session_timeout is not None:
        yield from _session(cluster, needs.ledger_session_timeout, "ledger.session_timeout_ms")
    if cluster.settings.get("auto.create.topics.enable") == "true":
        what = "auto.create.topics.enable is true: a misspelt topic comes into being with wrong settings"
        mend = "Set auto.create.topics.enable=false on every broker"
        yield Fault((), what, mend, grave=False)


def _session(cluster: ClusterFacts, wanted: int, setting: str) -> Iterator[Fault]:
    """What the brokers allow as a group's session time-out, and what a setting says."""
    most = cluster.settings.get("group.max.session.timeout.ms")
    if most is not None and int(most) < wanted:
        what = f"group.max.session.timeout.ms is {int(most):,} and must be at least {wanted:,}, for {setting}"
        yield Fault((), what, f"Set group.max.session.timeout.ms={wanted} on every broker")
    least = cluster.settings.get("group.min.session.timeout.ms")
    if least is not None and int(least) > wanted:
        what = f"group.min.session.timeout.ms is {int(least):,}, above {setting}"
        yield Fault((), what, f"Set {setting} = {least}, or lower it there")


def _number(facts: TopicFacts, setting: str) -> int | None:
    value = facts.settings.get(setting)
    return None if value is None else int(value)


def _hours(milliseconds: int) -> str:
    hours = milliseconds / 3_600_000
    return f"{hours / 24:g} days" if hours >= 48 else f"{hours:g} hours"


def _alter(cluster: ClusterFacts, name: str, setting: str, value: object) -> str:
    return (
        f"Mend it: kafka-configs.sh --bootstrap-server {cluster.bootstrap} --alter "
        f"--entity-type topics --entity-name {name} --add-config {setting}={value}"
    )
