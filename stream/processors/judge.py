"""The judge: asks a model each routed policy, checks every answer, and folds them to one outcome."""

import asyncio
from collections.abc import Coroutine, Iterable, Sequence

from msgspec import Struct
from msgspec.structs import replace

from stream.core.actions import fold
from stream.core.audit import CaseJudged, Confidential
from stream.core.case import RoutedCase
from stream.core.checks import check
from stream.core.dead_letter import letter_for
from stream.core.errors import Escalate, Poison, SluiceError
from stream.core.fields import MAX_NOTE
from stream.core.judgement import Answer, Judgement, Question, Usage
from stream.core.outcome import Outcome, Proposal
from stream.core.policy import PolicyResult
from stream.core.policy.policy_set import PolicySet
from stream.core.terms import DecidedBy, Origin
from stream.core.topics import Topic, TopicNames
from stream.core.wire import encode, headers_of, read_routed
from stream.ports import Clock, Engine, JudgeObserver, Outgoing, PolicySource, Record

SOURCE = "/sluice/judge"


class Asked(Struct, frozen=True):
    """One policy's judgement, with what the engine said and used."""

    judgement: Judgement
    reasoning: str = ""
    usage: Usage = Usage()


class Judge:
    """One routed case in; its outcome and its audit record out.

    Args:
        names: the topics' names on this cluster.
        policies: the policy set now in force; outcomes name its digest.
        engine: the model.
        clock: milliseconds since 1970.
        observer: hears of answers, tokens and failed checks, for the metrics.
        name: this process's name, for the audit.
    """

    def __init__(
        self,
        names: TopicNames,
        policies: PolicySource,
        engine: Engine,
        clock: Clock,
        observer: JudgeObserver,
        name: str = "judge",
    ) -> None:
        self._names = names
        self._policies = policies
        self._engine = engine
        self._clock = clock
        self._observer = observer
        self._name = name

    async def handle(self, record: Record) -> Sequence[Outgoing]:
        """Judge one case under every policy that it is routed to.

        Raises:
            Unreadable: the record is no routed case.
            Unavailable: the engine died or takes no work now; the case is to be asked again.
            Escalate: under the set that has come into force since triage, only people may answer.
        """
        policies = self._policies.current()
        case = _routed_under(policies, read_routed(record.value))
        begun = self._clock()
        asked = await _gather([self._ask(case, policies, policy) for policy in case.policies])
        outcome = self._outcome(case, policies, [one.judgement for one in asked])
        seconds = (self._clock() - begun) / 1000
        age = (self._clock() - case.opened_at) / 1000
        self._observer.judged(outcome.proposal.value, age, case.content.text_bytes)
        return (
            self._publish(Topic.OUTCOMES, outcome, _event_id(case, "outcome")),
            self._audit(case, outcome, asked, seconds),
        )

    def escalate(self, record: Record, error: SluiceError) -> Sequence[Outgoing]:
        """What is said of a case that could not be judged in time or at all: people must."""
        case = read_routed(record.value)
        outcome = Outcome(
            id=case.id,
            case=case.case,
            version=case.version,
            proposal=Proposal.REVIEW,
            decided_by=DecidedBy.TIMEOUT,
            at=self._clock(),
            by=self._name,
            policy_set=self._policies.current().digest,
            reason=f"judge: {error}"[:MAX_NOTE],
        )
        self._observer.judged(outcome.proposal.value, (self._clock() - case.opened_at) / 1000)
        return (self._publish(Topic.OUTCOMES, outcome, _event_id(case, "people")),)

    def dead_letter(self, record: Record, error: Poison) -> Outgoing:
        """What is kept of a record that is no case; the gate's deadline brings its content to people."""
        place = (record.topic, record.partition, record.offset)
        keep = not self._policies.current().terms.restricted
        contents = (record.key, record.value)
        letter = letter_for("judge", place, contents, error, self._clock(), keep_bytes=keep)
        headers = headers_of(letter, SOURCE, "d." + letter.place)
        return Outgoing(self._names.of(Topic.DEAD_LETTERS), letter.key or b"", encode(letter), headers)

    async def _ask(self, case: RoutedCase, policies: PolicySet, name: str) -> Asked:
        policy = policies.policies.get(name)
        if policy is None:
            return Asked(_failed(name, "policy_missing"))
        question = Question(
            id=f"{case.id}:{case.case}:{name}:{case.effort}",
            policies=(policy,),
            text=case.content.text,
            thread=case.content.thread,
            language=case.content.language,
            effort=case.effort,
            priority=_priority(case),
        )
        try:
            answer = await self._engine.ask(question)
        except Escalate:
            return Asked(_failed(name, "unanswerable"))
        return self._checked(question, answer)

    def _checked(self, question: Question, answer: Answer) -> Asked:
        (judgement,) = check(answer, question)
        self._observer.used(answer.usage.prompt, answer.usage.cached, answer.usage.output)
        for failure in judgement.failures:
            self._observer.failed(failure)
        return Asked(judgement, answer.reasoning, answer.usage)

    def _outcome(self, case: RoutedCase, policies: PolicySet, judgements: list[Judgement]) -> Outcome:
        folded = fold(case.policies, judgements, policies, self._clock())
        restricts = folded.proposal is Proposal.REMOVE or bool(folded.labels)
        found = [one.policy for one in judgements if one.result is not PolicyResult.SAFE]
        known = [policies.policies[name] for name in found if name in policies.policies]
        return Outcome(
            id=case.id,
            case=case.case,
            version=case.version,
            proposal=folded.proposal,
            decided_by=DecidedBy.MODEL,
            at=self._clock(),
            by=self._name,
            labels=folded.labels,
            recommendation=folded.recommendation,
            policy_set=policies.digest,
            model=self._engine.model,
            effort=case.effort,
            clauses=folded.clauses,
            reason=folded.reason[:MAX_NOTE],
            surface=case.content.surface,
            policies=case.policies,
            restricted=any(policy.restricted for policy in known),
            notices=policies.notice_texts(folded.clauses) if restricts else {},
        )

    def _audit(self, case: RoutedCase, outcome: Outcome, asked: Sequence[Asked], seconds: float) -> Outgoing:
        confidential = Confidential(
            judgements=tuple(one.judgement for one in asked),
            reasoning={one.judgement.policy: one.reasoning for one in asked if one.reasoning},
        )
        return self._publish(
            Topic.AUDIT,
            CaseJudged(
                id=case.id,
                case=case.case,
                version=case.version,
                digest=case.digest,
                at=outcome.at,
                proposal=outcome.proposal,
                policy_set=case.policy_set,
                policies=case.policies,
                model=self._engine.model,
                effort=case.effort,
                source=case.source,
                by=self._name,
                usage=_total(one.usage for one in asked),
                seconds=seconds,
                failures={
                    one.judgement.policy: one.judgement.failures for one in asked if one.judgement.failures
                },
                confidential=None if outcome.restricted else confidential,
            ),
            _event_id(case, "judged"),
        )

    def _publish(self, topic: Topic, event: Outcome | CaseJudged, event_id: str) -> Outgoing:
        key, headers = event.id.encode(), headers_of(event, SOURCE, event_id)
        return Outgoing(self._names.of(topic), key, encode(event), headers)


