"""What is read from the audit: people's labels apart from the model's, and how each came before them."""

import pytest
from msgspec.structs import replace

from stream.core.audit import Ask, CaseJudged, Confidential
from stream.core.cascade import Why
from stream.core.judgement import Confidence, Finding, Judgement, Stated
from stream.core.outcome import Proposal
from stream.core.policy import PolicyResult
from stream.core.policy.calibration import Basis
from stream.core.template import template_digest
from stream.core.terms import DecidedBy, Decision, Effort
from stream.core.verdict import CaseClosed, Closing
from stream.core.wire import encode
from stream.ops.calibration.collection import collected, labels
from stream.ops.calibration.row import Row, Truth, Would
from stream.ports import Record
from tests.unit.policies.sample import policy_set

SET = policy_set()
DIGEST = SET.policies["rude"].digest
TEMPLATE = template_digest((SET.policies["rude"],))
TEXT = "sha256:" + "e" * 64
HIGH = Ask(
    policies=("rude",), effort=Effort.HIGH, why=Why.RAISED, results={"rude": PolicyResult.VIOLATES},
    model="large", template=TEMPLATE,
)  # fmt: skip
LOW = replace(HIGH, effort=Effort.LOW, why=Why.FIRST, model="small")
VIOLATES = Judgement(
    policy="rude", result=PolicyResult.VIOLATES, findings=(Finding("RU1.a", "fool"),), severity=3,
    confidence=Confidence(stated=Stated.HIGH),
)  # fmt: skip
FLAGGED = CaseJudged(
    id="p1", case="c0-1", version=1, digest=TEXT, at=500, proposal=Proposal.REVIEW, policy_set=SET.digest,
    policies=("rude", "loud"), model="large", effort=Effort.LOW, asks=(HIGH, LOW), digests={"rude": DIGEST},
    confidential=Confidential(judgements=(VIOLATES,)),
)  # fmt: skip
SAFE = replace(VIOLATES, result=PolicyResult.SAFE, findings=(), severity=0)
RELEASED = replace(
    FLAGGED, proposal=Proposal.RELEASE, asks=(LOW,), sampled=True,
    confidential=Confidential(judgements=(SAFE,)),
)  # fmt: skip
CLOSED = CaseClosed(
    id="p1", case="c0-1", version=1, at=900, closing=Closing.DECIDED, published=True,
    decision=Decision.REMOVE, decided_by=DecidedBy.REVIEWER, by="bo", clauses=("rude/ru1.a",),
)  # fmt: skip


def read(*events: object, policies: tuple[str, ...] = ("rude",), end: int = 1_000) -> list[Row]:
    records = [Record("audit", 0, place, b"p1", encode(event)) for place, event in enumerate(events)]
    return collected(records, labels(records), SET, policies, end).rows


def passed(*events: object) -> dict[str, int]:
    records = [Record("audit", 0, place, b"p1", encode(event)) for place, event in enumerate(events)]
    return dict(collected(records, labels(records), SET, ("rude",), 1_000).passed)


def test_the_answer_that_counted_stands_beside_what_people_decided() -> None:
    (row,) = read(FLAGGED, CLOSED)

    assert (row.would, row.truth) == (Would.REMOVE, Truth.REMOVED)
    assert row.basis == Basis(DIGEST, TEMPLATE, "large", Effort.HIGH)
    assert row.first == Basis(DIGEST, TEMPLATE, "small", Effort.LOW)
    assert row.confidence == Confidence(stated=Stated.HIGH)
    assert (row.flagged, row.random) == (True, False)


@pytest.mark.parametrize(
    ("change", "truth"),
    [
        ({}, Truth.REMOVED),
        ({"decision": Decision.RELEASE, "clauses": ()}, Truth.SAFE),
        ({"decision": Decision.RELEASE}, Truth.LABELLED),
    ],
)
def test_what_people_said_under_this_policy(change: dict[str, object], truth: Truth) -> None:
    assert [row.truth for row in read(FLAGGED, replace(CLOSED, **change))] == [truth]


