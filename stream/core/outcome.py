"""Outcomes: what triage, the judge, people and commands propose to the gate."""

from enum import StrEnum

from msgspec import Struct

from stream.core.fields import (
    CaseId,
    Clauses,
    ContentId,
    Digest,
    KnownVersion,
    Millis,
    Name,
    Note,
    Policies,
    Pseudonym,
    Statement,
    Version,
)
from stream.core.terms import DecidedBy, Decision, Effect, Effort, Labels


class Proposal(StrEnum):
    """What an outcome asks for. `review` hands the case to people."""

    RELEASE = "release"
    REMOVE = "remove"
    REVIEW = "review"

    @property
    def decision(self) -> Decision:
        """The decision that this proposal becomes when it applies.

        Raises:
            KeyError: for `review`, which decides nothing.
        """
        return _DECISIONS[self]


_DECISIONS = {Proposal.RELEASE: Decision.RELEASE, Proposal.REMOVE: Decision.REMOVE}


class Outcome(Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="type", tag="outcome.v1"):
    """An answer to one open case. It applies only while that case is open; the first one closes it.

    Attributes:
        surface: where the content was posted, for what is limited by surface.
        policies: those that were asked.
        urgent: a life may be in danger: people are asked at once, on a deadline of their own.
        restricted: it is, or may be, content that few people may see: its review goes to them alone.
        notices: human-written texts for the author, by clause and language; never the model's words.
        removable: of a review: nothing but its grant kept a machine from removing. It had no doubt, no policy
            failed, and no calibration had lapsed; so a set may let time do it.
    """

    id: ContentId
    case: CaseId
    version: KnownVersion
    proposal: Proposal
    decided_by: DecidedBy
    at: Millis
    by: Pseudonym | None = None
    labels: Labels = ()
    recommendation: Decision | None = None
    policy_set: Digest | None = None
    model: Name | None = None
    effort: Effort | None = None
    clauses: Clauses = ()
    reason: Note = ""
    surface: Name | None = None
    policies: Policies = ()
    urgent: bool = False
    restricted: bool = False
    notices: dict[str, Statement] = {}
    removable: bool = False


class StaffDecision(
    Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="type", tag="outcome.staff.v1"
):
    """Staff take down a live post or restore a removed one at once, naming version and reason.

    `policy_set` is the one whose clauses and notices it names; `notices` as in `Outcome`. `bulk`: it is
    one of many that nobody looked at one by one, and gives way to whatever a person decided, or is to decide.
    """

    id: ContentId
    version: Version
    proposal: Proposal
    by: Pseudonym
    reason: Note
    at: Millis
    digest: Digest | None = None
    labels: Labels = ()
    clauses: Clauses = ()
    policy_set: Digest | None = None
    ticket: Note = ""
    notices: dict[str, Statement] = {}
    bulk: bool = False


class Requester(StrEnum):
    """Who wants a version judged again."""

    STAFF = "staff"
    RECHECK = "recheck"


class CaseRequested(
    Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="type", tag="outcome.case-requested.v1"
):
    """The newest version is to be judged again: by staff's wish, or because of new doubts (`recheck`).

    It joins a case that is open. A version that is not the newest, or another text, is none to judge.

    Attributes:
        effect: whether the content is hidden meanwhile.
        effort: the least that may answer.
    """

    id: ContentId
    version: Version
    digest: Digest
    effect: Effect
    by: Pseudonym
    reason: Note
    at: Millis
    origin: Requester = Requester.RECHECK
    effort: Effort = Effort.HIGH
    ticket: Note = ""


OutcomeEvent = Outcome | StaffDecision | CaseRequested