def _routed_under(policies: PolicySet, case: RoutedCase) -> RoutedCase:
    """The case as the set in force routes it: an outcome names one set, and all that it asks was asked.

    Raises:
        Escalate: under this set only people may answer.
    """
    if case.policy_set == policies.digest:
        return case
    routing = policies.route(case.content.surface, case.content.language)
    if obstacle := routing.obstacle(case.content):
        raise Escalate(obstacle)
    effort = max(case.effort, routing.effort, key=lambda effort: effort.rank)
    return replace(case, policies=routing.policies, policy_set=policies.digest, effort=effort)


def _priority(case: RoutedCase) -> int:
    """What may be urgent goes first in the engine, then what people asked about."""
    if case.urgent:
        return -2
    return -1 if case.origin in (Origin.REPORT, Origin.APPEAL) else 0


def _event_id(case: RoutedCase, what: str) -> str:
    """The gate hands a case out once for each origin: a repeated judgement repeats its ids."""
    return f"{case.case}.{case.id}.{case.origin.value}.{what}"


async def _gather(questions: list[Coroutine[None, None, Asked]]) -> list[Asked]:
    """Ask them together; the first error cancels the others, so that nothing is asked for nobody."""
    tasks = [asyncio.ensure_future(question) for question in questions]
    try:
        return await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()


def _failed(policy: str, why: str) -> Judgement:
    return Judgement(policy=policy, result=PolicyResult.FAILED, failures=(why,))


def _total(usages: Iterable[Usage]) -> Usage:
    parts = list(usages)
    return Usage(
        prompt=sum(part.prompt for part in parts),
        cached=sum(part.cached for part in parts),
        output=sum(part.output for part in parts),
    )