def test_a_removal_under_another_policy_says_nothing_about_this_one() -> None:
    assert read(FLAGGED, replace(CLOSED, clauses=("loud/ru1.a",))) == []
    assert read(FLAGGED, replace(CLOSED, clauses=())) == []
    # But who removes without naming a clause speaks of the only policy that was asked
    (alone,) = read(replace(FLAGGED, policies=("rude",)), replace(CLOSED, clauses=()))
    assert alone.truth is Truth.REMOVED


def test_a_machines_decision_is_no_label() -> None:
    assert read(FLAGGED, replace(CLOSED, decided_by=DecidedBy.MODEL)) == []
    assert read(FLAGGED) == []


def test_what_was_decided_in_bulk_is_nobodys_label() -> None:
    undone = replace(CLOSED, decided_by=DecidedBy.STAFF, decision=Decision.RELEASE, clauses=(), bulk=True)
    assert read(FLAGGED, undone) == []
    assert [row.truth for row in read(FLAGGED, CLOSED, undone)] == [Truth.REMOVED]


def test_a_case_drawn_for_auditors_is_a_row_before_anybody_decided_and_is_not_flagged_after() -> None:
    (waiting,) = read(RELEASED)
    assert (waiting.truth, waiting.random, waiting.flagged) == (Truth.NOBODY, True, False)
    # When an auditor takes it down by a staff decision, whose case is another
    (decided,) = read(RELEASED, replace(CLOSED, case="o0-7", decided_by=DecidedBy.STAFF))
    assert (decided.would, decided.truth, decided.random, decided.flagged) == (
        Would.RELEASE, Truth.REMOVED, True, False,
    )  # fmt: skip


def test_what_came_back_by_a_report_or_an_appeal_is_neither_drawn_nor_flagged() -> None:
    released = replace(RELEASED, sampled=False)
    (row,) = read(released, replace(CLOSED, case="c0-9"))
    assert (row.random, row.flagged) == (False, False)


def test_the_last_word_of_a_person_counts() -> None:
    overturned = replace(CLOSED, case="c0-2", decision=Decision.RELEASE, clauses=())
    assert [row.truth for row in read(FLAGGED, CLOSED, overturned)] == [Truth.SAFE]


def test_a_text_counts_once_however_often_it_was_posted() -> None:
    twin = replace(FLAGGED, id="p2")
    assert len(read(FLAGGED, CLOSED, twin, replace(CLOSED, id="p2"), FLAGGED)) == 1
    other = replace(twin, digest="sha256:" + "f" * 64)
    assert len(read(FLAGGED, CLOSED, other, replace(CLOSED, id="p2"))) == 2


def test_what_cannot_be_used_is_counted_by_why() -> None:
    assert passed(replace(FLAGGED, digests={}), CLOSED) == {"recorded without the policy's digest": 1}
    assert passed(replace(FLAGGED, digests={"rude": TEXT}), CLOSED) == {
        "judged under another text of the policy": 1
    }
    nameless = replace(FLAGGED, asks=(replace(LOW, template=None),))
    assert passed(nameless, CLOSED) == {"recorded without the template's digest": 1}
    assert passed(replace(FLAGGED, asks=()), CLOSED) == {"never answered": 1}


def test_restricted_content_and_canaries_are_no_rows() -> None:
    restricted = replace(FLAGGED, restricted=True, confidential=None)
    assert passed(restricted, CLOSED) == {"restricted": 1}
    assert read(FLAGGED, replace(CLOSED, restricted=True)) == []
    canary = "sluice-canary:1"
    assert read(replace(FLAGGED, id=canary), replace(CLOSED, id=canary)) == []
    closed_set = replace(
        SET, policies={**SET.policies, "rude": replace(SET.policies["rude"], restricted=True)}
    )
    records = [Record("audit", 0, 0, b"p1", encode(FLAGGED)), Record("audit", 0, 1, b"p1", encode(CLOSED))]
    assert collected(records, labels(records), closed_set, ("rude",), 1_000).rows == []


def test_only_the_window_counts_and_what_was_decided_after_it_is_still_heard() -> None:
    assert read(FLAGGED, CLOSED, end=500) == []
    assert len(read(FLAGGED, replace(CLOSED, at=99_000), end=501)) == 1
