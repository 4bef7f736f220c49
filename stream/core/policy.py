"""Policies as a trust-and-safety team writes them, after loading: values only."""

from enum import StrEnum

from msgspec import Struct

MAX_SEVERITY = 4


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


class Action(StrEnum):
    """What follows from a broken clause. The first three release with the label of that name."""

    LIMITED_REACH = "limited_reach"
    INTERSTITIAL = "interstitial"
    AGE_GATE = "age_gate"
    REMOVE = "remove"
    REVIEW = "review"
    """Only people decide, whatever the model may do alone."""


class Clause(Struct, frozen=True):
    """One numbered rule. `violates` False marks a clause that makes content safe.

    `severities` is the ladder, ascending, 1 to 4; `actions` says from which severity on what follows.
    Both are empty for a clause that makes content safe.
    """

    id: str
    violates: bool
    text: str
    severities: tuple[int, ...] = ()
    actions: tuple[tuple[int, Action], ...] = ()

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

    Attributes:
        instructions: the section that opens the prompt.
        body: the sections between it and the examples, as written.
        examples: the boundary examples of the prompt, in groups that differ by little.
        languages: in which it has golden cases.
        notices: human-written texts for authors, by clause and language; never in a prompt.
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
    notices: dict[str, dict[str, str]] = {}

    @property
    def clause_ids(self) -> tuple[str, ...]:
        """The ids that a finding may cite."""
        return tuple(clause.id for clause in self.clauses)

    def clause(self, clause_id: str) -> Clause | None:
        """The clause of this id, or None."""
        return next((clause for clause in self.clauses if clause.id == clause_id), None)

    def reference(self, clause_id: str) -> str:
        """How events outside the prompt name a clause: `harassment/hr1.a`, the contract's lower-case Name."""
        return f"{self.id}/{clause_id.lower()}"
