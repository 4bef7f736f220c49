"""Reports: they count and ask, and never hide anything by themselves."""

from stream.core.case import Case, ReviewTask
from stream.core.state import encode_state
from stream.core.terms import Decision, Effect, Effort, Origin, Stage
from stream.core.verdict import CaseClosed, OutcomeDropped, Verdict
from tests.unit.lifecycle.post import RELEASE, REMOVE, REVIEW, Post, only, released


def test_ten_thousand_reports_of_a_released_post_leave_it_visible() -> None:
    # Given a released post and a model that finds nothing, again and again
    post = released()
    questions, sizes = 0, set()
    # When 10,000 people report it
    for reporter in range(10_000):
        outputs = post.report(f"u{reporter}")
        assert not only(Verdict, outputs)
        assert post.is_shown(1)
        if only(Case, outputs):
            questions += 1
            post.model(RELEASE)
        sizes.add(len(encode_state(post.known, post.terms.retention)))
    # Then it was visible throughout, asked about 14 times, and its state stayed small
    assert post.is_shown(1)
    assert questions == 14
    assert post.known.reports == 10_000
    assert max(sizes) < 250


def test_the_same_reporter_counts_once() -> None:
    post = released()
    post.report("u1")
    assert post.report("u1") == ()
    assert (post.note, post.known.reports) == ("repeat", 1)


def test_a_report_opens_a_watch_that_asks_for_the_highest_effort() -> None:
    post = released()
    (case,) = post.report()
    assert isinstance(case, Case)
    assert (case.effect, case.origin, case.effort) == (Effect.WATCH, Origin.REPORT, Effort.HIGH)
    assert case.source is not None
    assert post.is_shown(1)


def test_a_watch_that_finds_a_violation_takes_the_post_down() -> None:
    post = released()
    post.report()
    post.model(REMOVE)
    assert post.verdict is not None
    assert post.verdict.decision is Decision.REMOVE


def test_a_report_joins_the_open_case_and_the_lighter_answer_no_longer_counts() -> None:
    # Given a post under check / When it is reported
    post = Post()
    post.publish()
    (again,) = post.report()
    # Then the same case goes out again, heavier
    assert isinstance(again, Case)
    assert (again.case, again.effort, again.effect) == (post.case.id, Effort.HIGH, Effect.HIDE)
    # And the answer that was on its way at low effort is dropped, as is one that names none
    for light in (Effort.LOW, None):
        (dropped,) = post.model(RELEASE, light)
        assert isinstance(dropped, OutcomeDropped)
        assert dropped.reason == "effort"
    post.model(RELEASE, Effort.HIGH)
    assert post.is_shown(1)


def test_a_light_answer_may_still_hand_a_reported_post_to_people() -> None:
    post = Post()
    post.publish()
    post.report()
    assert only(ReviewTask, post.model(REVIEW, Effort.LOW))
    assert post.case.person_final


def test_a_report_of_a_hold_whose_deadline_passed_still_bars_the_lighter_answer() -> None:
    # Given a hold that its deadline gave to people
    post = Post()
    post.publish()
    post.passes(post.terms.automatic)
    # When it is reported, people hear of it; the model's late light answer does not release it
    (task,) = post.report()
    assert isinstance(task, ReviewTask)
    (dropped,) = post.model(RELEASE, Effort.LOW)
    assert isinstance(dropped, OutcomeDropped)


def test_a_campaign_tells_people_at_each_doubling_only() -> None:
    post = released()
    post.report("u0")
    post.model(REVIEW)
    told = sum(len(only(ReviewTask, post.report(f"u{number}"))) for number in range(1, 100))
    assert told == 6


def test_a_removed_post_is_not_asked_about_again() -> None:
    post = Post()
    post.publish()
    post.model(REMOVE)
    assert post.report() == ()
    assert post.note == "not_visible"


def test_a_report_of_another_version_or_text_than_the_newest_is_not_about_it() -> None:
    post = released()
    assert post.report(version=2) == ()
    assert post.note == "unseen"
    assert post.report(digest="sha256:" + "0" * 64) == ()
    assert post.note == "stale"
    post.edit(2)
    assert post.report(version=1) == ()
    assert post.note == "stale"


def test_a_machine_that_agrees_with_a_person_closes_a_report_without_a_verdict() -> None:
    # Given a post that staff released / When it is reported and the model agrees
    post = Post()
    post.publish()
    post.staff(RELEASE)
    before = post.verdict
    post.report()
    outputs = post.model(RELEASE)
    # Then the case closes, nothing new is published, and the reporters still get their answer
    assert [one.published for one in only(CaseClosed, outputs)] == [False]
    assert post.verdict is before
    assert post.note == "closed"


def test_a_machine_that_disagrees_with_a_person_only_recommends() -> None:
    # Given a post that a person released / When it is reported and the model would remove it
    post = Post()
    post.publish()
    post.reviewer(RELEASE)
    post.report()
    (task,) = post.model(REMOVE)
    # Then people are asked, with the recommendation, and it stays visible
    assert isinstance(task, ReviewTask)
    assert task.recommendation is Decision.REMOVE
    assert post.case.stage is Stage.PEOPLE
    assert post.is_shown(1)
