"""The judge's shadow: judges live cases under a set that is not in force, and only takes notes."""

import logging
from collections.abc import Sequence

from msgspec.structs import asdict, replace

from stream.core.audit import CaseShadowed
from stream.core.canary import is_canary
from stream.core.case import RoutedCase
from stream.core.errors import Escalate, Poison, SluiceError, Unreadable
from stream.core.outcome import Proposal
from stream.core.policy.policy_set import PolicySet, Repetition
from stream.core.sampling import Sampling
from stream.core.topics import Topic, TopicNames
from stream.core.wire import encode, headers_of, read_routed
from stream.ports import Clock, Engine, Outgoing, PolicySource, Record, ShadowObserver
from stream.processors.judge.alarms import Alarms
from stream.processors.judge.answers import Answers
from stream.processors.judge.brief import Brief
from stream.processors.judge.inquiry import Inquiry
from stream.processors.judge.proposed import outcome_of
from stream.processors.judge.record import record_of
from stream.processors.judge.routing import routed_under

log = logging.getLogger(__name__)

SOURCE = "/sluice/shadow"


class Shadow:
    """One routed case in; one record for `audit` out, or nothing. No case waits for it or is changed by it.

    Args:
        names: the topics' names on this cluster.
        policies: the candidate.
        engine: the model.
        clock: milliseconds since 1970.
        observer: hears of answers, tokens and what was passed over, for the metrics.
        sampling: draws the cases.
        share: of the cases that are judged, 0 to 1.
        name: this process's name, for the audit.
    """

    def __init__(
        self,
        names: TopicNames,
        policies: PolicySource,
        engine: Engine,
        clock: Clock,
        observer: ShadowObserver,
        sampling: Sampling,
        share: float,
        name: str = "shadow",
    ) -> None:
        self._audit = names.of(Topic.AUDIT)
        self._policies = policies
        self._engine = engine
        self._clock = clock
        self._observer = observer
        self._sampling = sampling
        self._share = share
        self._name = name
        self._told = ""
        self._alarms = Alarms()
        self._inquiry = Inquiry(engine, observer, self._alarms)

    async def handle(self, record: Record) -> Sequence[Outgoing]:
        """Judge one case if it is drawn.

        Raises:
            Unavailable: the engine died or takes no work now; the case is to be asked again.
        """
        try:
            case = read_routed(record.value)
        except Unreadable:
            return self._passed("unreadable")
        policies = self._policies.current()
        if why := self._needless(case, policies):
            return self._passed(why)
        try:
            anew = routed_under(policies, case)
        except Escalate:
            return self._passed("people")
        if not set(case.policies) <= set(anew.policies):
            return self._passed("narrower")
        brief = Brief(anew, _undrawn(policies), self._sampling, self._engine.local)
        begun = self._clock()
        answers = await self._inquiry.answers(brief)
        self._alarms.forget(anew)
        return (self._outgoing(self._record(brief, answers, case, (self._clock() - begun) / 1000)),)

    def _needless(self, case: RoutedCase, policies: PolicySet) -> str:
        if is_canary(case.id):
            return "canary"
        if case.policy_set == policies.digest:
            self._tell_same(policies)
            return "same_set"
        return "" if self._sampling.draws(self._share, "shadowed", case.id, case.case) else "not_drawn"

    def _tell_same(self, policies: PolicySet) -> None:
        """Say it once for each candidate: by the first case, for only cases tell here what is in force."""
        if policies.digest != self._told:
            self._told = policies.digest
            log.warning(
                "set %s is in force itself, so its shadow judges nothing: name another by --set, or end this",
                policies.name,
                extra={"policy_set": policies.digest},
            )

    def escalate(self, record: Record, error: SluiceError) -> Sequence[Outgoing]:  # noqa: ARG002 - the port's
        """A case that could not be judged in time is passed over: people are nobody's shadow."""
        return self._passed("unanswered")

    def dead_letter(self, record: Record, error: Poison) -> Outgoing:
        """What is said of a case whose record would not fit: that people would be asked, and why.

        Nothing else comes here: what cannot be read is passed over.
        """
        case, policies = read_routed(record.value), self._policies.current()
        return self._outgoing(
            CaseShadowed(
                id=case.id,
                case=case.case,
                version=case.version,
                digest=case.digest,
                at=self._clock(),
                proposal=Proposal.REVIEW,
                policy_set=policies.digest,
                beside=case.policy_set,
                policies=(),
                model=self._engine.model,
                effort=case.effort,
                source=case.source,
                by=self._name,
                failures={"record": (type(error).__name__.lower(),)},
            )
        )

    def _record(self, brief: Brief, answers: Answers, before: RoutedCase, seconds: float) -> CaseShadowed:
        outcome = outcome_of(brief, answers, self._engine.model, self._name, self._clock(), self._observer)
        judged = record_of(brief, outcome, answers, self._engine.model, seconds)
        self._observer.judged(outcome.proposal.value, seconds, before.content.text_bytes)
        return CaseShadowed(**asdict(judged), beside=before.policy_set)

    def _outgoing(self, event: CaseShadowed) -> Outgoing:
        headers = headers_of(event, SOURCE, f"{event.case}.{event.id}.{event.policy_set}.shadowed")
        return Outgoing(self._audit, event.id.encode(), encode(event), headers)

    def _passed(self, why: str) -> Sequence[Outgoing]:
        self._observer.passed_over(why)
        return ()


def _undrawn(policies: PolicySet) -> PolicySet:
    """Without what is drawn to be asked again or read by auditors: nobody decided anything here."""
    return replace(policies, audited=0.0, to_auditors=0.0, confidence=Repetition())
