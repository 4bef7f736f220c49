"""A model's answer, checked. Total: whatever an engine returns becomes judgements, never an error. Pure.

An answer counts only if it passes every check; one that fails any is `failed`, with the failures' names:

    incomplete               the engine stopped for length, or by an abort
    refused                  the model does not want to answer
    repeats_itself           a text is caught in a loop
    not_json                 the final text is no JSON
    not_in_schema            JSON of another form, or beyond its bounds
    unknown_clause           a finding cites a clause that this policy does not have
    quote_not_in_content     a quote does not stand in the target
    quote_missing            a broken clause is cited without words that show it
    violates_without_clause  the label says violates, no finding cites a clause that is broken
    safe_with_violation      the label says safe, a finding cites a broken clause or the severity is above 0
    severity_off_ladder      no cited clause knows this severity
    rationale_cites_other    the rationale names a clause that no finding cites
    reasoning_contradicts    the chain of thought plainly concludes something else than the label

Policies that are asked together share what concerns the whole text; each fails its other checks alone.
"""

from collections.abc import Iterator, Sequence

import msgspec

from stream.core.checks.conclusion import conclusion
from stream.core.checks.quotes import folded, stands_in
from stream.core.checks.wording import loops, refuses, uncited
from stream.core.judgement import Answer, Confidence, Finding, Judgement, Question
from stream.core.policy import Clause, Policy, PolicyResult
from stream.core.result import Result

_alone = msgspec.json.Decoder(Result)
_object = msgspec.json.Decoder(dict[str, msgspec.Raw])


def check(answer: Answer, question: Question) -> tuple[Judgement, ...]:
    """Judge whether an answer may be trusted, as far as form, citations and its own reasoning go.

    Returns:
        for each of the question's policies, in order, a Judgement with the answer's result, or one that is
        `failed` and names each failed check.
    """
    policies = question.policies
    if failures := tuple(_failures_of_all(answer)):
        return tuple(_failed(policy.id, failures) for policy in policies)
    try:
        texts = [answer.final.encode()] if len(policies) == 1 else _parts(answer.final, policies)
    except msgspec.ValidationError:
        return tuple(_failed(policy.id, ("not_in_schema",)) for policy in policies)
    except (msgspec.DecodeError, RecursionError, UnicodeError):
        return tuple(_failed(policy.id, ("not_json",)) for policy in policies)
    content = folded(question.text)
    return tuple(
        _judged(policy, text, answer, question, content) for policy, text in zip(policies, texts, strict=True)
    )


def _failures_of_all(answer: Answer) -> Iterator[str]:
    if not answer.complete:
        yield "incomplete"
    if refuses(answer.final):
        yield "refused"
    if loops(answer.final) or loops(answer.reasoning):
        yield "repeats_itself"


def _parts(final: str, policies: Sequence[Policy]) -> list[bytes]:
    """Take an answer for several policies apart; a part that is missing is an empty text.

    Raises:
        msgspec.ValidationError: it is no object, or answers for a policy that was not asked.
        msgspec.DecodeError: no JSON.
    """
    parts = _object.decode(final.encode())
    if parts.keys() - {policy.id for policy in policies}:
        raise msgspec.ValidationError("an answer for another policy")
    return [bytes(parts.get(policy.id, b"")) for policy in policies]


def _judged(policy: Policy, text: bytes, answer: Answer, question: Question, content: str) -> Judgement:
    try:
        result = _alone.decode(text)
    except msgspec.ValidationError:
        return _failed(policy.id, ("not_in_schema",))
    except (msgspec.DecodeError, RecursionError, UnicodeError):
        return _failed(policy.id, ("not_json",))
    failures = (
        *_citation_failures(result, policy, content),
        *_label_failures(result, policy),
        *_wording_failures(result, policy),
        *_reasoning_failures(result, policy, answer, question),
    )
    if failures:
        cited = dict.fromkeys(clause.id for clause in _cited(result, policy))
        return _failed(policy.id, tuple(dict.fromkeys(failures)), tuple(cited))
    return Judgement(
        policy=policy.id,
        result=PolicyResult(result.label),
        findings=tuple(Finding(finding.clause, finding.quote) for finding in result.findings),
        severity=result.severity,
        rationale=result.rationale,
        remediation=result.remediation,
        confidence=Confidence(
            stated=result.confidence, log_probability=answer.log_probabilities.get(policy.id)
        ),
    )


def _failed(policy: str, failures: tuple[str, ...], cited: tuple[str, ...] = ()) -> Judgement:
    """What may not be trusted; the clauses that it named stay, without words: a life may hang on one."""
    findings = tuple(Finding(clause, "") for clause in cited)
    return Judgement(policy=policy, result=PolicyResult.FAILED, findings=findings, failures=failures)


def _citation_failures(result: Result, policy: Policy, content: str) -> Iterator[str]:
    for finding in result.findings:
        clause = policy.clause(finding.clause)
        quote = folded(finding.quote)
        if clause is None:
            yield "unknown_clause"
        elif clause.violates and not quote and result.label == "violates":
            yield "quote_missing"
        if not stands_in(quote, content):
            yield "quote_not_in_content"


def _label_failures(result: Result, policy: Policy) -> Iterator[str]:
    broken = [clause for clause in _cited(result, policy) if clause.violates]
    if result.label == "violates" and not broken:
        yield "violates_without_clause"
    elif result.label == "violates" and not any(result.severity in one.severities for one in broken):
        yield "severity_off_ladder"
    if result.label == "safe" and (broken or result.severity):
        yield "safe_with_violation"


def _wording_failures(result: Result, policy: Policy) -> Iterator[str]:
    if refuses(result.rationale):
        yield "refused"
    if loops(result.rationale) or loops(result.remediation):
        yield "repeats_itself"
    if any(uncited(result.rationale, policy, {finding.clause for finding in result.findings})):
        yield "rationale_cites_other"


def _reasoning_failures(result: Result, policy: Policy, answer: Answer, question: Question) -> Iterator[str]:
    concluded = conclusion(answer.reasoning, policy, question.policies)
    if concluded is not None and concluded != result.label:
        yield "reasoning_contradicts"


def _cited(result: Result, policy: Policy) -> Iterator[Clause]:
    for finding in result.findings:
        if clause := policy.clause(finding.clause):
            yield clause
