"""A large changelog is read back before its partition flows, and others do not wait for it."""

from collections.abc import Callable

from confluent_kafka import ConsumerGroupTopicPartitions, TopicPartition
from confluent_kafka.admin import AdminClient

from tests.integration.child import until
from tests.integration.transactional.scene import Scene
from tests.unit.runtime.transactional.counting import encoded

ENTRIES = 200_000


def test_a_large_changelog_is_restored_whole_while_others_flow(scene_of: Callable[[int], Scene]) -> None:
    # Given a large changelog in one of two partitions
    scene = scene_of(2)
    scene.fill_changelog(0, ENTRIES, encoded(7))
    last = f"0-{ENTRIES - 1}"
    scene.send(last)
    scene.send("1-a")
    scene.flush()

    # When a process starts
    child = scene.child("one", session_ms=6_000)

    # Then the small one is ready first, and the large one knows its last key
    first, second = child.wait_for("restored", 2)[:2]
    assert (first["partition"], second["partition"]) == (1, 0)
    assert second["entries"] == ENTRIES
    assert ENTRIES / second["seconds"] > 10_000, second
    until(lambda: child.level("live") == 2, "both flow")
    scene.check({last: 7})
    assert child.end() == 0


def test_a_group_whose_positions_were_set_back_has_nothing_applied_twice(
    scene_of: Callable[[int], Scene],
) -> None:
    # Given records that a process has counted, and nobody at work
    scene = scene_of(1)
    for _ in range(20):
        scene.send("0-a")
        scene.send("0-b", topic=1)
    scene.flush()
    first = scene.child("one")
    until(lambda: first.level("lag") == 0 and first.level("entries") == 2, "all are counted")
    assert first.end() == 0
    # When the group's positions are set back, as a coordinator that forgets sets them back
    back = [TopicPartition(topic, 0, offset) for topic, offset in zip(scene.topics, (3, 0), strict=True)]
    admin = AdminClient({"bootstrap.servers": scene.bootstrap})
    asked = ConsumerGroupTopicPartitions(scene.group, back)
    for done in admin.alter_consumer_group_offsets([asked]).values():
        done.result(30)
    # Then the next process goes on where the state is
    scene.child("two")
    scene.send("0-a")
    scene.check()
