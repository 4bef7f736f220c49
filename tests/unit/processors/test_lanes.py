"""The gate's lanes and brake: what is urgent, what few may see, and how many removals a machine may make."""

from typing import TypeVar

from msgspec.structs import replace

from stream.core.brake import Brakes
from stream.core.case import Case, ReviewClosed, ReviewTask
from stream.core.content import Deleted, Edited, Published, Reported
from stream.core.dead_letter import DeadLetter
from stream.core.murmur2 import partition_of
from stream.core.outcome import CaseRequested, Outcome, Proposal, StaffDecision
from stream.core.step import HOUR, MINUTE, Terms
from stream.core.terms import DecidedBy, Decision, Effect, Effort, Stage
from stream.core.topics import Topic, TopicNames
from stream.core.verdict import CaseClosed, OutcomeDropped, Verdict
from stream.core.wire import topic_of
from tests.unit.processors.desk import PARTITIONS, Desk, Event
from tests.unit.processors.test_gate import answer, case_in, post

Kind = TypeVar("Kind")

FEW = Topic.CASES_REVIEW_RESTRICTED


def only(kind: type[Kind], events: list[Event]) -> list[Kind]:
    return [event for event in events if isinstance(event, kind)]


def urgent(case: Case, proposal: Proposal = Proposal.REVIEW, effort: Effort = Effort.LOW) -> Outcome:
    return replace(answer(case, proposal), urgent=True, effort=effort)


def restricted(case: Case, proposal: Proposal = Proposal.REVIEW) -> Outcome:
    return replace(answer(case, proposal), restricted=True, reason="guarded: GU1.a severity 4")


def task_in(events: list[Event]) -> ReviewTask:
    (task,) = only(ReviewTask, events)
    return task


def person(case: str, proposal: Proposal) -> Outcome:
    return Outcome(
        id="p1", case=case, version=1, proposal=proposal, decided_by=DecidedBy.REVIEWER, by="ana", at=3
    )


def test_danger_brings_people_within_minutes_although_the_model_might_remove_alone() -> None:
    # Given a held post / When the model removes it, and sees danger
    desk = Desk()
    events = desk.send(urgent(case_in(desk.send(post())), Proposal.REMOVE), "outcomes")
    # Then people have it, in a quarter of an hour, and it stays hidden
    task = task_in(events)
    assert (task.urgent, task.due, task.recommendation) == (True, desk.now + 15 * MINUTE, Decision.REMOVE)
    assert [verdict.decision for verdict in only(Verdict, events)] == [Decision.HOLD]
    assert desk.counts.urgencies == [False]


def test_danger_that_is_seen_late_and_lightly_hastens_the_task_that_people_have() -> None:
    # Given a reported post that people were asked about at leisure
    desk = Desk()
    case = case_in(desk.send(post()))
    desk.send(Reported(id="p1", version=1, at=1, reporter="r", reason="threat"))
    asked = desk.send(replace(answer(case, Proposal.REVIEW), effort=Effort.HIGH), "outcomes")
    assert task_in(asked).due == desk.now + 24 * HOUR
    # When a light answer sees danger, then it is due in minutes; a second one changes nothing
    assert task_in(desk.send(urgent(case), "outcomes")).due == desk.now + 15 * MINUTE
    assert [type(event) for event in desk.send(urgent(case), "outcomes")] == [OutcomeDropped]


def test_an_urgent_task_comes_again_each_time_that_it_was_not_answered() -> None:
    desk = Desk(Terms(urgent=5 * MINUTE))
    desk.send(urgent(case_in(desk.send(post()))), "outcomes")
    for overdue in (1, 2):
        task = task_in(desk.wake("p1"))
        assert (task.urgent, task.overdue, task.due) == (True, overdue, desk.now + 5 * MINUTE)
    assert desk.counts.urgencies == [False, True, True]


