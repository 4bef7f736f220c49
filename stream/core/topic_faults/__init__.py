"""What is wrong with a cluster's topics, and the line that mends it. Pure: the facts come in.

Names of settings are Apache Kafka's own (topic and broker configuration, 4.1).
"""

from collections.abc import Iterator

from stream.core.topic_faults.brokers import faults_of_brokers
from stream.core.topic_faults.facts import ClusterFacts, Needs, TopicFacts
from stream.core.topic_faults.fault import Fault
from stream.core.topic_faults.flow import faults_along_the_flow
from stream.core.topic_faults.topic import faults_of_topic
from stream.core.topics import SPECS, Topic, TopicNames

__all__ = ["ClusterFacts", "Fault", "Needs", "TopicFacts", "faults"]

_MAKE = "Create what is missing: sluice topics create; or allow this client Describe, where they are there"


def faults(cluster: ClusterFacts, names: TopicNames, needs: Needs) -> list[Fault]:
    """Everything that is wrong, the grave first; what several topics share is told once."""
    found = [
        *_missing(cluster, names),
        *faults_of_brokers(cluster, needs),
        *faults_along_the_flow(cluster, names),
    ]
    for topic, spec in SPECS.items():
        facts = cluster.topics.get(names.of(topic))
        if facts is not None:
            found += faults_of_topic(names.of(topic), spec, facts, cluster, needs)
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
