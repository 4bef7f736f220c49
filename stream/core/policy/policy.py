"""Policies as a trust-and-safety team writes them, after loading: values only."""

from enum import StrEnum

from msgspec import Struct

from stream.core.policy.reason import Reason

MAX_SEVERITY = 4
MAX_STRIKE = 10


class PolicyResult(StrEnum):
    """One policy's answer about one version. `failed` means that no answer could be trusted."""

    SAFE = "safe"
    VIOLATES = "violates"
    NEEDS_CONTEXT = "needs_context"
    FAILED = "failed"


class Autonomy(StrEnum):
    """What the model may do alone under one policy, each step with the ones before it.

    shadow: nothing; its judgements are recorded and never count.
    recommend: release. Every restriction goes to people as a recommendation.
    remove: also remove.
    full: also release with a label, the finest distinction it makes.
    """

    SHADOW = "shadow"
    RECOMMEND = "recommend"
    REMOVE = "remove"
    FULL = "full"

    @property
    def rank(self) -> int:
        """0 for shadow to 3 for full, for comparison."""
        return list(Autonomy).index(self)


class Action(StrEnum):
    """What follows from a broken clause. Those before `remove` release with the label of that name."""

    SUPPORT = "support"
    """The author may be in need: help is offered, and nothing is held against them."""
    LIMITED_REACH = "limited_reach"
    INTERSTITIAL = "interstitial"
    AGE_GATE = "age_gate"
    REGION = "region"
    """Hidden in the clause's territory alone."""
    REMOVE = "remove"
    REVIEW = "review"
    """Only people decide, whatever the model may do alone."""


class Clause(Struct, frozen=True):
    """One numbered rule. `violates` False marks a clause that makes content safe.

    Attributes:
        severities: the ladder, ascending, 1 to 4.
        actions: from which severity on what follows.
        reason: what a restriction rests on.
        strike: how much a break counts against its author, 0 to 10.
        label_days: after how many days its labels end; None is never.
        urgent: whether a break may mean danger to a life, so that people are asked at once.

    A clause that makes content safe has no ladder, no actions and no reason.
    """

    id: str
    violates: bool
    text: str
    severities: tuple[int, ...] = ()
    actions: tuple[tuple[int, Action], ...] = ()
    reason: Reason | None = None
    strike: int = 0
    label_days: int | None = None
    urgent: bool = False

    def action_at(self, severity: int) -> Action:
        """The action at this severity; below the first step, the first step's.

        Raises:
            IndexError: for a clause that makes content safe.
        """
        reached = [action for start, action in self.actions if start <= severity]
        return reached[-1] if reached else self.actions[0][1]


class Example(Struct, frozen=True):
    """A labelled text. `clause` is None for an ordinary text that no clause speaks about."""

    text: str
    result: PolicyResult
    clause: str | None = None
    severity: int = 0
    because: str = ""


class Policy(Struct, frozen=True):
    """One loaded policy. `digest` names its whole text: sha256 of the bytes of `policy.md`.

    Where it extends another policy, its digest is made of its own file's and of the parent's digest.

    Attributes:
        instructions: the section that opens the prompt.
        body: the sections between it and the examples, as written.
        examples: the boundary examples of the prompt, in groups that differ by little.
        languages: in which it has golden cases.
        autonomy: the most that a set may let the model do alone.
        high_impact: its content is judged at high effort.
        restricted: its content is shown to few people, is never kept or learned from, and is judged by a
            local model alone. It has no examples.
        local_only: only a local model may judge under it.
        never_clear: triage may never release without asking it.
        reviewers: notes for people who review; never in a prompt.
        notices: human-written texts for authors, by clause and language; never in a prompt.
        own: sha256 of its own file, where it extends another policy; else empty.
        extends: its parents as `id@version`, the nearest first; all that they say is in the fields above.
    """

    id: str
    version: str
    title: str
    digest: str
    instructions: str
    body: str
    clauses: tuple[Clause, ...]
    examples: tuple[tuple[Example, ...], ...]
    languages: tuple[str, ...] = ()
    autonomy: Autonomy = Autonomy.FULL
    high_impact: bool = False
    restricted: bool = False
    local_only: bool = False
    never_clear: bool = False
    reviewers: str = ""
    notices: dict[str, dict[str, str]] = {}
    own: str = ""
    extends: tuple[str, ...] = ()

    @property
    def clause_ids(self) -> tuple[str, ...]:
        """The ids that a finding may cite."""
        return tuple(clause.id for clause in self.clauses)

    @property
    def needs_local(self) -> bool:
        """Whether only a local model may judge under it."""
        return self.restricted or self.local_only

    @property
    def parent(self) -> str | None:
        """The id of the policy that it extends, if it extends one."""
        return self.extends[0].partition("@")[0] if self.extends else None

    def clause(self, clause_id: str) -> Clause | None:
        """The clause of this id, or None."""
        return next((clause for clause in self.clauses if clause.id == clause_id), None)

    def reference(self, clause_id: str) -> str:
        """How events outside the prompt name a clause: `harassment/hr1.a`, the contract's lower-case Name."""
        return f"{self.id}/{clause_id.lower()}"
