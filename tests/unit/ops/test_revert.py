"""Undoing what a set did: what still stands, what is left out, and what the gate is told."""

from msgspec.structs import replace

from stream.core.audit import CaseJudged, CaseRouted
from stream.core.outcome import CaseRequested, Proposal, StaffDecision
from stream.core.terms import DecidedBy, Decision, Effect, Effort, Origin
from stream.core.topics import TopicNames
from stream.core.verdict import Verdict
from stream.core.wire import encode, read_outcome
from stream.ops.outcomes import already_said
from stream.ops.revert import (
    Action,
    Overtaken,
    Wanted,
    Way,
    narrowed,
    orders,
    outgoing,
    still_standing,
    summary,
)
from stream.ports import Record

SET, OTHER = "sha256:" + "ab" * 32, "sha256:" + "cd" * 32
TEXT = "sha256:" + "ef" * 32
REMOVED = Verdict(
    id="p1", version=1, decision=Decision.REMOVE, at=500, digest=TEXT, case="c0-1",
    decided_by=DecidedBy.MODEL, policy_set=SET, clauses=("spam/sp1.a", "spam/sp2.a"),
)  # fmt: skip
RELEASED = replace(REMOVED, id="p2", decision=Decision.RELEASE, clauses=())
WANTED = Wanted(digest=SET, begin=100, end=1_000)
WAY = Way(by="ana", reason="faulty set", ticket="OPS-17")


def records(*events: object) -> list[Record]:
    return [
        Record("t", 0, place, str(getattr(event, "id", "")).encode(), encode(event))
        for place, event in enumerate(events)
    ]


def standing(*verdicts: Verdict) -> set[str]:
    return set(still_standing(records(*verdicts), WANTED))


def test_what_a_model_decided_under_the_set_in_the_time_is_found() -> None:
    assert standing(REMOVED, RELEASED) == {"p1", "p2"}
    assert standing(replace(REMOVED, at=99), replace(RELEASED, at=1_000)) == set()
    assert standing(replace(REMOVED, policy_set=OTHER)) == set()
    assert standing(replace(REMOVED, decided_by=DecidedBy.REVIEWER)) == set()
    assert standing(replace(REMOVED, decided_by=DecidedBy.TIMEOUT, clauses=())) == {"p1"}
    only = replace(WANTED, decision=Decision.RELEASE)
    assert set(still_standing(records(REMOVED, RELEASED), only)) == {"p2"}


def test_what_was_decided_again_held_or_deleted_since_is_left_alone() -> None:
    later = replace(REMOVED, decided_by=DecidedBy.STAFF, decision=Decision.RELEASE)
    held = replace(REMOVED, decision=Decision.HOLD, version=2)
    deleted = Verdict(id="p1", version=1, decision=Decision.DELETED, at=600)
    for since in (later, held, deleted, replace(REMOVED, policy_set=OTHER)):
        assert standing(REMOVED, since) == set()
    assert standing(later, REMOVED) == {"p1"}


def routed(content_id: str, surface: str, policy: str, case: str = "c0-1") -> CaseRouted:
    return CaseRouted(
        id=content_id, case=case, version=1, effect=Effect.HIDE, origin=Origin.PUBLISH, at=1, opened_at=1,
        due=2, lane="bulk", policy_set=SET, surface=surface, policies=(policy,),
    )  # fmt: skip


def test_policy_and_surface_narrow_it_down_by_where_the_case_was_sent() -> None:
    found = still_standing(records(REMOVED, RELEASED), WANTED)
    audit = records(
        routed("p1", "feed", "spam"), routed("p2", "chat", "hate"), routed("p2", "feed", "x", "c9")
    )

    def left(policy: str | None = None, surface: str | None = None) -> set[str]:
        return set(narrowed(found, audit, replace(WANTED, policy=policy, surface=surface)).found)

    assert left(surface="feed") == {"p1"}
    assert left(surface="chat") == {"p2"}
    assert left(policy="spam") == {"p1"}
    assert left(policy="hate", surface="chat") == {"p2"}
    assert left(policy="hate", surface="feed") == set()


def judged(content_id: str, policy: str) -> CaseJudged:
    return CaseJudged(
        id=content_id, case="c0-1", version=1, digest=TEXT, at=2, proposal=Proposal.RELEASE, policy_set=SET,
        policies=(policy,), model="m", effort=Effort.LOW,
    )  # fmt: skip


