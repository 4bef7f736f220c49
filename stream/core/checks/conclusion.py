"""What a chain of thought concludes in the end, where it says so plainly. Pure, and sooner silent than wrong.

Read are the last few sentences, from the end. The last one that names a result decides: a plain statement of
one result is the conclusion (`Label: safe.`, `So it violates HR1.a.`); whatever doubts, denies, weighs or
reports is none, and so is what anything follows but how to write it down. English only, the language that
these models think in. How often it is wrong is measured in tests/unit/policies/test_conclusion.py.
"""

import re
from collections.abc import Sequence

from stream.core.policy import Policy, PolicyResult

_LAST = 3
"""So many sentences from the end are read."""
_LONGEST = 300
"""Characters; nothing is plain that takes more of them, and the patterns below need a bound."""
_ENDS = re.compile(r"(?<=[.!?])\s+|\n+|;\s*")
_CLAUSE = re.compile(r"\b[A-Z]{2}[0-9]{1,2}(?:\.[a-z])?\b")
_DENIED = re.compile(
    r"\b(?:no|not an?|not in|does not|doesn't|is no|isn't an?|is not an?)\s+(?:clear |real |policy )?"
    r"violat(?:ion|ions|e)\b(?!\s+of)"
)
_WORDS = {
    PolicyResult.SAFE: re.compile(r"\bsafe\b"),
    PolicyResult.VIOLATES: re.compile(r"\bviolat(?:es?|ing|ions?|ed)\b"),
    PolicyResult.NEEDS_CONTEXT: re.compile(r"\bneeds?[_ ]context\b"),
}
_RESULT = (
    r"[\"'`*]*(?:safe(?=\s*(?:$|[^\w\s-]|by\b|under\b|because\b|per\b|with\b|since\b|due\b|severity\b))"
    r"|(?:violates|(?:a |in )?violation(?: of)?)"
    r"(?=\s*(?:$|[^\w\s-]|by\b|under\b|with\b|severity\b|(?:the|this) policy\b|[a-z]{2}[0-9]))"
    r"|needs_context|needs context(?=\W*$))"
)
_STATED = re.compile(
    r"\b(?:label|answer|verdict|result|decision|output|conclusion|classification|final)\b[\"'`*]*\s*"
    r"(?:is|=|:|->|=>|should be|will be)?\s*" + _RESULT
)
_CONCLUDED = re.compile(
    r"^\W*(?:(?:so|thus|therefore|hence|overall|in conclusion|finally)\b|->|=>)[,:]?\s*(?:the |this )?"
    r"(?:it|this|that|target|post|content|text|message|we|i)?(?:\s*'s)?\s*"
    r"(?:is|are|counts as|must be|remains|answer|say|choose|go with|label it|output|conclude)?\s*:?\s*"
    + _RESULT
)
_WRITING = re.compile(
    r"\b(?:severity|confidence|json|quote|rationale|remediation|findings|compose|produce|provide|write|output"
    r"|respond|return|done|finish)\b"
)
_UNSURE = re.compile(
    r"\?|n't\b|\b(?:if|could|might|may|maybe|perhaps|possibly|unless|would|whether|or|but|however|although|though"
    r"|not|never|no|nothing|none|unclear|either|versus|vs|instead|rather|probably|likely|seems?|borderline"
    r"|another|others?|different|elsewhere|only|wait|actually|hmm|yet|still|alternatively|except|exempt\w*"
    r"|says?|claims?|states?|asks?|tells?|instruct\w*|quoted|quotes|according|author|user|writer)\b"
)


def conclusion(reasoning: str, policy: Policy, asked: Sequence[Policy]) -> PolicyResult | None:
    """The result that a chain of thought comes to under a policy; None where it does not say so plainly.

    Args:
        reasoning: the chain of thought.
        policy: whose result is wanted.
        asked: all that the thought is about; of several, only sentences that name this one alone are read.
    """
    sentences = [sentence for part in _ENDS.split(reasoning) if (sentence := " ".join(part.split()))]
    if len(asked) > 1:
        sentences = [_renamed(one, policy) for one in sentences if _names(one, policy, asked)]
    for sentence in reversed(sentences[-_LAST:]):
        if len(sentence) > _LONGEST:
            return None
        stated = _DENIED.sub("safe", sentence.lower()) if not _CLAUSE.search(sentence) else sentence.lower()
        named = [result for result, words in _WORDS.items() if words.search(stated)]
        if named:
            return named[0] if len(named) == 1 and _is_plain(stated) else None
        if not _WRITING.search(stated) or _CLAUSE.search(sentence) or _UNSURE.search(stated):
            return None
    return None


def _is_plain(sentence: str) -> bool:
    return not _UNSURE.search(sentence) and bool(_STATED.search(sentence) or _CONCLUDED.search(sentence))


def _names(sentence: str, policy: Policy, asked: Sequence[Policy]) -> bool:
    return [one.id for one in asked if _calls(sentence, one)] == [policy.id]


def _calls(sentence: str, policy: Policy) -> bool:
    said = sentence.lower()
    return policy.id in said or policy.title.lower() in said


def _renamed(sentence: str, policy: Policy) -> str:
    """`Spam: safe` says of one policy what `label: safe` says of the only one."""
    either = "|".join(map(re.escape, (policy.id, policy.title)))
    return re.sub(either, "label", sentence, flags=re.IGNORECASE)
