"""The life of one content, put in order from the records of many topics."""

from msgspec.structs import replace

from stream.core.content import Published
from stream.core.dead_letter import DeadLetter
from stream.core.ledger import ContentView, LedgerEvent, view_of
from stream.core.terms import Decision, Origin
from stream.core.topics import Topic, TopicNames
from stream.core.verdict import Verdict
from stream.core.wire import encode
from stream.ops.trace import begin_of, last_verdict, trace
from stream.ports import Record
from tests.unit.ledger.lives import AT, asked, closed, decided, folded, hold, judged, routed

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


def known(*events: LedgerEvent) -> ContentView:
    return view_of("post-1", folded(events), AT)


def test_what_the_ledger_knows_from_its_publication_is_read_from_an_hour_before() -> None:
    assert begin_of(known(hold(), routed(), judged(), closed(), decided())) == AT - 3_600_000


def test_the_beginning_is_looked_for_where_the_ledger_has_forgotten_it() -> None:
    # Given a post that the ledger forgot, and that was reported, or edited, days later
    reported = replace(routed(), origin=Origin.REPORT)
    edited = replace(routed(), origin=Origin.EDIT)
    # Then its whole life is read
    assert begin_of(known(reported, asked())) is None
    assert begin_of(known(decided(), reported)) is None
    assert begin_of(known(hold(), edited)) is None
    # And so it is of a post without a verdict or a case
    assert begin_of(known(routed())) is None
    assert begin_of(known(decided())) is None
