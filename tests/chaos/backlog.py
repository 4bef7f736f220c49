"""How much work the fleet has not done yet, by what its groups have committed."""

from confluent_kafka import ConsumerGroupTopicPartitions, KafkaException, TopicPartition
from confluent_kafka.admin import AdminClient, OffsetSpec

from stream.core.topics import Topic, TopicNames

READ_BY = {
    "gate": (Topic.CONTENT, Topic.OUTCOMES),
    "triage": (Topic.CASES_TRIAGE,),
    "judge": (Topic.CASES_JUDGE,),
    "judge-priority": (Topic.CASES_JUDGE_PRIORITY,),
    "judge-urgent": (Topic.CASES_JUDGE_URGENT,),
}
_ANSWER = 5.0


class Backlog:
    """Asks the broker."""

    def __init__(self, bootstrap: str, names: TopicNames, partitions: int) -> None:
        self._admin = AdminClient({"bootstrap.servers": bootstrap, "log_level": 0})
        self._groups = {
            names.prefix + group: [
                TopicPartition(names.of(topic), number) for topic in topics for number in range(partitions)
            ]
            for group, topics in READ_BY.items()
        }

    @property
    def is_done(self) -> bool:
        """Whether every group has committed all there is; no, where nobody can say."""
        try:
            return all(self._is_done(group, places) for group, places in self._groups.items())
        except (KafkaException, TimeoutError):
            return False

    def _is_done(self, group: str, places: list[TopicPartition]) -> bool:
        asked = self._admin.list_consumer_group_offsets([ConsumerGroupTopicPartitions(group, places)])
        committed = {
            (one.topic, one.partition): max(0, one.offset)
            for one in asked[group].result(_ANSWER).topic_partitions or ()
        }
        latest = OffsetSpec.latest()  # type: ignore[no-untyped-call]
        ends = self._admin.list_offsets(dict.fromkeys(places, latest))
        return all(
            committed.get((place.topic, place.partition), 0) >= end.result(_ANSWER).offset
            for place, end in ends.items()
        )
