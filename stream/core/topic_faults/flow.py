"""Where a record would not fit the topic that it goes on to."""

from collections.abc import Iterator

from stream.core.topic_faults.facts import ClusterFacts
from stream.core.topic_faults.fault import Fault
from stream.core.topics import SPECS, Topic, TopicNames

CARRIES = (
    (Topic.CONTENT, Topic.CASES_TRIAGE),
    (Topic.CASES_TRIAGE, Topic.CASES_JUDGE),
    (Topic.CASES_TRIAGE, Topic.CASES_JUDGE_PRIORITY),
    (Topic.CASES_TRIAGE, Topic.CASES_JUDGE_URGENT),
)
"""A record of the second holds one of the first whole, so it must take at least as much."""


def faults_along_the_flow(cluster: ClusterFacts, names: TopicNames) -> Iterator[Fault]:
    """Each topic that takes less than what it carries."""
    for inner, outer in CARRIES:
        small, large = cluster.topics.get(names.of(inner)), cluster.topics.get(names.of(outer))
        if small is None or large is None:
            continue
        holds, carries = small.number("max.message.bytes"), large.number("max.message.bytes")
        wanted = (holds or 0) * SPECS[outer].max_bytes // SPECS[inner].max_bytes
        if holds is not None and carries is not None and SPECS[outer].max_bytes <= carries < wanted:
            what = (
                f"takes records of {carries:,} bytes, but carries whole records of {names.of(inner)}, "
                f"which takes {holds:,}"
            )
            mend = cluster.alter(names.of(outer), "max.message.bytes", wanted)
            yield Fault((names.of(outer),), what, mend)
