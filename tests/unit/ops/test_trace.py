"""The life of one content, put in order from the records of many topics."""

from stream.core.content import Published
from stream.core.dead_letter import DeadLetter
from stream.core.terms import Decision
from stream.core.topics import Topic, TopicNames
from stream.core.verdict import Verdict
from stream.core.wire import encode
from stream.ops.trace import last_verdict, trace
from stream.ports import Record

NAMES = TopicNames("eu.")


def record(topic: Topic, offset: int, at: int, value: bytes | None, key: bytes = b"post-1") -> Record:
    return Record(NAMES.of(topic), 0, offset, key, value, at)


def verdict(decision: Decision) -> bytes:
    return encode(Verdict(id="post-1", version=1, decision=decision, at=0))


POST = encode(Published(id="post-1", version=1, at=0, text="x"))


def test_records_come_in_the_order_of_their_times_and_within_one_along_the_flow() -> None:
    # Given records as the topics were read, one after the other
    records = [
        record(Topic.VERDICTS, 0, 10, verdict(Decision.HOLD)),
        record(Topic.VERDICTS, 1, 30, verdict(Decision.RELEASE)),
        record(Topic.OUTCOMES, 0, 20, b"{}"),
        record(Topic.CONTENT, 0, 10, POST),
    ]
    # Then they tell the story as it happened
    moments = trace("post-1", records, NAMES)
    assert [(moment.at, moment.topic) for moment in moments] == [
        (10, Topic.CONTENT),
        (10, Topic.VERDICTS),
        (20, Topic.OUTCOMES),
        (30, Topic.VERDICTS),
    ]
    last = last_verdict(moments)
    assert last is not None
    assert last.decision is Decision.RELEASE


def test_what_is_about_other_content_or_from_other_topics_is_left_out() -> None:
    others = [record(Topic.CONTENT, 0, 1, POST, b"post-2"), Record("us.content", 0, 0, b"post-1", POST, 1)]
    assert trace("post-1", others, NAMES) == []


def test_what_cannot_be_read_is_still_a_moment() -> None:
    (moment,) = trace("post-1", [record(Topic.CONTENT, 0, 1, b"{nonsense")], NAMES)
    assert moment.event is None
    (gone,) = trace("post-1", [record(Topic.VERDICTS, 0, 1, None)], NAMES)
    assert gone.event is None


def test_a_dead_letter_is_about_whom_its_own_key_names() -> None:
    # Given letters that lie under another key than their record's, as after a wrong partition
    letter = DeadLetter(
        processor="gate",
        topic="eu.content",
        partition=1,
        offset=7,
        at=0,
        error="misrouted",
        detail="?",
        key=b"post-1",
    )
    records = [record(Topic.DEAD_LETTERS, 0, 1, encode(letter), b"")]
    assert len(trace("post-1", records, NAMES)) == 1
    assert trace("post-2", records, NAMES) == []
