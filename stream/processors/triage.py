"""Triage: find a case's text, ask the operators' rules, route it to its policies or to people at once."""

from collections.abc import Sequence

from msgspec.structs import replace

from stream.core.audit import CaseRouted
from stream.core.case import Case, RoutedCase
from stream.core.content import Edited, Published
from stream.core.dead_letter import letter_for
from stream.core.errors import Escalate, Poison, SluiceError
from stream.core.fields import MAX_NOTE, MAX_RULES
from stream.core.outcome import Outcome, Proposal
from stream.core.policy.policy_set import Lane, PolicySet, Routing
from stream.core.rules import NOTHING, Rates, RuleOutcome, stronger
from stream.core.terms import DecidedBy, Effort, Origin
from stream.core.topics import Topic, TopicNames
from stream.core.wire import encode, headers_of, read_case
from stream.ports import (
    Clock,
    ContentArchive,
    Outgoing,
    PolicySource,
    Record,
    RuleSource,
    TriageObserver,
)

SOURCE = "/sluice/triage"


class Triage:
    """One case in; a routed case for the judge, or an outcome that asks for people, out. Audits which.

    Args:
        names: the topics' names on this cluster.
        policies: the policy set now in force.
        rules: the operators' rules now in force. How often somebody posts is counted here, in this process.
        archive: finds the text of a case whose event the gate no longer had.
        clock: milliseconds since 1970.
        observer: hears where cases went, for the metrics.
    """

    def __init__(
        self,
        names: TopicNames,
        policies: PolicySource,
        rules: RuleSource,
        archive: ContentArchive,
        clock: Clock,
        observer: TriageObserver,
    ) -> None:
        self._names = names
        self._policies = policies
        self._rules = rules
        self._book = rules.current()
        self._rates = Rates()
        self._rates.keep(self._book.rated)
        self._archive = archive
        self._clock = clock
        self._observer = observer

    async def handle(self, record: Record) -> Sequence[Outgoing]:
        """Route one case.

        Raises:
            Unreadable: the record is no case.
            Unavailable: the archive does not answer now.
        """
        case = read_case(record.value)
        policies = self._policies.current()
        content, ruled = case.content, NOTHING
        try:
            content = await self._content_of(case)
            ruled = self._ruled(case, content)
            if ruled.people:
                return self._to_people(case, content, policies, ruled.reason, ruled)
            return self._route(case, content, policies, ruled)
        except Escalate as reason:
            return self._to_people(case, content, policies, str(reason), ruled)

    def escalate(self, record: Record, error: SluiceError) -> Sequence[Outgoing]:
        """What is said of a case that triage could not route in time."""
        case = read_case(record.value)
        return self._to_people(case, case.content, self._policies.current(), f"triage: {error}"[:MAX_NOTE])

    def dead_letter(self, record: Record, error: Poison) -> Outgoing:
        """What is kept of a record that is no case; the gate's deadline brings its content to people."""
        place = (record.topic, record.partition, record.offset)
        keep = not self._policies.current().terms.restricted
        contents = (record.key, record.value)
        letter = letter_for("triage", place, contents, error, self._clock(), keep_bytes=keep)
        headers = headers_of(letter, SOURCE, "d." + letter.place)
        return Outgoing(self._names.of(Topic.DEAD_LETTERS), letter.key or b"", encode(letter), headers)

    async def _content_of(self, case: Case) -> Published | Edited:
        """The event that published the version in question.

        Raises:
            Escalate: Kafka no longer has it, or has another text there.
        """
        content = case.content
        if content is None and case.source is not None:
            content = await self._archive.fetch(case.source)
        if content is None:
            raise Escalate("the text is no longer in Kafka")
        if content.id != case.id or content.version != case.version or content.digest != case.digest:
            raise Escalate("the text in Kafka is not the version in question")
        return content

    def _ruled(self, case: Case, content: Published | Edited) -> RuleOutcome:
        """What the operators' rules say. Only a new version counts for a rate: a report posts nothing."""
        counts = case.origin in (Origin.PUBLISH, Origin.EDIT)
        if self._book is not (book := self._rules.current()):
            self._book = book
            self._rates.keep(book.rated)
        ruled = book.judge(content, self._clock(), self._rates, at=case.opened_at, counts=counts)
        for rule in ruled.rules:
            self._observer.ruled(rule)
        return ruled

    def _route(
        self, case: Case, content: Published | Edited, policies: PolicySet, ruled: RuleOutcome
    ) -> Sequence[Outgoing]:
        routing = policies.route(content.surface, content.language)
        if obstacle := routing.obstacle(content):
            raise Escalate(obstacle)
        efforts = (case.effort, routing.effort, ruled.effort or Effort.LOW)
        effort = max(efforts, key=lambda one: one.rank)
        asked = routing.with_added(ruled.policies, policies)
        routed = RoutedCase(
            id=case.id,
            case=case.case,
            version=content.version,
            effect=case.effect,
            origin=case.origin,
            opened_at=case.opened_at,
            due=case.due,
            digest=content.digest,
            content=content,
            policies=asked,
            policy_set=policies.digest,
            effort=effort,
            source=case.source,
            added=asked[len(routing.policies) :],
            urgent=(lane := stronger(_lane(case, routing, effort), ruled.lane)) is Lane.URGENT,
            restricted=case.restricted,
        )
        self._observer.routed(lane.value)
        audit = replace(_audit(case, content, policies, self._clock(), ruled), lane=lane.value, effort=effort)
        return (
            self._publish(_TOPICS[lane], routed, _event_id(case, "routed")),
            self._publish(Topic.AUDIT, replace(audit, policies=asked), _event_id(case, "audited")),
        )

    def _to_people(
        self,
        case: Case,
        content: Published | Edited | None,
        policies: PolicySet,
        reason: str,
        ruled: RuleOutcome = NOTHING,
    ) -> Sequence[Outgoing]:
        self._observer.escalated(reason)
        outcome = Outcome(
            id=case.id,
            case=case.case,
            version=case.version,
            proposal=Proposal.REVIEW,
            decided_by=DecidedBy.RULE,
            at=self._clock(),
            policy_set=policies.digest,
            reason=reason,
            surface=content.surface if content is not None else None,
            urgent=ruled.urgent,
        )
        audit = replace(_audit(case, content, policies, outcome.at, ruled), reason=reason)
        return (
            self._publish(Topic.OUTCOMES, outcome, _event_id(case, "people")),
            self._publish(Topic.AUDIT, audit, _event_id(case, "people-audited")),
        )

    def _publish(self, topic: Topic, event: RoutedCase | Outcome | CaseRouted, event_id: str) -> Outgoing:
        key, headers = event.id.encode(), headers_of(event, SOURCE, event_id)
        return Outgoing(self._names.of(topic), key, encode(event), headers)


