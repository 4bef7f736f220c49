"""A later record of the same key ends the earlier one, wherever that stands."""

from stream.core.errors import Unavailable
from stream.ports import Record
from stream.runtime.concurrent import Ending, Tally
from tests.unit.runtime.concurrent.rig import Rig, settled


def test_a_superseded_handler_that_does_not_end_gives_its_slot_back_too() -> None:
    rig = Rig(supersedes=same_key_and_later)
    rig.put(key=b"post")
    settled(rig)
    rig.hand.stubborn = True

    rig.put(key=b"post")
    rig.turn(2)
    rig.clock.pass_by(rig.settings.patience)
    rig.turn()

    assert rig.notes.tallies[Tally.UNRESPONSIVE] == 1
    assert rig.runner.in_flight == 1


def same_key_and_later(later: Record, earlier: Record) -> bool:
    return later.offset > earlier.offset


def test_a_later_record_of_the_same_key_ends_the_earlier_one_without_outputs() -> None:
    rig = Rig(supersedes=same_key_and_later)
    rig.put(key=b"post")
    rig.put(key=b"another")
    settled(rig)

    rig.put(key=b"post")
    rig.turn(2)
    assert rig.hand.offsets == [1, 2]

    rig.hand.finish(1, 2)
    rig.commit()
    assert sorted(rig.published()) == ["0:1", "0:2"]
    assert rig.committed() == (3, set())
    assert rig.notes.endings == {Ending.SUPERSEDED: 1, Ending.COMPLETED: 2}


def test_what_rests_between_two_tries_can_be_superseded_too() -> None:
    rig = Rig(supersedes=same_key_and_later)
    rig.put()
    settled(rig)
    rig.hand.fail(0, Unavailable("the engine is down"))
    rig.turn()

    rig.put()
    rig.turn(2)
    rig.clock.pass_by(10)
    rig.turn(2)

    assert rig.hand.offsets == [1]
    assert [record.offset for record in rig.hand.started] == [0, 1]


def test_what_is_being_published_is_not_superseded() -> None:
    rig = Rig(supersedes=same_key_and_later)
    rig.put()
    settled(rig)
    rig.hand.finish(0)
    rig.put()

    rig.commit()

    assert rig.published() == ["0:0"]
    assert rig.notes.endings == {Ending.COMPLETED: 1}


def test_a_record_without_a_key_supersedes_nothing() -> None:
    rig = Rig(supersedes=same_key_and_later)
    log = rig.broker.log(("work", 0))
    log.append(None, b"v", (), 0, None)
    log.append(None, b"v", (), 0, None)

    settled(rig)

    assert rig.hand.offsets == [0, 1]
