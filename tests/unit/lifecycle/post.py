"""One post and what happens to it, in short words, for the directed tests."""

from typing import TypeVar

from stream.core.content import Appealed, AppealRole, Deleted, Edited, Published, Reported
from stream.core.emission import open_case
from stream.core.lifecycle import Event, step
from stream.core.outcome import Outcome, Proposal, StaffDecision
from stream.core.reader import shows
from stream.core.state import ContentState, OpenCase, decode_state, encode_state
from stream.core.step import Arrival, Output, Terms, Tick, Unreadable
from stream.core.terms import DecidedBy, Effort, Label
from stream.core.verdict import Verdict

Kind = TypeVar("Kind")
Outputs = tuple[Output, ...]

RELEASE, REMOVE, REVIEW = Proposal.RELEASE, Proposal.REMOVE, Proposal.REVIEW


def text_of(version: int, text: str = "") -> Published:
    """The publication of a version; tests that need two texts of one version name the other."""
    return Published(id="p1", version=version, at=1, text=text or f"text {version}")


def only(kind: type[Kind], outputs: Outputs) -> list[Kind]:
    """The outputs of one kind, in order."""
    return [output for output in outputs if isinstance(output, kind)]


class Post:
    """The gate's state of post `p1`, through its bytes after every step, and the last verdict."""

    def __init__(self, terms: Terms | None = None) -> None:
        self.terms = terms or Terms()
        self.now = 1_000_000_000_000
        self.state: ContentState | None = None
        self.verdict: Verdict | None = None
        self.note = ""
        self._events = 0

    @property
    def known(self) -> ContentState:
        """The state, where there is one."""
        assert self.state is not None
        return self.state

    @property
    def case(self) -> OpenCase:
        """The open case of the newest version."""
        return open_case(self.known)

    def is_shown(self, version: int, text: str = "") -> bool:
        """Whether a reader who has heard everything shows this version."""
        return shows(self.verdict, version, text_of(version, text).digest)

    def happens(self, event: Event) -> Outputs:
        """Any event."""
        self._events += 1
        posted = isinstance(event, Published | Edited)
        arrival = Arrival("p1", self.now, f"c3-{self._events}", 3, self._events if posted else -1)
        result = step(self.state, event, arrival, self.terms)
        retention = self.terms.retention
        self.state = result.state and decode_state(encode_state(result.state, retention))
        for verdict in only(Verdict, result.outputs):
            self.verdict = verdict
        self.note = result.note
        return result.outputs

    def publish(self, version: int = 1, text: str = "") -> Outputs:
        return self.happens(text_of(version, text))

    def edit(self, version: int, text: str = "") -> Outputs:
        return self.happens(Edited(id="p1", version=version, at=1, text=text_of(version, text).text))

    def delete(self, version: int = 1) -> Outputs:
        return self.happens(Deleted(id="p1", version=version, at=1))

    def report(self, by: str = "u1", version: int = 1, digest: str | None = None) -> Outputs:
        return self.happens(
            Reported(id="p1", version=version, at=1, reporter=by, reason="spam", digest=digest)
        )

    def appeal(
        self, version: int = 1, role: AppealRole = AppealRole.AUTHOR, digest: str | None = None
    ) -> Outputs:
        return self.happens(Appealed(id="p1", version=version, at=1, appellant="w", role=role, digest=digest))

    def unreadable(self) -> Outputs:
        return self.happens(Unreadable("Unreadable: the event at 3/7"))

    def staff(
        self, proposal: Proposal, by: str = "ann", version: int = 1, digest: str | None = None
    ) -> Outputs:
        return self.happens(
            StaffDecision(
                id="p1", version=version, proposal=proposal, by=by, reason="ticket 7", at=1, digest=digest
            )
        )

    def model(
        self, proposal: Proposal, effort: Effort | None = Effort.HIGH, labels: tuple[Label, ...] = ()
    ) -> Outputs:
        """The model's answer to the open case."""
        return self.happens(
            Outcome(
                id="p1",
                case=self.case.id,
                version=self.known.version,
                proposal=proposal,
                decided_by=DecidedBy.MODEL,
                effort=effort,
                labels=labels,
                at=1,
            )
        )

    def reviewer(self, proposal: Proposal, by: str | None = "rob", case: str = "") -> Outputs:
        """A reviewer's answer to the open case, or to the one named."""
        version = self.known.version
        for older in self.known.older:
            version = older.version if older.case.id == case else version
        return self.happens(
            Outcome(
                id="p1",
                case=case or self.case.id,
                version=version,
                proposal=proposal,
                decided_by=DecidedBy.REVIEWER,
                by=by,
                at=1,
            )
        )

    def passes(self, millis: int) -> Outputs:
        """Time passes, then the gate's clock looks once."""
        self.now += millis
        return self.happens(Tick())


def released(text: str = "") -> Post:
    """A post whose version 1 the model released."""
    post = Post()
    post.publish(1, text)
    post.model(RELEASE)
    return post


def forgotten(proposal: Proposal = RELEASE) -> Post:
    """A post whose version 1 was decided long ago."""
    post = Post()
    post.publish()
    post.model(proposal)
    post.passes(post.terms.retention)
    assert post.state is None
    return post
