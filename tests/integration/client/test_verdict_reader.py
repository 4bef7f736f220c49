"""The one rule on a real broker: nothing is shown that the log, read to its end, would hide."""

from concurrent.futures import Future
from pathlib import Path

import pytest
from confluent_kafka import OFFSET_BEGINNING, Consumer, TopicPartition
from confluent_kafka.admin import AdminClient

from stream.client import MemoryVerdicts, SqliteVerdicts, Unavailable, VerdictReader
from stream.client.store import Positions, Records
from stream.core.terms import Stage
from stream.core.wire import encode
from tests.integration.client.world import (
    PARTITIONS,
    PATIENCE,
    World,
    held,
    released,
    removed,
    shown,
    until,
)


class WatchedStore(SqliteVerdicts):
    """Asks the reader, after every batch and before the next, whether it would show `post-1` now."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.read: list[str] = []
        self.known: list[bool] = []
        self.shown: list[bool] = []
        self._reader: Future[VerdictReader] = Future()

    def watch(self, reader: VerdictReader) -> None:
        self._reader.set_result(reader)

    def open(self, log: str) -> dict[int, int]:
        self._reader.result(PATIENCE)
        saved = super().open(log)
        self._ask()
        return saved

    def apply(self, records: Records, positions: Positions) -> None:
        super().apply(records, positions)
        self.read += [content_id for content_id, _ in records]
        self._ask()

    def _ask(self) -> None:
        reader = self._reader.result()
        self.known.append(self.get("post-1") is not None)
        self.shown.append(shown(reader, "post-1"))


def test_what_the_gate_says_is_seen_as_it_is_said(world: World) -> None:
    with world.reader() as reader:
        # Given an empty topic: nothing is shown
        reader.wait_until_current(PATIENCE)
        assert not shown(reader, "post-1")
        # When the gate holds, releases and removes
        world.commit(held("post-1"))
        until(lambda: reader.state_of("post-1").under_review)
        assert not shown(reader, "post-1")
        world.commit(released("post-1"))
        until(lambda: shown(reader, "post-1"))
        assert not shown(reader, "post-1", version=2)
        world.commit(removed("post-1"))
        # Then each of it comes to be
        until(lambda: not shown(reader, "post-1"))
        assert not reader.state_of("post-1").under_review


def test_a_hold_names_whom_it_waits_for(world: World) -> None:
    world.commit(held("post-1"))
    with world.reader() as reader:
        reader.wait_until_current(PATIENCE)
        assert reader.state_of("post-1").stage is Stage.AUTOMATIC


def test_a_joining_reader_shows_nothing_before_it_has_read_everything(world: World, tmp_path: Path) -> None:
    # Given a release early in the log, its removal at the end, and much between them
    world.commit(released("post-1"))
    for batch in range(4):
        world.commit(*(released(f"other-{batch}-{n}") for n in range(2_500)))
    world.commit(removed("post-1"))
    # When a reader joins and is asked after every batch
    store = WatchedStore(tmp_path / "verdicts.db")
    with world.reader(store) as reader:
        store.watch(reader)
        reader.wait_until_current(PATIENCE)
        # Then it knew the release for many batches, and never showed it
        assert sum(store.known) > 3
        assert not any(store.shown)
        assert not shown(reader, "post-1")
        assert shown(reader, "other-0-0")


def test_what_a_transaction_took_back_was_never_said(world: World) -> None:
    # Given content that is held, and aborted releases of it before and after
    world.abort(released("post-1"))
    world.commit(held("post-1"))
    world.abort(released("post-1"), released("post-2"))
    # When a reader joins: the log ends with records and a marker that it never sees
    with world.reader() as reader:
        # Then it is current all the same, and knows of the hold only
        reader.wait_until_current(PATIENCE)
        assert reader.state_of("post-1").under_review
        assert reader.state_of("post-2").verdict is None
        # And while it runs, further aborted records neither show nor make it stale
        world.abort(released("post-1"))
        world.commit(released("post-3"))
        until(lambda: shown(reader, "post-3"))
        assert not shown(reader, "post-1")
        world.abort(*(released(f"aborted-{n}") for n in range(50)))
        until(lambda: reader.staleness < 0.2)
        assert not shown(reader, "aborted-0")


def test_an_open_transaction_does_not_keep_a_reader_waiting(world: World) -> None:
    # Given a gate in the middle of a transaction
    world.commit(held("post-1"), released("post-2"))
    world.begin([released("post-1"), removed("post-2")])
    with world.reader() as reader:
        # When a reader joins, it is current with what was committed
        reader.wait_until_current(PATIENCE)
        assert (shown(reader, "post-1"), shown(reader, "post-2")) == (False, True)
        # Then the transaction's end brings the rest
        world.writer.commit_transaction(PATIENCE)
        until(lambda: shown(reader, "post-1") and not shown(reader, "post-2"))


def test_a_verdict_that_nobody_can_read_hides(world: World) -> None:
    # Given a released post, and then verdicts of a version that this library has yet to learn
    world.commit(released("post-1"), released("post-2"), released("post-3"))
    later = encode(released("post-1")).replace(b'"release"', b'"blur"')
    world.commit(("post-1", later), ("post-2", b"\xff"), ("post-3", encode(released("post-1"))))
    with world.reader() as reader:
        # Then what they say is unknown, and the posts are hidden
        reader.wait_until_current(PATIENCE)
        for content_id in ("post-1", "post-2", "post-3"):
            assert not shown(reader, content_id)
            assert reader.state_of(content_id).verdict is None


def test_an_erased_verdict_hides(world: World) -> None:
    with world.reader() as reader:
        world.commit(released("post-1"))
        until(lambda: shown(reader, "post-1"))
        world.commit(("post-1", None))
        until(lambda: not shown(reader, "post-1"))


def test_a_restarted_reader_reads_only_what_it_missed_and_shows_nothing_before(
    world: World, tmp_path: Path
) -> None:
    # Given a reader that saved what it knew and ended
    path = tmp_path / "verdicts.db"
    world.commit(released("post-1"), released("post-2"))
    with world.reader(SqliteVerdicts(path)) as reader:
        reader.wait_until_current(PATIENCE)
        assert shown(reader, "post-1")
    # When more is said while it is away, and it starts again
    world.commit(removed("post-1"), released("post-3"))
    store = WatchedStore(path)
    with world.reader(store) as reader:
        store.watch(reader)
        # Then it never shows what it saved, reads what is new, and knows both
        reader.wait_until_current(PATIENCE)
        assert store.known[0]
        assert not any(store.shown)
        assert sorted(store.read) == ["post-1", "post-3"]
        assert [shown(reader, f"post-{n}") for n in (1, 2, 3)] == [False, True, True]


def test_a_reader_that_missed_nothing_is_current_again_without_a_record(world: World, tmp_path: Path) -> None:
    world.commit(released("post-1"))
    path = tmp_path / "verdicts.db"
    with world.reader(SqliteVerdicts(path)) as reader:
        reader.wait_until_current(PATIENCE)
    store = WatchedStore(path)
    with world.reader(store) as reader:
        store.watch(reader)
        reader.wait_until_current(PATIENCE)
        assert shown(reader, "post-1")
        assert store.read == []


def test_a_compacted_log_is_read_to_the_same_state(broker_world_compacting: World) -> None:
    # Given posts whose verdicts were overtaken many times, some of it aborted, and a broker that compacts
    world = broker_world_compacting
    written = 0
    for version in range(1, 30):
        world.commit(*(held(f"post-{n}", version) for n in range(5)))
        world.abort(*(removed(f"post-{n}", version) for n in range(5)))
        world.commit(*(released(f"post-{n}", version) for n in range(4)))
        written += 9
    until(lambda: _rolled(world) and _count(world) < written // 2, 90)
    # When a reader joins, over all the holes
    with world.reader() as reader:
        reader.wait_until_current(PATIENCE)
        # Then it ends where everybody is
        assert [shown(reader, f"post-{n}", 29) for n in range(5)] == [True, True, True, True, False]
        assert not any(shown(reader, f"post-{n}", 28) for n in range(5))
        assert reader.state_of("post-4").under_review


@pytest.fixture
def broker_world_compacting(broker: object) -> World:
    return World(
        broker.bootstrap,  # type: ignore[attr-defined]
        **{"segment.ms": "100", "min.cleanable.dirty.ratio": "0.001", "min.compaction.lag.ms": "0"},
    )


def _rolled(world: World) -> bool:
    """Write once more to each partition: the active segment is never cleaned."""
    world.commit(*(held(f"roll-{n}") for n in range(6)))
    return True


def _count(world: World) -> int:
    """How many records the log still holds, aborted ones aside."""
    consumer = Consumer(
        {
            **world.settings,
            "group.id": "any",
            "isolation.level": "read_committed",
            "enable.partition.eof": True,
        }
    )
    consumer.assign([TopicPartition(world.topic, number, OFFSET_BEGINNING) for number in range(PARTITIONS)])
    records, ended = 0, 0
    while ended < PARTITIONS:
        for message in consumer.consume(500, 1.0):
            ended += message.error() is not None
            records += message.error() is None
    consumer.close()
    return records


def test_a_topic_made_anew_is_read_anew(world: World, tmp_path: Path) -> None:
    # Given a reader with state of its own
    for n in range(20):
        world.commit(released(f"post-{n}"))
    store = SqliteVerdicts(tmp_path / "verdicts.db")
    with world.reader(store) as reader:
        reader.wait_until_current(PATIENCE)
    # When the topic is deleted, made again, and says less
    world.delete_topics()
    until(lambda: world.topic not in AdminClient(world.settings).list_topics(timeout=5).topics)
    world.create_topics()
    world.commit(held("post-1"))
    # Then nothing of the old one is left
    with world.reader(SqliteVerdicts(tmp_path / "verdicts.db")) as reader:
        reader.wait_until_current(PATIENCE)
        assert reader.state_of("post-1").under_review
        assert reader.state_of("post-2").verdict is None


def test_a_running_reader_follows_a_topic_that_is_made_anew(world: World) -> None:
    # Given a reader in the middle of a topic
    for n in range(20):
        world.commit(released(f"post-{n}"))
    with world.reader() as reader:
        until(lambda: shown(reader, "post-1"))
        # When the topic is deleted, made again, and says less
        world.delete_topics()
        until(lambda: world.topic not in AdminClient(world.settings).list_topics(timeout=5).topics)
        world.create_topics()
        world.commit(held("post-1"))
        # Then the reader comes to know the new one, and nothing else
        until(lambda: reader.state_of("post-1").under_review and not shown(reader, "post-2"))
        until(lambda: reader.is_current)
        assert reader.state_of("post-2").verdict is None


def test_a_missing_topic_keeps_everything_hidden_and_says_so(world: World) -> None:
    world.delete_topics()
    with world.reader() as reader:
        with pytest.raises(Unavailable, match=r"verdicts: not current after 3 s: .*UNKNOWN_TOPIC_OR_PART"):
            reader.wait_until_current(3)
        # And once it is there, the reader goes on by itself
        world.create_topics()
        world.commit(released("post-1"))
        until(lambda: shown(reader, "post-1"))


def test_a_topic_that_was_given_more_partitions_is_read_whole(world: World) -> None:
    # Given verdicts about content all over three partitions, and a reader
    ids = [f"post-{n}" for n in range(30)]
    world.commit(*(released(content_id) for content_id in ids))
    with world.reader() as running:
        running.wait_until_current(PATIENCE)
        # When the topic is given more, and content moves: the last word lies in another partition
        world.grow(5)
        world.writer = world.new_writer()
        world.commit(*(removed(content_id) for content_id in ids))
        # Then a running reader hears of it, and a joining one ends with the same
        until(lambda: not any(shown(running, content_id) for content_id in ids))
        with world.reader() as joining:
            joining.wait_until_current(PATIENCE)
            assert not any(shown(joining, content_id) for content_id in ids)


def test_feeds_are_told_what_changed_and_go_on_where_they_were(world: World) -> None:
    # Given verdicts from before a reader started
    world.commit(held("post-1"), released("post-1"), held("post-2"), removed("post-3"))
    with world.reader() as reader:
        reader.wait_until_current(PATIENCE)
        # When a feed asks for everything
        first = list(reader.changes(timeout=1.0))
        # Then each id comes once, with its last verdict, when the reader may go by it
        told = {change.standing.id: change.standing for change in first}
        assert sorted(change.standing.id for change in first) == ["post-1", "post-2", "post-3"]
        assert all(change.standing.is_current for change in first)
        assert told["post-2"].under_review
        # And when it goes on from its last mark, it is told of what came since
        world.commit(released("post-2"))
        (second,) = list(reader.changes(first[-1].mark, timeout=1.0))
        assert second.standing.id == "post-2"
        assert not second.standing.under_review
        assert list(reader.changes(second.mark, timeout=0.1)) == []


def test_a_feed_ends_with_its_reader(world: World) -> None:
    reader = world.reader()
    reader.wait_until_current(PATIENCE)
    changes = reader.changes()
    world.commit(held("post-1"))
    assert next(changes).standing.id == "post-1"
    reader.close()
    assert list(changes) == []


def test_a_reader_whose_store_fails_shows_nothing_and_says_why(world: World) -> None:
    class FullDisk(MemoryVerdicts):
        def apply(self, records: Records, positions: Positions) -> None:
            if any(content_id == "post-2" for content_id, _ in records):
                raise OSError("no space left")
            super().apply(records, positions)

    # Given a reader that shows a post
    world.commit(released("post-1"))
    with world.reader(FullDisk()) as reader:
        until(lambda: shown(reader, "post-1"))
        # When its store fails
        world.commit(released("post-2"))
        until(lambda: reader.failure is not None)
        # Then what it knew would grow old unseen: it shows nothing, and says so to whoever waits
        assert not shown(reader, "post-1")
        assert reader.staleness == float("inf")
        with pytest.raises(Unavailable, match="no space left"):
            reader.wait_until_current(1)
        with pytest.raises(Unavailable, match="no space left"):
            next(reader.changes())
