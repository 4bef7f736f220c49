"""What a model is asked and what it answers, whichever engine runs it."""

from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Struct

from stream.core.content import ThreadItem
from stream.core.fields import Count, Name
from stream.core.policy import MAX_SEVERITY, Policy, PolicyResult
from stream.core.terms import Effort

__all__ = ["Answer", "Confidence", "Finding", "Judgement", "PolicyResult", "Question", "Stated", "Usage"]


class Stated(StrEnum):
    """How sure a model says that it is."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class Finding(Struct, frozen=True):
    """A clause that the content breaks (or that makes it safe), and the words that show it."""

    clause: str
    quote: str


class Confidence(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What speaks for an answer's being right, where the engine gives it. Recorded only: nothing rests on it.

    Attributes:
        stated: the model's own word.
        log_probability: natural logarithm of the label's probability, at most 0; after a chain of thought it
            saturates.
        agreement: the share of `repeats` further draws that gave the same label, 0 to 1.
        repeats: how many draws there were.
    """

    stated: Stated | None = None
    log_probability: Annotated[float, Meta(le=0)] | None = None
    agreement: Annotated[float, Meta(ge=0, le=1)] | None = None
    repeats: Count = 0


class Judgement(Struct, frozen=True, kw_only=True):
    """One policy's checked answer. `failures` names each check that it did not pass (then it is `failed`)."""

    policy: Name
    result: PolicyResult
    findings: tuple[Finding, ...] = ()
    severity: Annotated[int, Meta(ge=0, le=MAX_SEVERITY)] = 0
    rationale: str = ""
    remediation: str = ""
    failures: tuple[str, ...] = ()
    confidence: Confidence = Confidence()


class Question(Struct, frozen=True, kw_only=True):
    """One policy, or several in one prompt, asked about one version: target and the thread it answers, apart.

    Attributes:
        policies: one, or several that are answered together; each once.
        model: the model that the policy set wants at this effort; None is the engine's own.
        draw: 0 for the likeliest answer; n from 1 on for the nth drawn at random.
        priority: lower runs first in the engine; 0 for bulk, below 0 for priority work.
        local_only: whether the text must not leave the operator's own machines.
    """

    id: str
    policies: Annotated[tuple[Policy, ...], Meta(min_length=1)]
    text: str
    thread: tuple[ThreadItem, ...] = ()
    language: str | None = None
    effort: Effort = Effort.LOW
    model: Name | None = None
    draw: int = 0
    priority: int = 0
    local_only: bool = False


class Usage(Struct, frozen=True):
    """Tokens of one answer; `cached` of the prompt's came from the prefix cache."""

    prompt: Count = 0
    cached: Count = 0
    output: Count = 0


class Answer(Struct, frozen=True, kw_only=True):
    """An engine's raw answer.

    Attributes:
        final: the final channel's text, still unchecked.
        complete: False where the engine stopped for length or by an abort: then `final` must not be trusted.
        reasoning: the chain of thought (restricted).
        model: which one answered; None is the engine's own.
        log_probabilities: of the label, by policy id, where the engine gives them.
    """

    final: str
    complete: bool
    reasoning: str = ""
    usage: Usage = Usage()
    model: Name | None = None
    log_probabilities: dict[Name, float] = {}
