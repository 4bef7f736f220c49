"""Sluice's settings for one run: its own topics, on one broker."""

from bench.errand import Errand
from stream.config import Settings
from stream.config.kafka import Kafka, Topics
from stream.config.settings import Metrics, Policies


def settings_of(errand: Errand) -> Settings:
    """All defaults but where the topics lie, the demo's policies, and no metrics page."""
    return Settings(
        kafka=Kafka(bootstrap_servers=errand.bootstrap),
        topics=Topics(prefix=errand.prefix, partitions=errand.partitions, replication=1),
        policies=Policies(set="demo"),
        metrics=Metrics(enabled=False),
    )
