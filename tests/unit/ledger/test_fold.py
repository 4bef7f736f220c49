"""The fold: one entry from four topics, whichever way they come."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st
from msgspec import msgpack, to_builtins

from stream.core.case import ReviewClosed
from stream.core.ledger import (
    ContentEntry,
    LedgerEvent,
    Place,
    apply,
    decode_entry,
    encode_entry,
    is_over,
    view_of,
)
from stream.core.ledger.entry import MAX_CASES, MAX_PAST
from stream.core.terms import Decision, Effect, Stage
from stream.core.topics import Topic
from stream.core.verdict import Closing, OutcomeDropped
from tests.unit.ledger.lives import (
    AT,
    CASE,
    ID,
    MINUTE,
    answered,
    answered_few,
    asked,
    asked_few,
    closed,
    decided,
    folded,
    hold,
    judged,
    routed,
    topic_of,
)  # fmt: skip

MAKERS = (hold, routed, judged, closed, asked, answered, asked_few, answered_few)
CASES = st.sampled_from(["c0-1", "c0-2", "o1-12", "t3-9"])
TIMES = st.integers(AT, AT + 9)
MADE = st.one_of(
    *(st.builds(maker, TIMES, case=CASES) for maker in MAKERS),
    st.builds(hold, TIMES, case=CASES, version=st.integers(1, 3), stage=st.sampled_from(Stage)),
    st.builds(decided, TIMES, st.sampled_from([Decision.RELEASE, Decision.REMOVE])),
    st.builds(lambda at: OutcomeDropped(id=ID, version=1, at=at, reason="closed"), TIMES),
)
Placed = tuple[Place, LedgerEvent]
READ = (Topic.VERDICTS, Topic.AUDIT, Topic.CASES_REVIEW, Topic.CASES_REVIEW_RESTRICTED)


@st.composite
def lives(draw: st.DrawFn) -> list[list[Placed]]:
    """Some records about one content, topic by topic."""
    topics: dict[Topic, list[Placed]] = {topic: [] for topic in READ}
    for event in draw(st.lists(MADE, max_size=10)):
        records = topics[topic_of(event)]
        records.append((Place(topic_of(event), 3 * len(records)), event))
    return list(topics.values())


@st.composite
def deliveries(draw: st.DrawFn, topics: Sequence[Sequence[Placed]]) -> list[Placed]:
    """An order in which they may arrive: each topic in its own, some part of it again and again."""
    left, came = [list(records) for records in topics], []
    while any(left):
        index = draw(st.sampled_from([index for index, records in enumerate(left) if records]))
        came.append(left[index].pop(0))
        if draw(st.booleans()):  # the worker died: what it had not committed comes once more
            done = [record for record in topics[index] if record not in left[index]]
            left[index] = [*done[draw(st.integers(0, len(done) - 1)) :], *left[index]]
            if draw(st.integers(0, 2)):
                came += [left[index].pop(0) for _ in done if left[index] and left[index][0] in done]
    return came


def entry_of(records: Sequence[Placed]) -> ContentEntry:
    entry = ContentEntry()
    for place, event in records:
        entry = decode_entry(encode_entry(apply(entry, event, place)))
    return entry


@given(st.data())
def test_any_interleaving_and_any_replay_give_the_same_entry(data: st.DataObject) -> None:
    # Given records of three topics / When they are delivered in any order that keeps each topic's own
    topics = data.draw(lives())
    straight = [record for records in topics for record in records]
    came = data.draw(deliveries(topics))
    # Then the entry is what it is when each topic is read from its beginning to its end
    assert entry_of(came) == entry_of(straight)


def test_a_released_post_is_told_with_its_way() -> None:
    view = view_of("post-1", folded([hold(), routed(), judged(), closed(), decided()]), AT + 1_000)
    (case,) = view.cases
    assert (view.stands, view.decision, view.version) == ("release", Decision.RELEASE, 1)
    assert (case.open, case.surface, case.policies) == (False, "chat", ("harassment", "spam"))
    assert case.seconds_in_hold == 0.9
    assert case.judged is not None
    assert case.closed is not None
    assert case.closed.decision is Decision.RELEASE


def test_what_waits_is_overdue_from_its_due_time_on() -> None:
    entry = folded([hold(), routed()])
    before, after = (view_of("post-1", entry, now).cases[0] for now in (AT + MINUTE - 1, AT + MINUTE))
    assert (before.open, before.overdue, before.stage) == (True, False, Stage.AUTOMATIC)
    assert (after.open, after.overdue) == (True, True)


def test_people_are_who_a_case_waits_for_once_they_were_asked() -> None:
    # Given a released post that is reported: a watch, of which no verdict tells
    entry = folded([hold(), closed(), decided(), asked(case="c0-9")])
    watch = view_of("post-1", entry, AT + MINUTE).cases[-1]
    assert (watch.case, watch.open, watch.stage, watch.effect) == ("c0-9", True, Stage.PEOPLE, Effect.WATCH)
    assert watch.due == AT + 60 * MINUTE
    # When they have answered / Then it waits for nobody, even before the audit record of it is read
    entry = folded([hold(), closed(), decided(), asked(case="c0-9"), answered(case="c0-9")])
    assert [case.open for case in view_of("post-1", entry, AT).cases] == [False, False]


def test_time_in_hold_counts_from_the_first_hold_of_a_case() -> None:
    # Given a hold that is said again when people take over
    entry = folded([hold(), hold(AT + 10_000, stage=Stage.PEOPLE), closed(AT + 40_000), decided(AT + 40_000)])
    assert view_of("post-1", entry, AT).cases[0].seconds_in_hold == 40.0


def test_a_new_version_puts_the_one_before_into_the_past() -> None:
    entry = folded([hold(), closed(), decided(), hold(AT + 5_000, version=2, case="c0-8")])
    view = view_of("post-1", entry, AT + 6_000)
    assert (view.version, view.stands) == (2, "automatic")
    assert [(past.version, past.decision) for past in view.past] == [(1, Decision.RELEASE)]


def test_past_and_closed_cases_are_bounded_and_open_ones_stay() -> None:
    life: list[object] = [asked(case="c0-0")]
    for number in range(1, 40):
        case = f"c0-{number}"
        life += [hold(AT + number, version=number, case=case), closed(AT + number, case=case)]
    entry = folded(life)  # type: ignore[arg-type]
    assert len(entry.past) == MAX_PAST
    assert len(entry.cases) == MAX_CASES
    assert entry.open_cases[0].id == "c0-0"
    assert entry.cases[-1].id == "c0-39"


def test_what_is_closed_leaves_after_its_time_and_what_waits_stays() -> None:
    done = folded([hold(), closed(), decided()])
    assert not is_over(done, before=AT + 900)
    assert is_over(done, before=AT + 901)
    assert not is_over(folded([hold()]), before=AT + 10_000_000)
    assert not is_over(folded([hold(), closed(), decided(), asked(case="c0-9")]), before=AT + 10_000_000)


def test_a_routing_that_was_written_twice_keeps_nothing_alive() -> None:
    # Given that triage ran again after its case had closed, and that the ledger had let go by then
    assert is_over(folded([routed(AT + 5_000)]), before=AT + 6_000)


def test_a_superseded_case_is_closed_without_a_decision() -> None:
    entry = folded([hold(), closed(closing=Closing.SUPERSEDED)])
    (case,) = view_of("post-1", entry, AT).cases
    assert not case.open
    assert case.closed is not None
    assert not case.closed.published


def test_dropped_outcomes_are_counted() -> None:
    drop = OutcomeDropped(id="post-1", version=1, at=AT, reason="closed", case=CASE)
    assert view_of("post-1", folded([hold(), drop, drop]), AT).dropped_outcomes == 2


def test_the_end_of_a_task_that_was_never_seen_opens_nothing() -> None:
    entry = folded([answered()])
    assert entry.cases == ()
    assert not view_of("post-1", entry, AT).cases


def moved() -> list[LedgerEvent]:
    """A case that all reviewers had, found to be restricted: taken from them, and put before the few."""
    gone = ReviewClosed(id=ID, case=CASE, at=AT + 940, reason="restricted")
    return [hold(), routed(), asked(), gone, asked_few()]


def test_a_task_that_was_moved_to_the_few_stays_open_whichever_topic_comes_first() -> None:
    for order in (moved(), moved()[::-1]):
        (case,) = folded(order).cases
        assert case.is_open
        assert case.stage is Stage.PEOPLE
    (case,) = folded([*moved(), answered_few()]).cases
    assert not case.is_open


def test_of_what_few_may_see_an_answer_says_that_it_is_so_and_not_why() -> None:
    told = view_of(ID, folded(moved()), AT)
    assert told.restricted
    assert (told.cases[0].restricted, told.cases[0].why) == (True, "restricted")
    assert not view_of(ID, folded([hold(), routed(), asked()]), AT).restricted


def test_what_an_older_ledger_wrote_is_read_as_not_restricted() -> None:
    entry = folded([hold(), routed(), asked()])
    fields = to_builtins(entry)
    fields[0] = fields[0][:-1]
    fields[2] = fields[2][:-1]
    fields[4] = [[*case[:5], case[5][:-1]] for case in fields[4]]
    assert decode_entry(b"\x01" + msgpack.encode(fields)) == entry
