"""Policies as a trust-and-safety team writes them, after loading: values only."""

from enum import StrEnum

from msgspec import Struct

from stream.core.terms import Decision


class Autonomy(StrEnum):
    """What the model may do alone under one policy: nothing visible, recommend, remove, or all of it."""

    SHADOW = "shadow"
    RECOMMEND = "recommend"
    REMOVE = "remove"
    FULL = "full"


class Clause(Struct, frozen=True):
    """One numbered rule. `violates` False marks a clause that makes content safe."""

    id: str
    violates: bool
    text: str
    action: Decision | None = None


class Example(Struct, frozen=True):
    """A boundary example that stands in the prompt: a text, its label and the clause it shows."""

    text: str
    violates: bool
    clause: str
    severity: int
    because: str


class Policy(Struct, frozen=True):
    """One loaded policy. `digest` names its whole text: sha256 of the file's bytes."""

    id: str
    version: str
    title: str
    digest: str
    body: str
    clauses: tuple[Clause, ...]
    examples: tuple[Example, ...]
    languages: tuple[str, ...] = ()

    @property
    def clause_ids(self) -> tuple[str, ...]:
        """The ids that a finding may cite."""
        return tuple(clause.id for clause in self.clauses)
