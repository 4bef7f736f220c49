"""What a person's decision from the command line becomes, and what came of it. Pure."""

from collections.abc import Iterable

from msgspec import Struct

from stream.core.case import ReviewTask
from stream.core.errors import SluiceError, Unreadable
from stream.core.outcome import Outcome, Proposal, StaffDecision
from stream.core.terms import DecidedBy, Decision
from stream.core.topics import Topic, TopicNames
from stream.core.verdict import CaseClosed, OutcomeDropped, Verdict
from stream.core.wire import read_audit, read_review, read_verdict
from stream.ports import Record

WHY_NOT = {
    "closed": "the case was closed meanwhile",
    "version": "the case is about another version",
    "stale": "there is a newer version, or another text",
    "unseen": "the gate has not seen that version",
    "deleted": "the content was deleted",
    "same_decider": "an appeal must be decided by somebody who did not decide before",
    "no_digest": "a release must name the text's digest, and the gate has forgotten it",
    "peoples": "a person decided meanwhile, or is to decide",
    "anonymous": "a person's decision must say whose it is: --by",
}
"""The gate's reasons for dropping a decision, in words."""


Sent = Outcome | StaffDecision
"""What a person's decision becomes."""


class NothingToDecide(SluiceError):
    """There is no content of this id, or it was deleted."""


class Standing(Struct, frozen=True):
    """Where a content stands: its last verdict, and the tasks about it that people have, newest last."""

    verdict: Verdict | None
    tasks: tuple[ReviewTask, ...]


class Ruling(Struct, frozen=True):
    """What a person wants: release or remove, of a case that people have or of the version that is live.

    `policy_set` and `notices` belong to the clauses, where the command line has the policies.
    """

    proposal: Proposal
    by: str
    reason: str
    at: int
    clauses: tuple[str, ...] = ()
    case: str | None = None
    ticket: str = ""
    policy_set: str | None = None
    notices: dict[str, str] = {}


def standing(content_id: str, records: Iterable[Record], names: TopicNames) -> Standing:
    """Where a content stands, from the records of its partitions of `verdicts` and the review topics."""
    key = content_id.encode()
    verdict: Verdict | None = None
    tasks: dict[tuple[str, bool], ReviewTask] = {}
    for record in records:
        if record.key != key:
            continue
        try:
            if record.topic == names.of(Topic.VERDICTS):
                verdict = read_verdict(record.value)
                continue
            event = read_review(record.value)
        except Unreadable:
            continue
        # Each review topic is in order for itself: what ends a task in one says nothing about the other.
        tasks.pop((event.case, event.restricted), None)
        if isinstance(event, ReviewTask):
            tasks[event.case, event.restricted] = event
    return Standing(verdict, tuple(sorted(tasks.values(), key=lambda task: task.version)))


def ruled(content_id: str, ruling: Ruling, where: Standing) -> Sent:
    """Turn a ruling into an outcome of the case that people have, else into a staff decision.

    Raises:
        NothingToDecide: nothing is known of the content, or it was deleted, or has no such case.
    """
    if where.verdict is None:
        raise NothingToDecide(
            f"there is no verdict about {content_id!r}: check the id (sluice trace shows more)"
        )
    if where.verdict.decision is Decision.DELETED:
        raise NothingToDecide(f"{content_id!r} was deleted: there is nothing to decide")
    task = _task(content_id, ruling, where)
    if task is not None:
        return Outcome(
            id=content_id,
            case=task.case,
            version=task.version,
            proposal=ruling.proposal,
            decided_by=DecidedBy.REVIEWER,
            at=ruling.at,
            by=ruling.by,
            policy_set=ruling.policy_set,
            clauses=ruling.clauses,
            reason=ruling.reason,
            notices=ruling.notices,
        )
    return StaffDecision(
        id=content_id,
        version=where.verdict.version,
        proposal=ruling.proposal,
        by=ruling.by,
        reason=ruling.reason,
        at=ruling.at,
        digest=where.verdict.digest,
        clauses=ruling.clauses,
        policy_set=ruling.policy_set,
        ticket=ruling.ticket,
        notices=ruling.notices,
    )


def came_of(sent: Sent, record: Record, names: TopicNames) -> Verdict | CaseClosed | OutcomeDropped | None:
    """What a record says about the fate of a decision; None if it is about something else.

    Args:
        sent: the decision.
        record: from `verdicts` or `audit`, written after the decision was sent.
        names: the topics' names on the cluster.
    """
    if record.key != sent.id.encode() or record.value is None:
        return None
    try:
        if record.topic == names.of(Topic.VERDICTS):
            verdict = read_verdict(record.value)
            return verdict if _follows(verdict, sent) else None
        event = read_audit(record.value)
    except (Unreadable, ValueError):
        return None
    if isinstance(event, OutcomeDropped):
        return event if event.by == sent.by else None
    if isinstance(event, CaseClosed) and event.by == sent.by and not event.published:
        return event
    return None


def _follows(verdict: Verdict, sent: Sent) -> bool:
    if verdict.decided_by is None or not verdict.decided_by.is_person:
        return False
    same_case = isinstance(sent, StaffDecision) or verdict.case == sent.case
    return same_case and verdict.decision is sent.proposal.decision


def _task(content_id: str, ruling: Ruling, where: Standing) -> ReviewTask | None:
    """The task that is decided: the one named, else that of the newest version."""
    if ruling.case is None:
        return where.tasks[-1] if where.tasks else None
    for task in where.tasks:
        if task.case == ruling.case:
            return task
    waiting = ", ".join(task.case for task in where.tasks) or "none"
    raise NothingToDecide(f"people have no case {ruling.case} about {content_id!r}; they have: {waiting}")
