"""The gate's clock: what nobody answered goes to people, and people are reminded."""

from stream.core.case import ReviewTask
from stream.core.lifecycle import step
from stream.core.state import encode_state, head_of
from stream.core.step import DAY, Arrival, Terms, Tick
from stream.core.terms import Decision, Effort, Stage
from stream.core.verdict import Notice, NoticeTo, OutcomeDropped, Verdict
from tests.unit.lifecycle.post import RELEASE, REVIEW, Post, only, released


def test_a_hold_that_no_machine_answered_goes_to_people() -> None:
    # Given a post under check / When its due time comes
    post = Post()
    post.publish()
    hold, task = post.passes(post.terms.automatic)
    # Then apps and people know whom it waits for and until when
    assert isinstance(hold, Verdict)
    assert isinstance(task, ReviewTask)
    assert (hold.decision, hold.stage) == (Decision.HOLD, Stage.PEOPLE)
    assert hold.due == task.due == post.now + post.terms.people
    assert (task.why, task.overdue) == ("deadline", 0)


def test_the_clock_does_nothing_early() -> None:
    post = Post()
    post.publish()
    before = post.state
    assert post.passes(post.terms.automatic - 1) == ()
    assert post.state == before


def test_a_model_that_comes_back_late_still_empties_the_queue() -> None:
    post = Post()
    post.publish()
    post.passes(post.terms.automatic)
    post.model(RELEASE, Effort.LOW)
    assert post.is_shown(1)


def test_a_late_answer_does_not_count_once_a_machine_asked_for_people() -> None:
    post = Post()
    post.publish()
    post.passes(post.terms.automatic)
    post.model(REVIEW)
    (dropped,) = post.model(RELEASE)
    assert isinstance(dropped, OutcomeDropped)
    assert dropped.reason == "with_people"


def test_a_machine_that_asks_for_people_after_the_deadline_leaves_their_due_time() -> None:
    post = Post()
    post.publish()
    (_hold, task) = post.passes(post.terms.automatic)
    assert isinstance(task, ReviewTask)
    post.now += 1_000
    (again, later) = post.model(REVIEW)
    assert isinstance(again, Verdict)
    assert isinstance(later, ReviewTask)
    assert again.due == later.due == task.due


def test_people_who_are_overdue_are_reminded_and_the_author_is_told_once() -> None:
    # Given a hold that waits for people
    post = Post()
    post.publish()
    post.passes(post.terms.automatic)
    # When their due time passes, three times
    reminders = [post.passes(post.terms.people) for _day in range(3)]
    # Then each time the task comes again with its count, and the first time the author hears of it
    assert [one.overdue for outputs in reminders for one in only(ReviewTask, outputs)] == [1, 2, 3]
    notices = [only(Notice, outputs) for outputs in reminders]
    assert [len(of_day) for of_day in notices] == [1, 0, 0]
    assert (notices[0][0].to, notices[0][0].decision, notices[0][0].may_appeal) == (
        NoticeTo.AUTHOR,
        Decision.HOLD,
        True,
    )


def test_an_overdue_watch_hides_nothing() -> None:
    post = released()
    post.report()
    (task,) = post.passes(post.terms.automatic)
    assert isinstance(task, ReviewTask)
    assert post.is_shown(1)


def test_cases_kept_for_the_record_have_their_own_due_times() -> None:
    # Given a watch of version 1 and, five minutes later, version 2 under check
    post = released()
    post.report()
    watch = post.case.id
    post.now += 300_000
    post.edit(2)
    # When the watch is due / Then it alone goes to people
    tasks = only(ReviewTask, post.passes(300_000))
    assert [(task.case, task.version) for task in tasks] == [(watch, 1)]
    assert post.case.stage is Stage.AUTOMATIC
    # And version 2 five minutes later
    tasks = only(ReviewTask, post.passes(300_000))
    assert [task.version for task in tasks] == [2]


def test_the_due_times_are_the_sets() -> None:
    post = Post(Terms(automatic=1_000, people=5_000))
    (hold, _case) = post.publish()
    assert isinstance(hold, Verdict)
    assert hold.due == post.now + 1_000
    (late, _task) = post.passes(1_000)
    assert isinstance(late, Verdict)
    assert late.due == post.now + 5_000


def test_a_longer_retention_is_written_down_when_the_shorter_one_ends() -> None:
    # Given a settled post, whose bytes tell the end of a retention of seven days
    post = released()
    told = head_of(encode_state(post.known, post.terms.retention))[0]
    # When that comes under terms of thirty days
    terms = Terms(retention=30 * DAY)
    before = post.known
    after = step(before, Tick(), Arrival("p1", told, "t3-1", 3), terms).state
    # Then the state is the same in a new object, whose bytes tell the new time
    assert after == before
    assert after is not before
    assert head_of(encode_state(after, terms.retention))[0] == before.changed_at + 30 * DAY