def test_neither_an_edit_nor_a_deletion_ends_what_is_urgent() -> None:
    # Given an urgent task
    desk = Desk()
    case = case_in(desk.send(post()))
    desk.send(urgent(case), "outcomes")
    # When the post is edited and deleted
    edited = desk.send(post(version=2, text="only joking"))
    deleted = desk.send(Deleted(id="p1", version=2, at=4))
    # Then it is hidden, but the task stands until a person answers it
    assert task_in(edited).case == case.case
    assert only(Verdict, deleted)[0].decision is Decision.DELETED
    assert case.case not in {one.case for one in only(CaseClosed, edited + deleted)}
    closed = desk.send(person(case.case, Proposal.REMOVE), "outcomes")
    assert [type(event) for event in closed] == [CaseClosed, ReviewClosed]


def test_a_deletion_of_what_is_urgent_tells_people_that_it_is_gone() -> None:
    desk = Desk()
    desk.send(urgent(case_in(desk.send(post()))), "outcomes")
    task = task_in(desk.send(Deleted(id="p1", version=1, at=4)))
    assert (task.urgent, task.effect) == (True, Effect.WATCH)
    assert task_in(desk.wake("p1")).overdue == 1


def test_what_is_restricted_stays_with_few_through_report_appeal_deadline_and_edit() -> None:
    # Given a post that a restricted policy found
    desk = Desk()
    case = case_in(desk.send(post()))
    found = desk.send(restricted(case), "outcomes")
    assert topic_of(task_in(found)) is FEW
    assert [(one.restricted, one.reason) for one in only(Verdict, found)] == [(True, "")]
    # When more people report it, the time runs out, it cannot be read, and a person removes it
    events = desk.send(Reported(id="p1", version=1, at=1, reporter="r", reason="spam"))
    events += desk.wake("p1")
    events += [one for one in desk.send_raw(b"{", b"p1") if not isinstance(one, DeadLetter)]
    events += desk.send(person(case.case, Proposal.REMOVE), "outcomes")
    # And a new version is asked about
    again = case_in(desk.send(post(version=2, text="again")))
    events += desk.send(answer(again, Proposal.REVIEW), "outcomes")
    # Then each task, each end of one and each record of it is few people's
    assert {topic_of(one) for one in events if isinstance(one, ReviewTask | ReviewClosed)} == {FEW}
    assert len(only(ReviewTask, events)) >= 4
    assert all(one.restricted for one in events if isinstance(one, Verdict | CaseClosed))


def test_a_task_that_everybody_had_is_moved_to_the_few() -> None:
    # Given a case that all reviewers have, by its deadline
    desk = Desk()
    case = case_in(desk.send(post()))
    assert topic_of(task_in(desk.wake("p1"))) is Topic.CASES_REVIEW
    # When a late answer finds it restricted
    events = desk.send(restricted(case), "outcomes")
    # Then it is taken from them, and put before the few
    (gone,) = only(ReviewClosed, events)
    assert (topic_of(gone), gone.reason, gone.case) == (Topic.CASES_REVIEW, "restricted", case.case)
    assert topic_of(task_in(events)) is FEW


def test_an_answer_that_comes_after_the_case_closed_still_makes_it_restricted() -> None:
    # Given a post that staff released before the model had answered
    desk = Desk()
    case = case_in(desk.send(post()))
    staff = StaffDecision(id="p1", version=1, proposal=Proposal.RELEASE, by="ana", reason="r", at=1)
    desk.send(staff, "outcomes")
    # When the model's answer is dropped / Then the next task about it is few people's all the same
    assert [type(event) for event in desk.send(restricted(case), "outcomes")] == [OutcomeDropped]
    desk.send(Reported(id="p1", version=1, at=1, reporter="r", reason="spam"))
    assert topic_of(task_in(desk.wake("p1"))) is FEW


