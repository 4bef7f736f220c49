"""What is kept: by readers that saw the run, and in the gate's own changelog."""

from collections import defaultdict

from stream.core.case import Case, ReviewTask
from stream.core.emission import digest_text
from stream.core.state import ContentState
from stream.core.terms import Decision
from stream.core.verdict import CaseClosed, Verdict
from tests.chaos.evidence import Evidence


def a_live_reader_saw_what_a_late_one_sees(evidence: Evidence) -> list[str]:
    """Nothing aborted was shown, nothing was reordered, nothing missed."""
    return [
        f"partition {partition}: the live reader saw {len(evidence.live[partition])} records, "
        f"a late one {len(evidence.final[partition])}, or others"
        for partition in evidence.partitions
        if evidence.live[partition] != evidence.final[partition]
    ]


def the_state_is_what_was_said_last(evidence: Evidence) -> list[str]:
    """State and words are one transaction: the changelog holds each post's last verdict and open cases."""
    found = []
    for partition in evidence.partitions:
        last = {
            written.event.id: written.event
            for written in evidence.verdicts[partition]
            if isinstance(written.event, Verdict)
        }
        opened = _open_cases(evidence, partition)
        states = evidence.states[partition]
        for content_id in states.keys() | last.keys() | opened.keys():
            state, verdict = states.get(content_id), last.get(content_id)
            if _known(state) != _said(verdict):
                found.append(f"{content_id}: the state is {_known(state)}, the verdict {_said(verdict)}")
            if _cases_of(state) != opened[content_id]:
                found.append(
                    f"{content_id}: open in the state {_cases_of(state)}, by record {opened[content_id]}"
                )
    return found


def _open_cases(evidence: Evidence, partition: int) -> defaultdict[str, set[str]]:
    opened: defaultdict[str, set[str]] = defaultdict(set)
    closed: defaultdict[str, set[str]] = defaultdict(set)
    for written in evidence.gate[partition]:
        event = written.event
        if isinstance(event, Case | ReviewTask):
            opened[event.id].add(event.case)
        elif isinstance(event, CaseClosed):
            closed[event.id].add(event.case)
    for content_id in opened:
        opened[content_id] -= closed[content_id]
    return opened


def _known(state: ContentState | None) -> tuple[object, ...]:
    if state is None or state.decision is Decision.UNKNOWN:
        return ()
    return (state.decision, state.version, digest_text(state.digest))


def _said(verdict: Verdict | None) -> tuple[object, ...]:
    return () if verdict is None else (verdict.decision, verdict.version, verdict.digest)


def _cases_of(state: ContentState | None) -> set[str]:
    if state is None:
        return set()
    newest = {state.case.id} if state.case is not None else set()
    return newest | {older.case.id for older in state.older}
