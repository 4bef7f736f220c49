"""Which answers count: of the open case, of its version, strong enough, and by somebody who may give them."""

import pytest

from stream.core.case import ReviewTask
from stream.core.outcome import Outcome, Proposal
from stream.core.terms import DecidedBy, Decision, Effort, Label, LabelKind, Stage
from stream.core.verdict import CaseClosed, Closing, OutcomeDropped, Verdict
from tests.unit.lifecycle.post import RELEASE, REMOVE, REVIEW, Outputs, Post, only, released


def refusal(outputs: Outputs) -> str:
    (dropped,) = outputs
    assert isinstance(dropped, OutcomeDropped)
    return dropped.reason


def answer(post: Post, **changes: object) -> Outcome:
    fields: dict[str, object] = {
        "id": "p1",
        "case": post.case.id,
        "version": 1,
        "proposal": RELEASE,
        "decided_by": DecidedBy.MODEL,
        "at": 1,
    }
    return Outcome(**(fields | changes))  # type: ignore[arg-type]


def test_the_first_answer_closes_the_case_and_its_duplicate_is_dropped_and_audited() -> None:
    post = Post()
    post.publish()
    same = answer(post, effort=Effort.LOW, policy_set="sha256:" + "a" * 64, model="m")
    verdict, closing = post.happens(same)
    assert isinstance(verdict, Verdict)
    assert isinstance(closing, CaseClosed)
    assert (verdict.decision, verdict.policy_set, verdict.model) == (Decision.RELEASE, same.policy_set, "m")
    assert (closing.closing, closing.published, closing.case) == (Closing.DECIDED, True, same.case)
    assert refusal(post.happens(same)) == "closed"


def test_of_two_conflicting_reviewers_the_first_decides() -> None:
    post = Post()
    post.publish()
    post.model(REVIEW)
    case = post.case.id
    post.reviewer(REMOVE, "rob")
    assert refusal(post.reviewer(RELEASE, "sue", case)) == "closed"
    assert not post.is_shown(1)


def test_an_answer_that_names_another_version_is_dropped() -> None:
    post = Post()
    post.publish()
    assert refusal(post.happens(answer(post, version=2))) == "version"
    assert post.case.stage is Stage.AUTOMATIC


def test_an_answer_for_a_post_that_nobody_knows_is_dropped() -> None:
    post = Post()
    stray = Outcome(id="p1", case="c3-9", version=1, proposal=RELEASE, decided_by=DecidedBy.MODEL, at=1)
    assert refusal(post.happens(stray)) == "closed"
    assert post.state is None


def test_an_answer_that_asks_for_people_puts_the_case_before_them_and_shuts_machines_out() -> None:
    # Given a post under check / When the model asks for people
    post = Post()
    post.publish()
    hold, task = post.happens(
        answer(post, proposal=REVIEW, recommendation=Decision.REMOVE, clauses=("spam/s1",), reason="unsure")
    )
    # Then apps hear that it waits for people, people see why, and machines have had their say
    assert isinstance(hold, Verdict)
    assert isinstance(task, ReviewTask)
    assert (hold.stage, hold.due) == (Stage.PEOPLE, task.due)
    assert (task.recommendation, task.clauses, task.why) == (Decision.REMOVE, ("spam/s1",), "unsure")
    assert refusal(post.model(RELEASE)) == "with_people"


@pytest.mark.parametrize("proposal", [RELEASE, REMOVE])
def test_a_time_out_decides_nothing(proposal: Proposal) -> None:
    post = Post()
    post.publish()
    assert refusal(post.happens(answer(post, decided_by=DecidedBy.TIMEOUT, proposal=proposal))) == "undecided"
    assert only(ReviewTask, post.happens(answer(post, decided_by=DecidedBy.TIMEOUT, proposal=REVIEW)))


def test_a_person_must_say_who_they_are() -> None:
    post = Post()
    post.publish()
    assert refusal(post.reviewer(RELEASE, None)) == "anonymous"
    assert not post.is_shown(1)


def test_a_person_must_decide() -> None:
    post = Post()
    post.publish()
    assert refusal(post.reviewer(REVIEW)) == "undecided"


def test_a_person_may_answer_before_the_machine_does() -> None:
    post = Post()
    post.publish()
    post.reviewer(RELEASE)
    assert post.is_shown(1)
    assert post.known.deciders == ("rob",)


def test_a_release_carries_its_whole_set_of_labels_and_a_removal_none() -> None:
    label = Label(LabelKind.AGE_GATE, "spam/s1")
    post = Post()
    post.publish()
    (released_with, *_rest) = post.model(RELEASE, labels=(label,))
    assert isinstance(released_with, Verdict)
    assert released_with.labels == (label,)
    post.report()
    (removed, *_rest) = post.model(REMOVE, labels=(label,))
    assert isinstance(removed, Verdict)
    assert removed.labels == ()


def test_a_watch_that_finds_nothing_says_release_again() -> None:
    post = released()
    post.report()
    (verdict, *_rest) = post.model(RELEASE)
    assert isinstance(verdict, Verdict)
    assert verdict.decision is Decision.RELEASE
    assert post.is_shown(1)
