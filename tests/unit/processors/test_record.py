"""The audit record fits its topic, however much the models wrote."""

from msgspec.structs import replace

from stream.core.cascade import Why
from stream.core.fields import MAX_POLICIES
from stream.core.judgement import Answer, Finding, Judgement, Question, Usage
from stream.core.outcome import Outcome, Proposal
from stream.core.policy import PolicyResult
from stream.core.policy.policy_set import PolicySet
from stream.core.result import MAX_FINDINGS, MAX_QUOTE, MAX_RATIONALE, MAX_REMEDIATION
from stream.core.sampling import Sampling
from stream.core.terms import DecidedBy, Effort
from stream.core.topics import SPECS, Topic
from stream.core.wire import encode, read_audit
from stream.processors.judge.answers import Answers, Asked
from stream.processors.judge.brief import Brief
from stream.processors.judge.record import record_of
from tests.unit.policies.sample import named
from tests.unit.processors.cases import post, routed
from tests.unit.processors.script import DEMO

NAMES = tuple(f"policy-{number}" for number in range(MAX_POLICIES))
POLICIES: PolicySet = replace(DEMO, policies={name: named(name) for name in NAMES})
LONG = "思" * 40_000


def asked(name: str, effort: Effort, why: Why) -> Asked:
    """An answer that is as long as its form lets it be."""
    judgement = Judgement(
        policy=name,
        result=PolicyResult.VIOLATES,
        findings=(Finding("RU1.a", "思" * MAX_QUOTE),) * MAX_FINDINGS,
        severity=2,
        rationale="思" * MAX_RATIONALE,
        remediation="思" * MAX_REMEDIATION,
    )
    question = Question(id=f"{name}:{effort}", policies=(POLICIES.policies[name],), text="", effort=effort)
    answer = Answer(final="", complete=True, reasoning=LONG, usage=Usage(2_000, 1_000, 9_000))
    return Asked(question, why, (judgement,), answer)


def test_the_longest_answers_under_the_most_policies_fit_the_audit_topic() -> None:
    # Given a case under as many policies as there may be, each answered twice at the greatest length
    case = routed(post("思" * 32_000), policies=NAMES)
    asks = [
        asked(name, *step)
        for name in NAMES
        for step in ((Effort.LOW, Why.FIRST), (Effort.HIGH, Why.RAISED), *[(Effort.HIGH, Why.REPEATED)] * 5)
    ]
    outcome = Outcome(
        id=case.id, case=case.case, version=1, proposal=Proposal.REVIEW, decided_by=DecidedBy.MODEL, at=1
    )

    # When it is written down
    record = record_of(
        Brief(case, POLICIES, Sampling(b"k"), local=True), outcome, Answers(asks, ()), "m", 1.0
    )

    # Then it fits, and has a part of every chain of thought
    written = encode(record)
    assert len(written) < SPECS[Topic.AUDIT].max_bytes
    assert read_audit(written) == record
    assert record.confidential is not None
    assert {len(thought) > 1_000 for thought in record.confidential.reasoning.values()} == {True}
    assert len(record.confidential.overruled) == len(NAMES)
