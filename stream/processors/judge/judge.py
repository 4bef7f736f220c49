"""The judge: asks a model each routed policy, checks every answer, and folds them to one outcome."""

from collections.abc import Sequence

from stream.core.audit import CaseJudged
from stream.core.canary import fate, is_canary
from stream.core.case import RoutedCase
from stream.core.dead_letter import letter_for
from stream.core.errors import Poison, SluiceError
from stream.core.fields import MAX_NOTE
from stream.core.outcome import Outcome, Proposal
from stream.core.sampling import Sampling
from stream.core.terms import DecidedBy
from stream.core.topics import Topic, TopicNames
from stream.core.wire import encode, headers_of, read_routed
from stream.ports import Clock, Engine, JudgeObserver, Outgoing, PolicySource, Record
from stream.processors.judge.alarms import Alarms
from stream.processors.judge.brief import Brief
from stream.processors.judge.inquiry import Inquiry
from stream.processors.judge.proposed import outcome_of
from stream.processors.judge.record import record_of
from stream.processors.judge.routing import routed_under

SOURCE = "/sluice/judge"


class Judge:
    """One routed case in; its outcome and its audit record out.

    Args:
        names: the topics' names on this cluster.
        policies: the policy set now in force; outcomes name its digest.
        engine: the model.
        clock: milliseconds since 1970.
        observer: hears of answers, tokens and failed checks, for the metrics.
        sampling: draws what is judged again, asked repeatedly, or read by auditors.
        name: this process's name, for the audit.
    """

    def __init__(
        self,
        names: TopicNames,
        policies: PolicySource,
        engine: Engine,
        clock: Clock,
        observer: JudgeObserver,
        sampling: Sampling,
        name: str = "judge",
    ) -> None:
        self._names = names
        self._policies = policies
        self._engine = engine
        self._clock = clock
        self._observer = observer
        self._sampling = sampling
        self._name = name
        self._alarms = Alarms()
        self._inquiry = Inquiry(engine, observer, self._alarms)

    async def handle(self, record: Record) -> Sequence[Outgoing]:
        """Judge one case under every policy that it is routed to.

        Raises:
            Unreadable: the record is no routed case.
            Unavailable: the engine died or takes no work now; the case is to be asked again.
            Escalate: under the set that has come into force since triage, only people may answer.
        """
        policies = self._policies.current()
        case = routed_under(policies, read_routed(record.value))
        brief = Brief(case, policies, self._sampling, self._engine.local)
        begun = self._clock()
        answers = await self._inquiry.answers(brief)
        outcome = outcome_of(brief, answers, self._engine.model, self._name, self._clock(), self._observer)
        seconds = (self._clock() - begun) / 1000
        age = (self._clock() - case.opened_at) / 1000
        self._tell(outcome, age, case.content.text_bytes)
        self._alarms.forget(case)
        audit = record_of(brief, outcome, answers, self._engine.model, seconds)
        return (
            self._publish(Topic.OUTCOMES, outcome, _event_id(case, "outcome")),
            self._publish(Topic.AUDIT, audit, _event_id(case, "judged")),
        )

    def escalate(self, record: Record, error: SluiceError) -> Sequence[Outgoing]:
        """What is said of a case that could not be judged in time or at all: people must.

        What some answers have said by then counts; else it is not restricted: an engine's absence must not
        fill that lane.
        """
        case, policies = read_routed(record.value), self._policies.current()
        alarm = self._alarms.of(case)
        self._alarms.forget(case)
        outcome = Outcome(
            id=case.id,
            case=case.case,
            version=case.version,
            proposal=Proposal.REVIEW,
            decided_by=DecidedBy.TIMEOUT,
            at=self._clock(),
            by=self._name,
            policy_set=policies.digest,
            reason=f"judge: {error}"[:MAX_NOTE],
            surface=case.content.surface,
            policies=case.policies,
            urgent=case.urgent or alarm.urgent,
            restricted=alarm.restricted,
        )
        self._tell(outcome, (self._clock() - case.opened_at) / 1000)
        return (self._publish(Topic.OUTCOMES, outcome, _event_id(case, "people")),)

    def dead_letter(self, record: Record, error: Poison) -> Outgoing:
        """What is kept of a record that is no case; the gate's deadline brings its content to people."""
        place = (record.topic, record.partition, record.offset)
        keep = not self._policies.current().terms.restricted
        contents = (record.key, record.value)
        letter = letter_for("judge", place, contents, error, self._clock(), keep_bytes=keep)
        headers = headers_of(letter, SOURCE, "d." + letter.place)
        return Outgoing(self._names.of(Topic.DEAD_LETTERS), letter.key or b"", encode(letter), headers)

    def _tell(self, outcome: Outcome, seconds: float, text: int = 0) -> None:
        if is_canary(outcome.id):
            self._observer.canary(fate(outcome).value)
        else:
            self._observer.judged(outcome.proposal.value, seconds, text)

    def _publish(self, topic: Topic, event: Outcome | CaseJudged, event_id: str) -> Outgoing:
        key, headers = event.id.encode(), headers_of(event, SOURCE, event_id)
        return Outgoing(self._names.of(topic), key, encode(event), headers)


def _event_id(case: RoutedCase, what: str) -> str:
    """The gate hands a case out once for each origin: a repeated judgement repeats its ids."""
    return f"{case.case}.{case.id}.{case.origin.value}.{what}"
