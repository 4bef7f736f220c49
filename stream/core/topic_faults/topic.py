"""What is wrong with one topic: its partitions, what it keeps and for how long, and its copies."""

from collections.abc import Iterator

from stream.core.topic_faults.facts import ClusterFacts, Needs, TopicFacts
from stream.core.topic_faults.fault import Fault
from stream.core.topics import TopicSpec


def faults_of_topic(
    name: str, spec: TopicSpec, facts: TopicFacts, cluster: ClusterFacts, needs: Needs
) -> Iterator[Fault]:
    """Everything that is wrong with a topic that is there."""
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
        yield Fault((name,), what, cluster.alter(name, "cleanup.policy", wanted))


def _size(name: str, spec: TopicSpec, facts: TopicFacts, cluster: ClusterFacts) -> Iterator[Fault]:
    actual = facts.number("max.message.bytes")
    if actual is not None and actual < spec.max_bytes:
        what = f"takes records of {actual:,} bytes and must take {spec.max_bytes:,}"
        yield Fault((name,), what, cluster.alter(name, "max.message.bytes", spec.max_bytes))


def _retention(
    name: str, spec: TopicSpec, facts: TopicFacts, cluster: ClusterFacts, needs: Needs
) -> Iterator[Fault]:
    if spec.compacted:
        return
    actual = facts.number("retention.ms")
    if actual is not None and 0 <= actual <= needs.deadline:
        what = (
            f"keeps records {_hours(actual)}, but a case may wait {_hours(needs.deadline)}: "
            "its record would be gone first"
        )
        long_enough = max(spec.retention, 2 * needs.deadline)
        yield Fault((name,), what, cluster.alter(name, "retention.ms", long_enough))
    elif actual is not None and 0 <= actual < spec.retention:
        what = f"keeps records {_hours(actual)}; {_hours(spec.retention)} is what the contract names"
        mend = cluster.alter(name, "retention.ms", spec.retention)
        yield Fault((name,), what, mend, grave=False)
    bound = facts.number("retention.bytes")
    if bound is not None and bound >= 0:
        what = f"retention.bytes is {bound:,}: a burst would remove records before their time"
        mend = cluster.alter(name, "retention.bytes", -1)
        yield Fault((name,), what, mend, grave=False)


def _safety(name: str, facts: TopicFacts, cluster: ClusterFacts) -> Iterator[Fault]:
    in_sync = facts.number("min.insync.replicas") or 1
    if facts.replication == 1:
        what = "has one copy: a lost disk loses it"
        mend = "In production use topics.replication = 3, min.insync.replicas = 2"
        yield Fault((name,), what, mend, grave=False)
    elif in_sync >= facts.replication:
        what = f"min.insync.replicas is {in_sync} of {facts.replication}: one broker down stops all writing"
        mend = cluster.alter(name, "min.insync.replicas", facts.replication - 1)
        yield Fault((name,), what, mend, grave=in_sync > facts.replication)
    elif in_sync == 1 and facts.replication > 2:
        what = "min.insync.replicas is 1: what one broker alone has acknowledged is lost with it"
        mend = cluster.alter(name, "min.insync.replicas", 2)
        yield Fault((name,), what, mend, grave=False)
    if facts.settings.get("unclean.leader.election.enable") == "true":
        what = "unclean.leader.election.enable is true: acknowledged verdicts may be lost"
        mend = cluster.alter(name, "unclean.leader.election.enable", "false")
        yield Fault((name,), what, mend, grave=False)


def _hours(milliseconds: int) -> str:
    hours = milliseconds / 3_600_000
    return f"{hours / 24:g} days" if hours >= 48 else f"{hours:g} hours"
