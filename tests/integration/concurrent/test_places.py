"""Where reading begins when the broker does not say, or says what is not there any more."""

from stream.ports import Position
from tests.integration.child import until
from tests.integration.concurrent.conftest import Make


def test_a_partition_whose_offset_hangs_in_a_transaction_waits_and_the_others_go_on(scene_of: Make) -> None:
    # Given committed offsets of one partition of two that hang in somebody's open transaction
    scene = scene_of(1, 2)
    scene.put(200, b"1")
    topic = scene.lanes[0]
    holder = scene.world.transactional("holder")
    holder.begin()
    holder.send_offsets([Position(topic, 0, 50)], scene.outsider().membership())

    # When a member starts, then it does the other partition's work
    child = scene.child("a")
    until(lambda: len(scene.places()) == 100, "the other partition is done")
    assert {place[1] for place in scene.places()} == {1}
    assert child.said("unanswered")

    # And when the transaction ends, that partition's, from the first record on
    holder.abort()
    scene.wait_for_all()
    until(lambda: len(scene.done()) == 200, lambda: f"all committed: {scene.committed()}")
    assert scene.repeated == 0
    assert child.status() is None


def test_records_that_retention_took_are_told_and_work_goes_on_behind_them(scene_of: Make) -> None:
    # Given a committed offset that retention has overtaken
    scene = scene_of(1, 1)
    scene.put(100, b"1")
    topic = scene.lanes[0]
    scene.outsider().commit_now([Position(topic, 0, 10)])
    scene.world.retain((topic, 0), 60)

    child = scene.child("a")
    until(lambda: len(scene.places()) == 40, lambda: f"the rest is answered: {child.tail()}")

    assert {place[2] for place in scene.places()} == set(range(60, 100))
    assert len(child.said("records_lost")) == 1


def test_metadata_of_another_tool_is_told_and_work_begins_at_the_committed_offset(scene_of: Make) -> None:
    scene = scene_of(1, 1)
    scene.put(100, b"1")
    scene.outsider().commit_now([Position(scene.lanes[0], 0, 40, "checkpoint of another tool")])

    child = scene.child("a")
    until(lambda: len(scene.places()) == 60, lambda: f"the rest is answered: {child.tail()}")

    assert {place[2] for place in scene.places()} == set(range(40, 100))
    assert len(child.said("malformed_metadata")) == 1
