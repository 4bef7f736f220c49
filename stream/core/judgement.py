"""What a model is asked and what it answers, whichever engine runs it."""

from typing import Annotated

from msgspec import Meta, Struct

from stream.core.content import ThreadItem
from stream.core.fields import Count, Name
from stream.core.policy import MAX_SEVERITY, Policy, PolicyResult
from stream.core.terms import Effort

__all__ = ["Answer", "Finding", "Judgement", "PolicyResult", "Question", "Usage"]


class Finding(Struct, frozen=True):
    """A clause that the content breaks (or that makes it safe), and the words that show it."""

    clause: str
    quote: str


class Judgement(Struct, frozen=True, kw_only=True):
    """One policy's checked answer. `failures` names each check that it did not pass (then it is `failed`)."""

    policy: Name
    result: PolicyResult
    findings: tuple[Finding, ...] = ()
    severity: Annotated[int, Meta(ge=0, le=MAX_SEVERITY)] = 0
    rationale: str = ""
    remediation: str = ""
    failures: tuple[str, ...] = ()


class Question(Struct, frozen=True, kw_only=True):
    """One policy asked about one version: the target's text and the thread it answers, apart."""

    id: str
    policy: Policy
    text: str
    thread: tuple[ThreadItem, ...] = ()
    language: str | None = None
    effort: Effort = Effort.LOW
    priority: int = 0
    """Lower runs first in the engine; 0 for bulk, below 0 for priority work."""


class Usage(Struct, frozen=True):
    """Tokens of one answer; `cached` of the prompt's came from the prefix cache."""

    prompt: Count = 0
    cached: Count = 0
    output: Count = 0


class Answer(Struct, frozen=True, kw_only=True):
    """An engine's raw answer: the final channel's text, still unchecked, and its reasoning (restricted)."""

    final: str
    complete: bool
    """False where the engine stopped for length or by an abort: then `final` must not be trusted."""
    reasoning: str = ""
    usage: Usage = Usage()
