"""The gate: the only writer of verdicts. It reads one record, steps the lifecycle, and writes what follows.

The runner hands it the bytes of one content's state and stores what comes back, and what its brake counted in
a partition, in the same transaction as the records.
"""

from collections.abc import Callable, Collection

from msgspec.structs import replace

from stream.core.brake import Brake
from stream.core.canary import is_canary
from stream.core.case import Case, ReviewTask
from stream.core.control.state import ControlState
from stream.core.dead_letter import letter_for
from stream.core.errors import Misrouted, Oversized, Poison, Unreadable
from stream.core.fields import is_content_id
from stream.core.lifecycle import Event, step
from stream.core.machines import UNKNOWN_POLICY, UNKNOWN_SURFACE, policies_of, removes_alone
from stream.core.murmur2 import partition_of
from stream.core.outcome import Outcome, Proposal
from stream.core.state import ContentState, decode_state, encode_state, head_of
from stream.core.step import Arrival, Output, Terms, Tick
from stream.core.step import Step as LifecycleStep
from stream.core.step import Unreadable as UnreadableEvent
from stream.core.terms import Decision
from stream.core.topics import Topic, TopicNames
from stream.core.verdict import Notice, Verdict
from stream.core.wire import encode, headers_of, read_content, read_outcome, topic_of
from stream.ports import UNCHANGED, Clock, Controls, GateObserver, Outgoing, Record, Step
from stream.processors.restraint import patient, restrained

SOURCE = "/sluice/gate"


