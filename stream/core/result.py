"""The form of a model's answer: the JSON schema it is held to, and the same as a Struct.

Under one policy it is one result; under several in one prompt, an object with one result a policy.
"""

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

from stream.core.judgement import Stated
from stream.core.policy import MAX_SEVERITY, Policy

MAX_FINDINGS = 4
MAX_QUOTE = 600
MAX_RATIONALE = 1_200
MAX_REMEDIATION = 600

# Neither what JSON must escape nor what it refuses. The pattern binds no length: a grammar pays dearly for
# counting characters (see adapters/vllm/grammar.py), and one that counts tokens keeps well within maxLength.
_PLAIN = r'^[^"\\\x00-\x1f\x7f]*$'
_AT_THE_END = r"(?!\n)"

Quote = Annotated[str, Meta(pattern=_PLAIN + _AT_THE_END, max_length=MAX_QUOTE)]
Rationale = Annotated[str, Meta(pattern=_PLAIN + _AT_THE_END, max_length=MAX_RATIONALE)]
Remediation = Annotated[str, Meta(pattern=_PLAIN + _AT_THE_END, max_length=MAX_REMEDIATION)]


class ResultFinding(Struct, frozen=True, forbid_unknown_fields=True):
    """One clause and the words that show it, as the model writes them."""

    clause: str
    quote: Quote


class Result(Struct, frozen=True, forbid_unknown_fields=True):
    """A model's answer, parsed and within bounds, but not yet checked against policy and content."""

    label: Literal["safe", "violates", "needs_context"]
    findings: Annotated[tuple[ResultFinding, ...], Meta(max_length=MAX_FINDINGS)]
    severity: Annotated[int, Meta(ge=0, le=MAX_SEVERITY)]
    confidence: Stated
    rationale: Rationale
    remediation: Remediation


def answer_schema(policies: Sequence[Policy]) -> dict[str, Any]:
    """The JSON Schema of an answer under these policies; each one's clause ids are an enum.

    The label stands first, so that its log-probability can be read at one place. The schema does not tie
    the label to the findings: an answer that contradicts itself must stay visible to the checks.
    """
    if len(policies) == 1:
        return _result(policies[0])
    return _object(**{policy.id: _result(policy) for policy in policies})


def _result(policy: Policy) -> dict[str, Any]:
    finding = _object(
        clause={"type": "string", "enum": list(policy.clause_ids)},
        quote=_text(MAX_QUOTE),
    )
    return _object(
        label={"type": "string", "enum": ["safe", "violates", "needs_context"]},
        findings={"type": "array", "items": finding, "maxItems": MAX_FINDINGS},
        severity={"type": "integer", "enum": list(range(MAX_SEVERITY + 1))},
        confidence={"type": "string", "enum": [stated.value for stated in Stated]},
        rationale=_text(MAX_RATIONALE),
        remediation=_text(MAX_REMEDIATION),
    )


def _object(**properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _text(limit: int) -> dict[str, Any]:
    return {"type": "string", "pattern": _PLAIN, "maxLength": limit}
