"""An independent answer to one question: what may be visible? A fold of what happened, in its own words.

It knows nothing of effects, stages, records or outputs; it is written from the contract alone, and
the walk demands that a reader of the verdicts shows exactly what this says.
"""

from typing import Literal, NamedTuple

from stream.core.content import Appealed, AppealRole, Deleted, Edited, Published, Reported
from stream.core.lifecycle import Event
from stream.core.outcome import CaseRequested, Outcome, Proposal, StaffDecision
from stream.core.step import Tick, Unreadable
from stream.core.terms import DecidedBy, Decision, Effect, Effort

Text = tuple[int, str | None]
"""A version and its digest."""

Passed = Literal["nothing", "deadline", "deadline long ago", "retention"]
"""What the clock has passed: the due time of the case about the newest version, or the retention."""


class Lapse(NamedTuple):
    """What a set lets time decide about a hold; `guarded`: it has a policy for few people's eyes."""

    what: str = "hold"
    guarded: bool = False


REPORTERS = 16
"""So many distinct reporters are told apart; later ones count each time."""


class Question(NamedTuple):
    """What is being asked about the newest version."""

    kind: str
    heavy: bool
    with_people: bool = False
    people_only: bool = False
    urgent: bool = False
    to_remove: bool = False


class Fold(NamedTuple):
    """What has happened to one post, as far as visibility goes.

    `fate` is one of unseen, asked, shown, removed, deleted; of forgotten content it is unseen. `seen`
    says that the newest version was seen published, so that its text can be found.
    """

    newest: Text = (0, None)
    seen: bool = False
    fate: str = "unseen"
    visible: Text | None = None
    question: Question | None = None
    people: frozenset[str] = frozenset()
    reporters: tuple[str, ...] = ()
    reports: int = 0
    final: bool = False

    def after(self, event: Event, newest_case: str, passed: Passed, lapse: Lapse = Lapse()) -> "Fold":  # noqa: B008
        """The fold after one event.

        Args:
            event: what happened.
            newest_case: the id of the case about the newest version; outcomes of others say nothing.
            passed: what the clock has passed, for a tick.
            lapse: what time decides then.
        """
        match event:
            case Published() | Edited():
                after = self._posted((event.version, event.digest))
            case Deleted():
                after = self._deleted(event.version)
            case Reported():
                after = self._learned(event.version, event.digest)._reported(event)
            case Appealed():
                after = self._learned(event.version, event.digest)._appealed(event)
            case Unreadable():
                after = self._doubted()
            case StaffDecision():
                after = self._ordered(event)
            case CaseRequested():
                after = self._requested(event)
            case Outcome():
                after = self._answered(event) if event.case == newest_case else self
            case Tick():
                after = self._later(passed, lapse)
        return after

    def _deleted(self, version: int) -> "Fold":
        known = 0 if self.fate == "unseen" else self.newest[0]
        return Fold((max(version, known), None), fate="deleted")

    def _posted(self, text: Text) -> "Fold":
        version, newest = text[0], self.newest[0]
        if self.fate != "unseen":
            removed_whole = self.fate == "removed" and self.newest[1] is None
            same = version == newest and (text == self.newest or removed_whole or self.fate == "deleted")
            if version < newest or same:
                return self
        return Fold(text, seen=True, fate="asked", question=Question("post", heavy=False))

    def _learned(self, version: int, digest: str | None) -> "Fold":
        """Of what is forgotten, what somebody names is the newest unless a higher version was named."""
        if self.fate != "unseen" or version < self.newest[0]:
            return self
        if self.newest == (0, None) or version > self.newest[0] or self._contradicts(digest):
            return Fold((version, digest), visible=self.visible)
        return self._replace(newest=(version, digest or self.newest[1]))

    def _contradicts(self, digest: str | None) -> bool:
        return digest is not None and self.newest[1] is not None and digest != self.newest[1]

    def _concerns(self, version: int, digest: str | None) -> bool:
        return self.fate != "deleted" and version == self.newest[0] and not self._contradicts(digest)

    def _reported(self, event: Reported) -> "Fold":
        about = self._concerns(event.version, event.digest) and self.fate != "removed"
        if not about or event.reporter in self.reporters:
            return self
        known = (*self.reporters, event.reporter)[:REPORTERS]
        new = self._replace(reporters=known, reports=self.reports + 1)
        if self.question is None:
            asks = new.reports.bit_count() == 1
            return new._replace(question=self._watch("report")) if asks else new
        if self.question.heavy:
            return new
        return new._replace(question=self.question._replace(kind="report", heavy=True))

    def _appealed(self, event: Appealed) -> "Fold":
        by_reporter = event.role is AppealRole.REPORTER
        idle = self.final or (by_reporter and self.fate == "removed")
        if not self._concerns(event.version, event.digest) or idle:
            return self
        kind = "report" if by_reporter and self.fate == "unseen" else "appeal"
        if self.question is None:
            return self._replace(question=self._watch(kind))
        if self.question.kind in ("appeal", kind):
            return self
        return self._replace(question=self.question._replace(kind=kind, heavy=True, people_only=True))

    def _requested(self, event: CaseRequested) -> "Fold":
        """A request about anything but the text that is known to be the newest asks nothing."""
        known = self.fate not in ("unseen", "deleted") and self.newest[0] > 0
        if not known or (event.version, event.digest) != self.newest:
            return self
        heavy = event.effort is Effort.HIGH
        if self.question is None:
            lost = not self.seen
            question = Question("request", heavy, with_people=lost, people_only=lost)
        else:
            more = event.effort is not Effort.LOW and not self.question.heavy
            kind = "request" if more and self.question.kind == "post" else self.question.kind
            question = self.question._replace(kind=kind, heavy=self.question.heavy or heavy)
        if event.effect is Effect.WATCH or self.fate == "asked":
            return self._replace(question=question)
        return self._replace(fate="asked", visible=None, question=question, final=False)

    def _watch(self, kind: str) -> Question:
        """A question about what was not seen published goes to people at once."""
        lost = not self.seen
        return Question(kind, heavy=True, with_people=lost, people_only=lost or kind == "appeal")

    def _doubted(self) -> "Fold":
        if self.fate == "deleted" or (self.question is not None and self.question.kind == "unreadable"):
            return self
        appeal = self.question is not None and self.question.kind == "appeal"
        urgent = self.question is not None and self.question.urgent
        kind = "appeal" if appeal else "unreadable"
        question = Question(kind, heavy=True, with_people=True, people_only=True, urgent=urgent)
        return self._replace(fate="asked", visible=None, question=question, final=False)

    def _ordered(self, order: StaffDecision) -> "Fold":
        kept = self
        if self.fate == "unseen" or self.newest[0] == 0:
            if self.fate == "unseen" and (order.version != self.newest[0] or self._contradicts(order.digest)):
                kept = Fold()
            named = order.digest
        elif self._concerns(order.version, order.digest):
            named = order.digest or self.newest[1]
        else:
            return self
        if order.proposal is Proposal.RELEASE and named is None:
            return self
        kept = kept._replace(newest=(order.version, named or kept.newest[1]))
        decided = kept._decided(order.proposal, order.by)
        if kept.question is not None and kept.question.kind == "appeal" and order.by in kept.people:
            return decided._replace(question=kept.question, final=self.final and decided.fate == self.fate)
        return decided

    def _answered(self, outcome: Outcome) -> "Fold":
        question = self.question
        if question is None or outcome.version != self.newest[0]:
            return self
        by_person = outcome.decided_by is DecidedBy.REVIEWER
        return self._reviewed(outcome, question) if by_person else self._judged(outcome, question)

    def _judged(self, outcome: Outcome, question: Question) -> "Fold":
        asks = outcome.proposal is Proposal.REVIEW
        light = question.heavy and outcome.effort is not Effort.HIGH
        unfit = not asks and (light or outcome.decided_by is DecidedBy.TIMEOUT)
        hastens = outcome.urgent and not question.urgent
        if not hastens and (unfit or (question.people_only and question.with_people)):
            return self
        overturns = bool(self.people) and self.fate != _FATES.get(outcome.proposal)
        if asks or overturns or question.people_only or outcome.urgent:
            urgent = question.urgent or outcome.urgent
            to_remove = Decision.REMOVE in (outcome.recommendation, _DECISIONS.get(outcome.proposal))
            asked = question._replace(with_people=True, people_only=True, urgent=urgent, to_remove=to_remove)
            return self._replace(question=asked)
        return self._replace(question=None) if self.people else self._decided(outcome.proposal, None)

    def _reviewed(self, outcome: Outcome, question: Question) -> "Fold":
        if outcome.by is None or (question.kind == "appeal" and outcome.by in self.people):
            return self
        if outcome.proposal is Proposal.RELEASE:
            if self.fate == "unseen" and question.kind == "report":
                return self._replace(question=None)
            if self.newest[1] is None:
                return self
        return self._decided(outcome.proposal, outcome.by)

    def _decided(self, proposal: Proposal, by: str | None) -> "Fold":
        fate = _FATES[proposal]
        upheld = self.question is not None and self.question.kind == "appeal" and self.fate == fate
        return self._replace(
            fate=fate,
            visible=self.newest if fate == "shown" else None,
            question=None,
            people=self.people | ({by} if by is not None else set()),
            final=upheld or (self.final and self.fate == fate),
        )

    def _later(self, passed: Passed, lapse: Lapse) -> "Fold":
        if passed == "retention":
            return Fold(visible=self.visible)
        if passed == "nothing" or self.question is None:
            return self
        if passed == "deadline" and (proposal := self._timed_out(self.question, lapse)) is not None:
            return self._decided(proposal, None)
        return self._replace(question=self.question._replace(with_people=True))

    def _timed_out(self, question: Question, lapse: Lapse) -> Proposal | None:
        """Time may remove what a machine would remove, and show what none spoke of, of a mere new version."""
        plain = question.kind == "post" and question.with_people and not (question.urgent or self.reports)
        if not plain or self.fate != "asked":
            return None
        if lapse.what == "release":
            return None if question.people_only or lapse.guarded else Proposal.RELEASE
        if lapse.what == "remove":
            return Proposal.REMOVE if question.to_remove else None
        return None


_DECISIONS = {Proposal.REMOVE: Decision.REMOVE}
_FATES = {Proposal.RELEASE: "shown", Proposal.REMOVE: "removed"}