def test_what_the_judge_asked_counts_before_what_triage_wanted_asked() -> None:
    # Given a case that another set came into force for on its way
    audit = records(routed("p2", "feed", "spam"), judged("p2", "hate"))
    found = still_standing(records(REMOVED, RELEASED), WANTED)
    # When it is narrowed down, then by what was asked; of the other, the audit tells nothing
    hate = narrowed(found, audit, replace(WANTED, policy="hate"))
    assert (set(hate.found), hate.untold) == ({"p2"}, 1)
    assert narrowed(found, audit, replace(WANTED, policy="spam")).found == {}


def test_what_was_decided_anew_while_orders_were_sent_is_left_out() -> None:
    # Given decisions that were read, and verdicts that came since
    since = [replace(REMOVED, policy_set=OTHER), replace(RELEASED, at=501)]
    seconds = iter((0.0, 0.0, 0.5, 2.0, 2.0))
    come = iter([None, *records(*since), None])
    overtaken = Overtaken(come, WANTED, lambda: next(seconds))
    # When it is asked within the same second and after it, then what another set decided is known
    assert not overtaken.has("p1")
    assert not overtaken.has("p1")
    assert overtaken.has("p1")
    assert "p2" not in overtaken._ids


def test_removals_are_restored_and_releases_judged_again_without_hiding_them() -> None:
    restored, again = orders([RELEASED, REMOVED], WAY, 9)
    assert isinstance(restored, StaffDecision)
    assert (restored.id, restored.proposal.value, restored.digest) == ("p1", "release", TEXT)
    assert (restored.by, restored.reason, restored.ticket) == ("ana", "faulty set", "OPS-17")
    assert isinstance(again, CaseRequested)
    assert (again.id, again.effect, again.ticket) == ("p2", Effect.WATCH, "OPS-17")
    assert again.effort is Effort.LOW, "it waits behind what people ask for"


def test_removals_too_are_judged_again_where_that_is_wanted_and_only_releases_are_ever_hidden() -> None:
    way = replace(WAY, judge_again=True, hide=True)
    effects = {
        event.id: event.effect
        for event in orders([REMOVED, RELEASED], way, 9)
        if isinstance(event, CaseRequested)
    }
    assert effects == {"p1": Effect.WATCH, "p2": Effect.HIDE}


def test_what_time_removed_is_judged_again_and_never_restored_in_bulk() -> None:
    by_time = replace(REMOVED, decided_by=DecidedBy.TIMEOUT, clauses=())
    assert WAY.action(by_time) is Action.JUDGE_AGAIN
    assert WAY.action(replace(by_time, decision=Decision.RELEASE)) is Action.JUDGE_AGAIN


def test_what_few_may_see_is_never_restored_in_bulk_nor_what_has_no_text() -> None:
    few = replace(REMOVED, restricted=True)
    assert WAY.action(few) is Action.FOR_FEW
    assert replace(WAY, judge_again=True).action(few) is Action.JUDGE_AGAIN
    nameless = replace(REMOVED, digest=None)
    assert WAY.action(nameless) is Action.NAMELESS
    assert list(orders([few, nameless], WAY, 9)) == []


def test_what_was_said_under_the_ticket_is_known_by_what_is_in_kafka() -> None:
    sent = [outgoing(event, TopicNames("eu.")) for event in orders([REMOVED, RELEASED], WAY, 9)]
    assert {one.topic for one in sent} == {"eu.outcomes"}
    stored = [Record(one.topic, 0, place, one.key, one.value) for place, one in enumerate(sent)]
    assert already_said([*stored, *records("no event")], "OPS-17") == {("p1", 1), ("p2", 1)}
    assert already_said(stored, "OPS-18") == set()
    assert read_outcome(sent[0].value).id == "p1"


def test_what_would_be_done_is_counted_by_action_decision_policy_and_clause() -> None:
    rows = summary([REMOVED, RELEASED], WAY)
    assert rows == [
        ("action", "judge again", 1), ("action", "restore", 1),
        ("decision", "release", 1), ("decision", "remove", 1),
        ("policy", "spam", 1),
        ("clause", "spam/sp1.a", 1), ("clause", "spam/sp2.a", 1),
    ]  # fmt: skip
