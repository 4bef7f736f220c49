"""What is wrong with the brokers."""

from collections.abc import Iterator

from stream.core.topic_faults.facts import ClusterFacts, Needs
from stream.core.topic_faults.fault import Fault

METADATA_BYTES = 4_096
"""The broker's `offset.metadata.max.bytes` that the judge's and triage's commits rely on; its default."""


def faults_of_brokers(cluster: ClusterFacts, needs: Needs) -> Iterator[Fault]:
    """Everything that is wrong with what the brokers allow."""
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