def test_it_is_remembered_for_a_year_and_other_content_for_a_week() -> None:
    desk = Desk()
    for name in ("p1", "p2"):
        case = case_in(desk.send(post(name)))
        make = restricted if name == "p1" else answer
        desk.send(make(case, Proposal.REMOVE), "outcomes")
    begun = desk.now
    desk.wake("p2")
    assert desk.now - begun == 7 * 24 * HOUR
    desk.wake("p1")
    assert desk.now - begun == 365 * 24 * HOUR
    assert desk.states == {}


def test_under_a_restricted_policy_a_dead_letter_is_a_place_and_no_bytes() -> None:
    letters = {
        known: only(DeadLetter, Desk(Terms(restricted=known)).send_raw(b'{"secret', b"p1"))[0]
        for known in (False, True)
    }
    assert (letters[False].value, letters[False].withheld) == (b'{"secret', False)
    assert (letters[True].value, letters[True].key, letters[True].withheld) == (None, b"p1", True)
    # And of a key that is no id nothing is kept either
    (letter,) = only(DeadLetter, Desk(Terms(restricted=True)).send_raw(b"{", b"a secret key"))
    assert letter.key is None


def test_of_restricted_content_a_dead_letter_is_a_place_under_any_set() -> None:
    desk = Desk()
    desk.send(restricted(case_in(desk.send(post()))), "outcomes")
    (letter,) = only(DeadLetter, desk.send_raw(b'{"secret', b"p1"))
    assert (letter.value, letter.withheld) == (None, True)


def removal(case: Case, policy: str = "spam", surface: str = "feed") -> Outcome:
    return replace(answer(case, Proposal.REMOVE), clauses=(f"{policy}/sp1.a",), surface=surface)


def removed(desk: Desk, name: str, **how: str) -> list[Event]:
    return desk.send(removal(case_in(desk.send(post(name))), **how), "outcomes")


def test_beyond_the_brake_a_machines_removal_is_recommended_to_people() -> None:
    # Given a set that allows two removals an hour
    desk = Desk(Terms(brakes=Brakes(removals_an_hour=2)))
    verdicts = [only(Verdict, removed(desk, f"p{number}"))[0] for number in range(2)]
    assert [verdict.decision for verdict in verdicts] == [Decision.REMOVE] * 2
    # When a third comes, then people are asked, with what it would have been and why
    events = removed(desk, "p3")
    task = task_in(events)
    assert (task.recommendation, task.why) == (
        Decision.REMOVE,
        "brake: 2 removals an hour under spam on feed",
    )
    assert only(Verdict, events)[0].stage is Stage.PEOPLE
    assert desk.counts.brakings == [(("spam",), "feed")]
    # And other policies, other surfaces and the next hour have room of their own
    assert only(Verdict, removed(desk, "p4", policy="hate"))[0].decision is Decision.REMOVE
    assert only(Verdict, removed(desk, "p5", surface="chat"))[0].decision is Decision.REMOVE
    desk.now += 66 * MINUTE
    assert only(Verdict, removed(desk, "p6"))[0].decision is Decision.REMOVE


def test_only_what_takes_content_away_by_a_machine_counts() -> None:
    # Given one removal an hour
    desk = Desk(Terms(brakes=Brakes(removals_an_hour=1)))
    case = case_in(desk.send(post("p1")))
    # When a removal is dropped, people remove, and machines release
    desk.send(replace(removal(case), version=7), "outcomes")
    for number in range(3):
        staff = StaffDecision(id=f"s{number}", version=1, proposal=Proposal.REMOVE, by="a", reason="r", at=1)
        assert only(Verdict, desk.send(staff, "outcomes"))[0].decision is Decision.REMOVE
        released = case_in(desk.send(post(f"r{number}")))
        desk.send(answer(released, Proposal.RELEASE), "outcomes")
    # Then the one is still to be had
    assert only(Verdict, desk.send(removal(case), "outcomes"))[0].decision is Decision.REMOVE
    assert task_in(removed(desk, "p2")).why.startswith("brake: ")


