"""What follows from a case's answers: the outcome that is proposed to the gate, or would be."""

from stream.core.actions import fold
from stream.core.fields import MAX_NOTE
from stream.core.outcome import Outcome, Proposal
from stream.core.terms import DecidedBy
from stream.ports import JudgeObserver
from stream.processors.judge.answers import Answers
from stream.processors.judge.brief import Brief


def outcome_of(
    brief: Brief, answers: Answers, own: str, by: str, now: int, observer: JudgeObserver
) -> Outcome:
    """Fold a case's answers.

    Args:
        brief: the case and its set.
        answers: every question and its answer.
        own: the engine's own model.
        by: this process's name.
        now: milliseconds since 1970.
        observer: hears which policies only recommend what they were granted.
    """
    case, policies = brief.case, brief.policies
    folded = fold(case.policies, answers.judgements, policies, now, answers.bases(policies, own))
    for policy, lapse in folded.lapsed.items():
        observer.lapsed(policy, lapse)
    restricts = folded.proposal is Proposal.REMOVE or bool(folded.labels)
    return Outcome(
        id=case.id,
        case=case.case,
        version=case.version,
        proposal=folded.proposal,
        decided_by=DecidedBy.MODEL,
        at=now,
        by=by,
        labels=folded.labels,
        recommendation=folded.recommendation,
        policy_set=policies.digest,
        model=answers.model(policies, own),
        effort=answers.effort(policies, case.effort),
        clauses=folded.clauses,
        reason=folded.reason[:MAX_NOTE],
        surface=case.content.surface,
        policies=case.policies,
        urgent=folded.urgent or answers.lost_alarm(case.policies, policies),
        restricted=folded.restricted,
        removable=folded.removable,
        notices=policies.notice_texts(folded.clauses) if restricts else {},
    )
