"""Judging past content again: what is taken, what is left out and why, and what the gate is told."""

from msgspec.structs import replace

from stream.core.audit import CaseRouted
from stream.core.outcome import CaseRequested, Requester
from stream.core.policy.policy_set import PolicySet
from stream.core.terms import DecidedBy, Decision, Effect, Effort, Origin
from stream.core.topics import TopicNames
from stream.core.verdict import Verdict
from stream.core.wire import encode, read_outcome
from stream.ops.outcomes import already_said
from stream.ops.recheck import Found, Wanted, outgoing, requests, routed, standing, without
from stream.ports import Record
from tests.unit.policies.sample import policy_set

SET: PolicySet = policy_set()
TEXT = "sha256:" + "ef" * 32
RELEASED = Verdict(
    id="p1",
    version=1,
    decision=Decision.RELEASE,
    at=500,
    digest=TEXT,
    case="c0-1",
    decided_by=DecidedBy.MODEL,
)
REMOVED = replace(RELEASED, id="p2", decision=Decision.REMOVE, clauses=("rude/ru1.a",))
WANTED = Wanted(policy="rude", begin=100, end=1_000)
ROUTED = CaseRouted(
    id="p1", case="c0-1", version=1, effect=Effect.HIDE, origin=Origin.PUBLISH, at=400, opened_at=400,
    due=900, lane="bulk", policy_set=SET.digest, surface="feed", language="en", policies=("loud",),
)  # fmt: skip


def records(*events: object) -> list[Record]:
    return [
        Record("t", 0, place, str(getattr(event, "id", "")).encode(), encode(event))
        for place, event in enumerate(events)
    ]


def found(*verdicts: Verdict, wanted: Wanted = WANTED, remembered: int = 0) -> Found:
    return standing(records(*verdicts), wanted, remembered)


def test_what_stands_of_the_time_is_taken_whoever_decided_it() -> None:
    by_staff = replace(RELEASED, id="p3", decided_by=DecidedBy.STAFF)
    assert set(found(RELEASED, REMOVED, by_staff).verdicts) == {"p1", "p2", "p3"}
    assert set(found(RELEASED, REMOVED, wanted=replace(WANTED, decision=Decision.REMOVE)).verdicts) == {"p2"}
    assert found(replace(RELEASED, at=99), replace(REMOVED, at=1_000)).verdicts == {}
    assert found(RELEASED, replace(RELEASED, decision=Decision.HOLD, version=2)).verdicts == {}
    assert found(replace(RELEASED, id="sluice-canary:1")).verdicts == {}


def test_what_cannot_be_asked_about_is_counted_by_why() -> None:
    few = replace(RELEASED, restricted=True)
    nameless = replace(RELEASED, id="p3", digest=None)
    other = replace(REMOVED, clauses=("loud/ru1.a",))
    left = found(few, nameless, other, replace(RELEASED, id="p4", at=300), remembered=400)

    assert left.verdicts == {}
    assert left.left == {
        "few people may see it": 1,
        "its text is not known": 1,
        "removed under another policy": 1,
        "the gate has forgotten it": 1,
    }


def test_only_what_the_set_routes_to_the_policy_now_is_asked_about() -> None:
    def narrowed(way: CaseRouted, wanted: Wanted = WANTED) -> Found:
        return routed(found(RELEASED), records(way), wanted, SET)

    # Given a post of a place and language that the policy was not asked about then, and is now
    assert set(narrowed(ROUTED).verdicts) == {"p1"}
    assert narrowed(replace(ROUTED, surface="market", language="de")).left == {
        "the set does not ask the policy about it": 1
    }
    assert narrowed(ROUTED, replace(WANTED, surface="chat")).left == {"posted on another surface": 1}
    for lost in (replace(ROUTED, surface=None), replace(ROUTED, version=2), replace(ROUTED, id="p9")):
        assert narrowed(lost).left == {"where it was posted is not known": 1}


def test_the_gate_is_told_to_watch_at_low_effort_in_the_order_of_the_ids() -> None:
    first, second = requests(found(REMOVED, RELEASED), "ana", "reworded", "OPS-31", 9)

    assert (first.id, second.id) == ("p1", "p2")
    assert (first.effect, first.effort, first.origin) == (Effect.WATCH, Effort.LOW, Requester.RECHECK)
    assert (first.version, first.digest, first.by, first.ticket) == (1, TEXT, "ana", "OPS-31")


def test_what_was_sent_under_the_ticket_is_left_out_of_a_later_run() -> None:
    both = found(REMOVED, RELEASED)
    sent = [outgoing(event, TopicNames("eu.")) for event in requests(both, "ana", "r", "OPS-31", 9)][:1]
    stored = [Record(one.topic, 0, place, one.key, one.value) for place, one in enumerate(sent)]

    assert {one.topic for one in sent} == {"eu.outcomes"}
    assert isinstance(read_outcome(sent[0].value), CaseRequested)
    assert set(without(both, already_said(stored, "OPS-31")).verdicts) == {"p2"}
    assert set(without(both, already_said(stored, "OPS-32")).verdicts) == {"p1", "p2"}
