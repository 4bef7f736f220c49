"""Random histories on a real broker: a reader's state is always that of a prefix of what was committed."""

import random
from pathlib import Path

import pytest
from confluent_kafka import KafkaError, Message

from stream.client import SqliteVerdicts
from stream.client.store import Positions, Records
from stream.core.terms import Decision
from stream.core.wire import encode, read_verdict
from tests.integration.client.world import PATIENCE, World, shown, until, verdict

IDS = [f"post-{n}" for n in range(8)]
DECISIONS = (Decision.HOLD, Decision.RELEASE, Decision.REMOVE)

Entry = tuple[int, int, str, bytes]
"""Partition, offset, content id and value of a committed record."""


class RecordingStore(SqliteVerdicts):
    """Keeps what it holds after every batch."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.moments: list[tuple[dict[int, int], dict[str, bytes]]] = []

    def apply(self, records: Records, positions: Positions) -> None:
        super().apply(records, positions)
        held = {
            content_id: found.value for content_id in IDS if (found := self.get(content_id)) and found.value
        }
        saved = self._database.execute("SELECT partition, next FROM position")
        self.moments.append((dict(saved), held))


@pytest.mark.parametrize("seed", range(3))
def test_a_reader_is_always_at_a_prefix_of_what_was_committed(
    world: World, tmp_path: Path, seed: int
) -> None:
    # Given transactions that end either way, while readers of one store come and go
    chance = random.Random(seed)
    committed: list[Entry] = []
    path = tmp_path / "verdicts.db"
    moments = []
    for _ in range(3):
        store = RecordingStore(path)
        with world.reader(store) as reader:
            if chance.random() < 0.5:
                reader.wait_until_current(PATIENCE)
            for _ in range(25):
                committed += _transaction(world, chance, chance.randint(1, 6))
            # One that takes several batches to read: a store may end up in the middle of it.
            committed += _transaction(world, chance, 1_500)
            reader.wait_until_current(PATIENCE)
            last = _fold(committed, None)
            until(lambda: {i: _value(store, i) for i in last} == last)  # noqa: B023 - called at once
            # Then a reader that has caught up shows what the whole history shows
            for content_id, value in last.items():
                known = read_verdict(value)
                expected = known.decision is Decision.RELEASE
                assert shown(reader, content_id, known.version) == expected
                assert not shown(reader, content_id, known.version + 1)
            moments += store.moments
    # And after every batch each store was at a prefix of each partition
    assert len(moments) >= 3
    for positions, held in moments:
        assert held == _fold(committed, positions)


def _transaction(world: World, chance: random.Random, size: int) -> list[Entry]:
    written: list[Entry] = []

    def note(error: KafkaError | None, message: Message) -> None:
        assert error is None
        key, value = message.key(), message.value()
        written.append((message.partition(), message.offset(), key.decode(), value))  # type: ignore[arg-type, union-attr]

    world.writer.begin_transaction()
    for _ in range(size):
        one = verdict(chance.choice(IDS), chance.randint(1, 3), chance.choice(DECISIONS))
        world.writer.produce(world.topic, encode(one), one.id.encode(), on_delivery=note)
    assert world.writer.flush(PATIENCE) == 0
    if chance.random() < 0.3:
        world.writer.abort_transaction(PATIENCE)
        return []
    world.writer.commit_transaction(PATIENCE)
    return written


def _fold(committed: list[Entry], positions: dict[int, int] | None) -> dict[str, bytes]:
    """The last value of each id below the positions; of everything where there are none."""
    return {
        content_id: value
        for partition, offset, content_id, value in sorted(committed)
        if positions is None or offset < positions.get(partition, 0)
    }


def _value(store: SqliteVerdicts, content_id: str) -> bytes | None:
    found = store.get(content_id)
    return found.value if found else None
