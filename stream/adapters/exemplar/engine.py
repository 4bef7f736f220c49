"""The port `Engine` on examples: deterministic, without a model, for demo and tests."""

import logging
import re
from collections.abc import Callable, Sequence

import msgspec

from stream.adapters.exemplar.resemblance import Opinion, Resemblance
from stream.core.checks import check
from stream.core.errors import Escalate, Misconfigured, PolicyInvalid
from stream.core.judgement import Answer, Question, Stated
from stream.core.policy import Example, Policy, PolicyResult
from stream.core.policy.golden import Figures, GoldenCase, score
from stream.core.result import MAX_QUOTE

logger = logging.getLogger(__name__)

_BREAK = re.compile(r"(?<=[.!?])\s+|[\x00-\x1f\x7f]+")
_UNQUOTABLE = {ord('"'): None, ord("\\"): None}


class Exemplar:
    """Answers in the model's form, from the examples of the prompt and those beside the policy.

    It reads the target only, never the thread; what resembles neither side enough needs context, so people
    decide; so does all that a restricted policy asks about, for it has no examples. It knows phrases, not
    meaning: `measure` says how good that is.

    Args:
        more: gives a policy's examples beyond its prompt (`PolicyFolder.exemplars`).
        allow: whether it may serve; only demo and tests should say so unasked.
    """

    def __init__(self, more: Callable[[Policy], Sequence[Example]], *, allow: bool = False) -> None:
        """Keep the settings; nothing is fitted before the first question."""
        self._more = more
        self._allow = allow
        self._fitted: dict[str, tuple[str, Resemblance]] = {}

    @property
    def model(self) -> str:
        """The name that verdicts carry."""
        return "exemplar"

    @property
    def local(self) -> bool:
        """It asks nobody."""
        return True

    async def start(self) -> None:
        """Nothing to load.

        Raises:
            Misconfigured: it was not allowed to serve.
        """
        if not self._allow:
            raise Misconfigured(
                "The engine `exemplar` compares posts with a few examples and is no moderation: it serves"
                " demo and tests only. Set `judge.engine` to `vllm`, or `judge.exemplar.serve` to insist."
            )

    async def ask(self, question: Question) -> Answer:
        """Answer one question, in well under a second; the first one of a policy's text fits its examples.

        Raises:
            Escalate: the examples beside the policy were edited into something that cannot be read.
        """
        results = {policy.id: self._answer(policy, question.text) for policy in question.policies}
        answer = results if len(results) > 1 else results[question.policies[0].id]
        return Answer(final=msgspec.json.encode(answer).decode(), complete=True)

    async def stop(self) -> None:
        """Nothing to free."""

    async def measure(self, policy: Policy, cases: Sequence[GoldenCase]) -> Figures:
        """Answer a policy's golden cases, checked as in service, and count how many are right."""
        results = []
        for case in cases:
            question = Question(id=case.id, policies=(policy,), text=case.text, language=case.language)
            results.append(check(await self.ask(question), question)[0].result)
        return score(cases, results)

    def _answer(self, policy: Policy, text: str) -> dict[str, object]:
        if policy.restricted:
            return _form(PolicyResult.NEEDS_CONTEXT, "A restricted policy has no examples to compare with.")
        resemblance = self._resemblance(policy)
        return _result(text, resemblance.opinion(text), resemblance)

    def _resemblance(self, policy: Policy) -> Resemblance:
        digest, fitted = self._fitted.get(policy.id, ("", None))
        if fitted is None or digest != policy.digest:
            examples = [example for group in policy.examples for example in group]
            fitted = Resemblance([*examples, *self._beside(policy)])
            self._fitted[policy.id] = (policy.digest, fitted)
        return fitted

    def _beside(self, policy: Policy) -> Sequence[Example]:
        try:
            return self._more(policy)
        except PolicyInvalid as error:  # a running judge outlives an edit; people decide until it is mended
            logger.warning("%s", error)
            raise Escalate(str(error)) from error


def _result(text: str, opinion: Opinion, resemblance: Resemblance) -> dict[str, object]:
    """The answer in the form that a model is held to."""
    label, example, bounds = opinion.result, opinion.nearest, resemblance.bounds
    quote = _quote(text, example, resemblance) if label is PolicyResult.VIOLATES else ""
    if label is PolicyResult.VIOLATES and not quote:
        label = PolicyResult.NEEDS_CONTEXT
    rationale = (
        f"Score {opinion.score:.2f}; safe up to {bounds.safe:.2f}, violating from {bounds.violates:.2f}."
        f" The nearest example is one of {example.clause or 'ordinary talk'}."
    )
    findings = [{"clause": example.clause, "quote": quote}] if example.clause else []
    return _form(label, rationale, findings, example.severity if label is PolicyResult.VIOLATES else 0)


def _form(
    label: PolicyResult, rationale: str, findings: Sequence[dict[str, str]] = (), severity: int = 0
) -> dict[str, object]:
    return {
        "label": label,
        "findings": findings,
        "severity": severity,
        "confidence": Stated.LOW,
        "rationale": rationale,
        "remediation": "",
    }


def _quote(text: str, example: Example, resemblance: Resemblance) -> str:
    """The sentence most like the example, whole words of it, without what the form forbids in a quote."""
    sentences = [part for part in _BREAK.split(text) if part.strip()]
    sentence = resemblance.likest(sentences, example).translate(_UNQUOTABLE)
    words = sentence[: MAX_QUOTE + 1].split()
    while words and len(" ".join(words)) > MAX_QUOTE:
        words.pop()
    return " ".join(words)
