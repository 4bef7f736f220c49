"""Audit records → rows: what the judge answered, joined with what people decided later. Pure."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct
from msgspec.structs import replace

from stream.core.audit import CaseJudged
from stream.core.canary import is_canary
from stream.core.cascade import Why
from stream.core.errors import Unreadable
from stream.core.outcome import Proposal
from stream.core.policy import Autonomy
from stream.core.policy.calibration import Basis
from stream.core.policy.policy_set import PolicySet
from stream.core.terms import Decision
from stream.core.verdict import CaseClosed
from stream.core.weighing import Weight, word_of
from stream.core.wire import AuditEvent, read_audit
from stream.ops.calibration.row import Row, Truth, Would
from stream.ports import Record


class Said(Struct, frozen=True):
    """A person's decision: the case it closed, what it was, and the clauses it rests on."""

    case: str
    decision: Decision
    clauses: tuple[str, ...]


Labels = Mapping[tuple[str, int], Said]
"""The last decision of a person about a version, by content id and version."""


class Collected(Struct, frozen=True):
    """Rows, and what was passed over.

    Attributes:
        rows: those under the present text of a policy: labelled, or drawn at random.
        judged: answers of any kind, by policy.
        passed: why answers are no rows, and how many.
    """

    rows: list[Row]
    judged: Counter[str]
    passed: Counter[str]


def labels(records: Iterable[Record]) -> dict[tuple[str, int], Said]:
    """What people decided one by one; canaries and restricted content left out."""
    found: dict[tuple[str, int], Said] = {}
    for event in _events(records):
        if not isinstance(event, CaseClosed) or event.decided_by is None or not event.decided_by.is_person:
            continue
        if event.bulk or event.restricted:
            continue
        if event.decision in (Decision.RELEASE, Decision.REMOVE):
            found[event.id, event.version] = Said(event.case, event.decision, event.clauses)
    return found


def collected(
    records: Iterable[Record], said: Labels, policy_set: PolicySet, policies: Iterable[str], end: int
) -> Collected:
    """The rows of these policies.

    Args:
        records: of `audit`, from the window's beginning on.
        said: `labels` of the same time and later.
        policy_set: whose texts count; answers under another text of a policy are passed over.
        policies: their ids; restricted ones yield nothing.
        end: judged before this (ms).
    """
    granted = replace(policy_set, autonomy=dict.fromkeys(policy_set.policies, Autonomy.FULL), calibrations={})
    wanted = [name for name in policies if not policy_set.policies[name].restricted]
    rows: dict[tuple[str, str, bool, bool], Row] = {}
    judged, passed = Counter[str](), Counter[str]()
    for event in _events(records):
        if not isinstance(event, CaseJudged) or event.at >= end:
            continue
        for name in wanted:
            if name not in event.policies:
                continue
            judged[name] += 1
            found = _row(event, name, said.get((event.id, event.version)), granted)
            if isinstance(found, str):
                passed[found] += 1
            elif found.is_labelled or found.random:
                rows.setdefault((name, found.text, found.random, found.flagged), found)
    return Collected(list(rows.values()), judged, passed)


def _events(records: Iterable[Record]) -> Iterator[AuditEvent]:
    for record in records:
        try:
            event = read_audit(record.value)
        except Unreadable:
            continue
        if not is_canary(event.id):
            yield event


def _row(event: CaseJudged, name: str, said: Said | None, granted: PolicySet) -> Row | str:
    """The row, or why there is none."""
    if event.restricted or event.confidential is None:
        return "restricted"
    digest = event.digests.get(name)
    if digest != granted.policies[name].digest:
        return "judged under another text of the policy" if digest else "recorded without the policy's digest"
    judgement = next((one for one in event.confidential.judgements if one.policy == name), None)
    asks = [one for one in event.asks if name in one.policies and one.why is not Why.REPEATED]
    first = next((one for one in asks if one.why is Why.FIRST), None)
    last = next((one for one in asks if one.why is not Why.FIRST), first)
    if judgement is None or first is None or last is None or not (first.model and last.model):
        return "never answered"
    if first.template is None or last.template is None:
        return "recorded without the template's digest"
    word = word_of(name, judgement, granted, event.at)
    acts = {Weight.RELEASE: Would.RELEASE, Weight.REMOVE: Would.REMOVE}
    return Row(
        text=event.digest,
        policy=name,
        basis=Basis(digest, last.template, last.model, last.effort),
        first=Basis(digest, first.template, first.model, first.effort),
        would=acts.get(word.weight, Would.ASK),
        truth=_truth(said, name, len(event.policies)),
        confidence=judgement.confidence,
        random=event.sampled,
        flagged=said is not None and said.case == event.case and event.proposal is Proposal.REVIEW,
    )


def _truth(said: Said | None, name: str, asked: int) -> Truth:
    """What a decision says about one policy: who removes without naming a clause speaks of the only one."""
    if said is None:
        return Truth.NOBODY
    cites = any(clause.rpartition("/")[0] == name for clause in said.clauses)
    if said.decision is Decision.RELEASE:
        return Truth.LABELLED if cites else Truth.SAFE
    alone = asked == 1 and not said.clauses
    return Truth.REMOVED if cites or alone else Truth.ELSEWHERE
