"""What became of each case: handed out, answered, closed, or in front of a person."""

from collections.abc import Iterator

from msgspec import Struct

from stream.core.case import Case, ReviewClosed, ReviewTask, RoutedCase
from stream.core.outcome import Outcome
from stream.core.terms import DecidedBy, Decision, Origin, Stage
from stream.core.verdict import CaseClosed, Verdict
from tests.chaos.evidence import Evidence

FIRST_LOOKS = (Origin.PUBLISH, Origin.EDIT)


def every_case_closes_once_or_is_with_people(evidence: Evidence) -> list[str]:
    """One closing for each case, or it sits in front of a person with a due time."""
    found = []
    for (content_id, case), events in evidence.cases.items():
        closings = sum(isinstance(event, CaseClosed) for event in events)
        if closings > 1:
            found.append(f"{content_id} {case}: closed {closings} times")
        if closings == 0 and not any(isinstance(event, ReviewTask) and event.due > 0 for event in events):
            found.append(f"{content_id} {case}: neither closed nor with people")
        if closings == 0 and any(isinstance(event, ReviewClosed) for event in events):
            found.append(f"{content_id} {case}: taken from people but not closed")
        if closings and _is_with_people(events):
            found.append(f"{content_id} {case}: closed but still with people")
    return found


def _is_with_people(events: list[Struct]) -> bool:
    asked = any(isinstance(event, ReviewTask) for event in events)
    return asked and not any(isinstance(event, ReviewClosed) for event in events)


def every_hold_hands_out_its_work(evidence: Evidence) -> list[str]:
    """With each hold of a new version goes the case that asks about it, with the whole text in question."""
    found = []
    for partition in evidence.partitions:
        handed_out = {
            (written.cause, written.event.case): written.event
            for written in evidence.gate[partition]
            if isinstance(written.event, Case)
        }
        for written in evidence.verdicts[partition]:
            hold = written.event
            assert isinstance(hold, Verdict)
            if hold.decision is not Decision.HOLD or hold.stage is not Stage.AUTOMATIC:
                continue
            work = handed_out.get((written.cause, hold.case or ""))
            content = work.content if work is not None else None
            if content is None or (content.id, content.version, content.digest) != (
                hold.id,
                hold.version,
                hold.digest,
            ):
                found.append(f"{hold.id}: version {hold.version} was hidden, and nobody was asked about it")
    return found


def no_work_is_lost(evidence: Evidence) -> list[str]:
    """Triage routes or answers each case, and the judge answers each that was routed.

    Without this a worker that drops work passes: the gate's deadline puts what it dropped before people.
    """
    return [lost for partition in evidence.partitions for lost in _lost(evidence, partition)]


def _lost(evidence: Evidence, partition: int) -> Iterator[str]:
    routed = evidence.routed[partition]
    answers = [
        outcome
        for _, outcome in evidence.outcomes[partition]
        if isinstance(outcome, Outcome) and not outcome.decided_by.is_person
    ]
    ruled = {(answer.id, answer.case) for answer in answers if answer.decided_by is DecidedBy.RULE}
    judged = {(answer.id, answer.case) for answer in answers if answer.decided_by is not DecidedBy.RULE}
    on_its_way = {(one.id, one.case, one.origin) for one in routed}
    for written in evidence.gate[partition]:
        case = written.event
        if not isinstance(case, Case) or (case.id, case.case) in ruled:
            continue
        if (case.id, case.case, case.origin) not in on_its_way:
            yield f"{case.id} {case.case}: triage lost it ({case.origin.value})"
    newest = _newest_first_looks(routed)
    for one in routed:
        superseded = one.origin in FIRST_LOOKS and _place(one) < newest[one.id]
        if not superseded and (one.id, one.case) not in judged:
            yield f"{one.id} {one.case}: the judge lost it ({one.origin.value})"


def _newest_first_looks(routed: list[RoutedCase]) -> dict[str, int]:
    newest: dict[str, int] = {}
    for one in routed:
        if one.origin in FIRST_LOOKS:
            newest[one.id] = max(_place(one), newest.get(one.id, -1))
    return newest


def _place(case: RoutedCase) -> int:
    return -1 if case.source is None else case.source.offset
