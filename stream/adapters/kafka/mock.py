"""librdkafka's in-process mock cluster, which lacks much of what brokers do."""

from typing import Any


def is_mock(metadata: Any) -> bool:  # noqa: ANN401 - confluent-kafka's ClusterMetadata
    """Whether this was told by the mock, and not by brokers."""
    return str(metadata.cluster_id).startswith("mockCluster")