class Gate:
    """One event in, the next state and its records out. Pure but for the clock and the observer.

    Attributes:
        terms: deadlines and retention, from the policy set; may be replaced at any time.

    Args:
        names: the topics' names on this cluster.
        terms: those to begin with.
        partitions: how many partitions every topic has.
        clock: milliseconds since 1970.
        observer: hears what each step did, for the metrics.
        controls: what operators have paused.
        live: the partitions that are this gate's now, so that its brake knows its share; else all.
    """

    def __init__(
        self,
        names: TopicNames,
        terms: Terms,
        partitions: int,
        clock: Clock,
        observer: GateObserver,
        controls: Controls = ControlState(),  # noqa: B008 - frozen: nothing is paused
        live: Callable[[], Collection[int]] | None = None,
    ) -> None:
        self.terms = terms
        self._controls = controls
        self._live = live if live is not None else lambda: range(partitions)
        self._brake = Brake()
        self._partitions = partitions
        self._clock = clock
        self._observer = observer
        self._content = names.of(Topic.CONTENT)
        self._dead_letters = names.of(Topic.DEAD_LETTERS)
        self._names = {topic: names.of(topic) for topic in Topic}

    def handle(self, record: Record, state: bytes | None) -> Step:
        """Apply one record of `content` or `outcomes` to the state of its key."""
        from_content = record.topic == self._content
        try:
            event = read_content(record.value) if from_content else read_outcome(record.value)
            content_id = self._checked_id(record, event.id, known=state is not None)
        except Misrouted as error:
            return self._refuse(record, state, error)
        except Unreadable as error:
            return self._given_up(record, state, error)
        arrival = self._arrival(record, content_id)
        if isinstance(event, Outcome) and is_canary(content_id):
            event = replace(event, urgent=False, restricted=False)  # nobody is in danger, nobody must not see
        allowed = restrained(event, state, arrival, self.terms, self._controls)
        return self._stepped(state, allowed, arrival, record.key or b"")

    def kept(self, partition: int) -> bytes:
        """What the brake counted in a partition."""
        return self._brake.kept(partition, self._clock())

    def restored(self, partition: int, kept: bytes) -> None:
        """Count on from there."""
        self._brake.restored(partition, kept, self._clock())

    def wake(self, key: bytes, state: bytes, now: int) -> Step:
        """Apply the clock to one content whose wake time has come."""
        partition = partition_of(key, self._partitions)
        arrival = Arrival(key.decode(), now, f"t{partition}-{now}", partition)
        return self._stepped(state, Tick(), arrival, key, patient(self.terms, self._controls))

    def head(self, state: bytes) -> tuple[int, int, int]:
        """When the runner must call `wake`; since when a version is hidden with no person asked, or 0; and
        the bytes of text that wait for machines.
        """
        return head_of(state)

    def overflow(self, record: Record, state: bytes | None) -> Step:
        """What is left of a record whose consequences no topic takes: the same as of an unreadable one."""
        error = Oversized("What follows from this event is larger than its topic takes.")
        return self._given_up(record, state, error)

    def _stepped(
        self, encoded: bytes | None, event: Event, arrival: Arrival, key: bytes, terms: Terms | None = None
    ) -> Step:
        state = decode_state(encoded) if encoded is not None else None
        result = step(state, event, arrival, terms if terms is not None else self.terms)
        if (braked := self._braked(state, event, result, arrival)) is not None:
            result = step(state, braked, arrival, self.terms)
        self._observe(result, state, arrival)
        outputs = self._outgoing(result.outputs, key, arrival)
        if result.state is state:
            return Step(UNCHANGED, outputs)
        if result.state is None:
            return Step(None, outputs)
        return Step(encode_state(result.state, self.terms.retention), outputs)

    def _braked(
        self, state: ContentState | None, event: Event, result: LifecycleStep, arrival: Arrival
    ) -> Outcome | None:
        """What a machine's removal becomes where the brake holds it: a question to people; else None."""
        if not removes_alone(state, event, result) or not isinstance(event, Outcome):
            return None
        if is_canary(arrival.content):
            return None
        policies, surface = policies_of(event) or (UNKNOWN_POLICY,), event.surface or UNKNOWN_SURFACE
        live = self._live()
        why = self._brake.why_not(
            self.terms.brakes,
            policies,
            surface,
            place=arrival.opens,
            partition=arrival.partition,
            live=live,
            now=arrival.now,
            share=len(live) / self._partitions,
        )
        if not why:
            return None
        self._observer.braked(policies, surface)
        return replace(event, proposal=Proposal.REVIEW, recommendation=Decision.REMOVE, reason=why)

    def _outgoing(self, outputs: tuple[Output, ...], key: bytes, arrival: Arrival) -> list[Outgoing]:
        return [
            Outgoing(
                self._names[topic_of(output)],
                key,
                encode(output),
                headers_of(output, SOURCE, f"{arrival.opens}.{arrival.content}.{index}"),
                arrival.partition,
            )
            for index, output in enumerate(outputs)
            if not (isinstance(output, Notice) and is_canary(arrival.content))  # nobody wrote it
        ]

    def _arrival(self, record: Record, content_id: str) -> Arrival:
        from_content = record.topic == self._content
        place = f"{record.partition}-{record.offset}"
        if from_content:
            return Arrival(content_id, self._clock(), "c" + place, record.partition, record.offset)
        return Arrival(content_id, self._clock(), "o" + place, record.partition)

    def _checked_id(self, record: Record, content_id: str, *, known: bool) -> str:
        """The content id, once the record's key and partition agree with it.

        A key that has state here was checked when it got it.

        Raises:
            Misrouted: they do not.
        """
        key = content_id.encode()
        if record.key != key:
            raise Misrouted(f"The record's key is not its content id {content_id!r}: set the key to the id.")
        if not known and partition_of(key, self._partitions) != record.partition:
            raise Misrouted(
                f"The key {content_id!r} does not belong to partition {record.partition}: "
                "set the producer's partitioner to murmur2 (librdkafka: partitioner=murmur2_random)."
            )
        return content_id

    def _given_up(self, record: Record, state: bytes | None, error: Poison) -> Step:
        """Dead letter; and of an event whose key is beyond doubt, the content is hidden, with people.

        An outcome hides nothing: its case is still open, and comes before people by the clock.
        """
        refused = self._refuse(record, state, error)
        if record.topic != self._content:
            return refused
        key = record.key or b""
        content_id = key.decode(errors="replace")
        if not is_content_id(content_id) or partition_of(key, self._partitions) != record.partition:
            return refused
        event = UnreadableEvent(f"{type(error).__name__}: the event at {record.partition}/{record.offset}")
        hidden = self._stepped(state, event, self._arrival(record, content_id), key)
        return Step(hidden.state, [*refused.outputs, *hidden.outputs])

    def _refuse(self, record: Record, state: bytes | None, error: Poison) -> Step:
        """A dead letter; where anything may be restricted, of the record's place and not its bytes."""
        restricted = self.terms.restricted or (state is not None and decode_state(state).restricted)
        self._observer.refused(type(error).__name__.lower())
        place = (record.topic, record.partition, record.offset)
        letter = letter_for(
            "gate", place, (record.key, record.value), error, self._clock(), keep_bytes=not restricted
        )
        headers = headers_of(letter, SOURCE, "d." + letter.place)
        return Step(
            UNCHANGED,
            [Outgoing(self._dead_letters, letter.key or b"", encode(letter), headers, record.partition)],
        )

    def _observe_urgent(self, result: LifecycleStep) -> None:
        for output in result.outputs:
            if isinstance(output, ReviewTask) and output.urgent:
                self._observer.urgent(overdue=result.note == "overdue")

    def _observe(self, result: LifecycleStep, before: ContentState | None, arrival: Arrival) -> None:
        self._observer.stepped(result.note, _text_given(result))
        if result.note in _ASKS_URGENTLY:
            self._observe_urgent(result)
        if before is None or before.case is None or is_canary(arrival.content):
            return
        first = result.outputs[0] if result.outputs else None
        if isinstance(first, Verdict) and first.decision in (Decision.RELEASE, Decision.REMOVE):
            by = first.decided_by.value if first.decided_by is not None else "unknown"
            self._observer.decided(first.decision.value, by, (arrival.now - before.case.opened_at) / 1000)


_ASKS_URGENTLY = frozenset({"urgent", "overdue"})


def _text_given(result: LifecycleStep) -> int:
    """Bytes of the text that a step gave to machines: a case is handed out for the newest version only."""
    for output in result.outputs:
        if type(output) is Case:
            return result.state.size if result.state is not None else 0
    return 0
