"""How each record ends: answered, asked again, given to people, kept as a dead letter. Never not at all."""

import logging

import pytest

from stream.core.errors import Defect, Escalate, Exit, Misconfigured, Oversized, Unavailable
from stream.ports import Outgoing
from stream.runtime.concurrent import Ending, Tally
from tests.unit.runtime.concurrent.rig import DEAD, OUT, Rig, answer, one, settled, unreadable


def test_an_answer_is_published_then_acknowledged_then_done() -> None:
    rig = one()
    rig.hand.finish(0)

    # When it is published and not acknowledged yet, a commit does not speak of it (mistake 4)
    rig.clock.pass_by(1)
    rig.turn()
    assert rig.published() == ["0:0"]
    assert rig.committed() == (0, set())

    # And when it is, the next one does
    rig.commit()
    assert rig.committed() == (1, set())
    assert rig.notes.endings == {Ending.COMPLETED: 1}


def test_an_answer_without_outputs_is_done_at_once() -> None:
    rig = one()
    rig.hand.end(rig.hand.at(0), ())

    rig.commit()

    assert rig.committed() == (1, set())


def test_a_record_is_done_only_when_all_its_outputs_are_acknowledged() -> None:
    # Given two outputs, the second of which no topic takes
    rig = one()
    record = rig.hand.started[0]
    rig.hand.end(rig.hand.at(0), (answer(record), Outgoing("missing", b"k", b"v")))

    with pytest.raises(Exit):
        rig.commit()
    rig.runner.close()

    # Then the first one is out, and the record runs again
    assert rig.published() == ["0:0"]
    assert settled(Rig(rig.broker)).hand.offsets == [0]


def test_a_failed_delivery_ends_the_process_and_the_record_runs_again() -> None:
    rig = one()
    rig.broker.fail("deliver", Unavailable("timed out"))
    rig.hand.finish(0)

    with pytest.raises(Exit, match=r"work\[0\]@0 could not be published: timed out.*runs again"):
        rig.commit()
    rig.runner.close()

    again = settled(Rig(rig.broker))
    assert again.hand.offsets == [0]


def test_a_delivery_error_that_the_process_cannot_outlive_keeps_its_own_message() -> None:
    rig = one()
    rig.broker.fail("deliver", Misconfigured("topic out does not exist: create it first"))
    rig.hand.finish(0)

    with pytest.raises(Misconfigured, match="create it first"):
        rig.commit()


def test_a_passing_fault_is_asked_again_after_pauses_that_grow() -> None:
    rig = one()
    times = []
    for _ in range(6):
        rig.hand.fail(0, Unavailable("the engine is down"))
        rig.turn()
        began = rig.clock.now
        while not rig.hand.running:
            rig.clock.pass_by(0.25)
            rig.turn()
        times.append(rig.clock.now - began)

    assert times == [0.5, 1.0, 2.0, 4.0, 5.0, 5.0]


def test_a_poison_record_becomes_a_dead_letter_and_is_done() -> None:
    rig = one()
    rig.hand.fail(0, unreadable())

    rig.commit()

    assert rig.published(DEAD) == ["0:0"]
    assert rig.committed() == (1, set())
    assert rig.notes.endings == {Ending.DEAD_LETTERED: 1}


def test_what_a_machine_cannot_answer_goes_to_people() -> None:
    rig = one()
    rig.hand.fail(0, Escalate("too long"))

    rig.commit()

    assert rig.published() == ["people:0:0"]
    assert rig.notes.endings == {Ending.ESCALATED: 1}


def test_what_people_cannot_be_told_of_becomes_a_dead_letter() -> None:
    rig = one()
    rig.clerk.escalation = unreadable()
    rig.hand.fail(0, Escalate("too long"))

    rig.commit()

    assert rig.published(DEAD) == ["0:0"]


def test_an_unexpected_error_is_counted_logged_without_its_words_and_goes_to_people(
    caplog: pytest.LogCaptureFixture,
) -> None:
    rig = one()
    rig.hand.fail(0, KeyError("the words of a post"))

    with caplog.at_level(logging.ERROR):
        rig.commit()

    assert rig.published() == ["people:0:0"]
    assert rig.notes.tallies[Tally.UNEXPECTED] == 1
    assert "KeyError" in caplog.text
    assert "work[0]@0" in caplog.text
    assert "words of a post" not in caplog.text + str(rig.clerk.errors)


def test_an_unexpected_error_on_the_way_to_people_becomes_a_dead_letter() -> None:
    rig = one()
    rig.clerk.escalation = KeyError("a bug")
    rig.hand.fail(0, Escalate("too long"))

    rig.commit()

    assert rig.published(DEAD) == ["0:0"]
    assert rig.committed() == (1, set())


def test_a_record_without_even_a_dead_letter_ends_the_process_and_is_not_done() -> None:
    rig = one()
    rig.clerk.dead_letter_error = KeyError("a bug")
    rig.hand.fail(0, unreadable())

    with pytest.raises(Defect, match=r"no dead letter could be made of work\[0\]@0: KeyError"):
        rig.commit()
    rig.runner.close()

    assert settled(Rig(rig.broker)).hand.offsets == [0]


def test_a_handler_that_asks_to_exit_ends_the_process_and_its_record_is_not_done() -> None:
    rig = one()
    rig.hand.fail(0, Misconfigured("no such model"))

    with pytest.raises(Misconfigured, match="no such model"):
        rig.turn()
    rig.runner.close()

    assert settled(Rig(rig.broker)).hand.offsets == [0]


def test_an_output_too_large_for_its_topic_is_replaced_by_a_dead_letter() -> None:
    # Given a topic that takes less than the producer, so that the broker is the one to refuse
    rig = one()
    rig.broker.create_topic(OUT, 1, max_bytes=2)
    rig.hand.finish(0)

    rig.commit()

    assert rig.published(DEAD) == ["0:0"]
    assert rig.committed() == (1, set())
    assert rig.notes.tallies[Tally.OVERSIZED] == 1
    assert rig.notes.endings == {Ending.DEAD_LETTERED: 1}


def test_outputs_refused_for_a_record_too_large_beside_them_are_sent_again_alone() -> None:
    # Given two answers whose batch the broker refuses as a whole
    rig = Rig()
    rig.put(3)
    settled(rig)
    for _ in range(2):
        rig.broker.fail("deliver", Oversized("the batch is above the topic's limit"))
    rig.hand.finish_all()

    rig.commit()

    assert sorted(rig.published()) == ["0:0", "0:1", "0:2"]
    assert rig.published(DEAD) == []
    assert rig.notes.tallies[Tally.OVERSIZED] == 0


def test_a_dead_letter_refused_beside_another_record_is_sent_again_alone() -> None:
    rig = one()
    rig.hand.fail(0, unreadable())
    rig.broker.fail("deliver", Oversized("the batch is above the topic's limit"))

    rig.commit()

    assert rig.published(DEAD) == ["0:0"]


def test_several_outputs_too_large_make_one_dead_letter_and_the_others_are_published() -> None:
    rig = one(max_bytes=100)
    big = Outgoing(OUT, b"k", b"x" * 101)
    rig.hand.end(rig.hand.at(0), (big, answer(rig.hand.started[0]), big))

    rig.commit()

    assert rig.published(DEAD) == ["0:0"]
    assert rig.published() == ["0:0"]
    assert rig.committed() == (1, set())


def test_a_dead_letter_too_large_for_its_topic_ends_the_process() -> None:
    rig = one(max_bytes=2)
    rig.hand.finish(0)

    with pytest.raises(Exit, match=r"work\[0\]@0 could not be published"):
        rig.commit()