def test_a_gate_has_its_share_of_the_brake() -> None:
    # Given a gate with a sixth of the partitions
    desk = Desk(Terms(brakes=Brakes(removals_an_hour=8)))
    desk.gate._live = lambda: range(PARTITIONS // 6)
    here = [
        name
        for name in map("p{}".format, range(99))
        if partition_of(name.encode(), PARTITIONS) < PARTITIONS // 6
    ]
    decisions = [only(Verdict, removed(desk, name))[0].decision for name in here[:4]]
    assert decisions == [Decision.REMOVE] * 2 + [Decision.HOLD] * 2


def request(effect: Effect = Effect.WATCH, text: str = "good morning", version: int = 1) -> CaseRequested:
    digest = Published(id="p1", version=1, at=1, text=text).digest
    return CaseRequested(
        id="p1", version=version, digest=digest, effect=effect, by="ana", reason="again", at=3
    )


def test_a_request_opens_a_case_about_what_is_visible_and_hides_it_only_if_it_says_so() -> None:
    desk = Desk()
    desk.send(answer(case_in(desk.send(post())), Proposal.RELEASE), "outcomes")
    watched = desk.send(request(), "outcomes")
    assert [type(event) for event in watched] == [Case]
    assert (case_in(watched).effect, case_in(watched).effort) == (Effect.WATCH, Effort.HIGH)
    hidden = desk.send(request(Effect.HIDE), "outcomes")
    assert [type(event) for event in hidden] == [Verdict, Case]
    assert case_in(hidden).case == case_in(watched).case
    closed = desk.send(replace(answer(case_in(hidden), Proposal.RELEASE), effort=Effort.HIGH), "outcomes")
    assert only(Verdict, closed)[0].decision is Decision.RELEASE


def test_a_request_about_another_text_or_version_is_dropped_and_audited() -> None:
    desk = Desk()
    desk.send(post())
    for wrong in (request(text="another"), request(version=2)):
        (dropped,) = desk.send(wrong, "outcomes")
        assert isinstance(dropped, OutcomeDropped)
        assert (dropped.by, dropped.proposal) == ("ana", None)


def test_the_topics_of_the_gate_carry_the_installations_prefix() -> None:
    names = TopicNames("eu.")
    assert names.of(FEW) == "eu.cases.review.restricted"


def test_later_versions_of_what_few_may_see_are_marked_for_the_machines_too() -> None:
    # Given a post that the judge found restricted
    desk = Desk()
    case = case_in(desk.send(post()))
    desk.send(restricted(case), "outcomes")

    # When its author edits it, then triage is told, and so the judge
    (edited,) = only(Case, desk.send(Edited(id="p1", version=2, at=2, text="another text")))
    assert edited.restricted
    assert not case.restricted


def test_among_many_versions_the_danger_is_not_the_one_that_is_let_go() -> None:
    # Given a version in which the judge saw danger, edited again and again, each version reported
    desk = Desk()
    first = case_in(desk.send(post()))
    desk.send(urgent(first), "outcomes")
    ended: list[str] = []
    for version in range(2, 8):
        desk.send(Reported(id="p1", version=version - 1, at=2, reporter=f"u{version}", reason="spam"))
        events = desk.send(Edited(id="p1", version=version, at=2, text=f"text {version}"))
        ended += [one.case for one in only(CaseClosed, events)]

    # Then others were let go, and people still have it
    assert ended
    assert first.case not in ended


def test_nobody_is_called_by_a_canary_and_its_id_stays_usable() -> None:
    # Given a canary that the judge calls urgent and restricted
    desk = Desk()
    canary = replace(post(), id="sluice-canary:one")
    case = case_in(desk.send(canary))
    outcome = replace(urgent(case), id=canary.id, restricted=True)

    # When its outcome comes, then people's task is an ordinary one, and nobody is woken
    task = task_in(desk.send(outcome, "outcomes"))
    assert not task.urgent
    assert not task.restricted
    assert desk.counts.urgencies == []
