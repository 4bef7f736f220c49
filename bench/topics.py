"""The topics of one run of one side: made before it, gone after it."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count

from confluent_kafka.admin import AdminClient, NewTopic

from stream.core.topics import SPECS, TopicNames

PARTITIONS = 4
_RUNS = count(1)


@contextmanager
def topics(bootstrap: str, name: str, partitions: int = PARTITIONS) -> Iterator[str]:
    """All topics of the contract under a prefix of their own, with replication 1; yields the prefix.

    Whatever bears the prefix at the end is removed, a rival's own topics too, so that one run's data does
    not crowd the next one's out of memory.
    """
    prefix = f"bench-{name}-{next(_RUNS)}-{int(time.time())}-"
    admin = AdminClient({"bootstrap.servers": bootstrap, "log_level": 0})
    names = TopicNames(prefix)
    wanted = [
        NewTopic(names.of(topic), partitions, 1, config=spec.settings()) for topic, spec in SPECS.items()
    ]
    for made in admin.create_topics(wanted).values():
        made.result()
    try:
        yield prefix
    finally:
        bearing = [topic for topic in admin.list_topics(timeout=10).topics if prefix in topic]
        for gone in admin.delete_topics(bearing).values():
            gone.result()