def _audit(
    case: Case, content: Published | Edited | None, policies: PolicySet, now: int, ruled: RuleOutcome
) -> CaseRouted:
    """What is said of any case: for people, until a lane is found."""
    return CaseRouted(
        id=case.id,
        case=case.case,
        version=case.version,
        effect=case.effect,
        origin=case.origin,
        at=now,
        opened_at=case.opened_at,
        due=case.due,
        lane="people",
        policy_set=policies.digest,
        effort=case.effort,
        surface=content.surface if content is not None else None,
        language=content.language if content is not None else None,
        rules=ruled.rules[:MAX_RULES],
    )


def _event_id(case: Case, what: str) -> str:
    """The gate hands a case out once for each origin: a case that is handled again repeats its ids."""
    return f"{case.case}.{case.id}.{case.origin.value}.{what}"


def _lane(case: Case, routing: Routing, effort: Effort) -> Lane:
    """What may be urgent waits behind nothing; reports, appeals and high effort not behind the bulk."""
    if routing.lane is Lane.URGENT:
        return Lane.URGENT
    pressing = case.origin in (Origin.REPORT, Origin.APPEAL) or effort is Effort.HIGH
    return Lane.PRIORITY if pressing else routing.lane


_TOPICS = {
    Lane.BULK: Topic.CASES_JUDGE,
    Lane.PRIORITY: Topic.CASES_JUDGE_PRIORITY,
    Lane.URGENT: Topic.CASES_JUDGE_URGENT,
}
