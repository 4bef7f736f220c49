"""How an answer is worded: clauses named and not cited, a refusal, a text caught in a loop. Pure."""

import re
from collections.abc import Collection, Iterator

from stream.core.policy import Policy

_SORRY = (
    r"(?:i['’]?m|i am)\s+(?:very |so |really |truly )?sorry"
    r"(?:[\s*_]*(?:[,.;:!…–—-]|$)|\s+(?:(?:that )?(?:i|we)\b|to\b)|[^.!?]{0,100}?\bbut (?:i|we)\b)"
)
"""Of the speaker's own: `I'm sorry is used …` and `I'm sorry you feel so is …` tell of another's."""
_QUOTES = "\"'`´“”„‟‘’‚‛«»‹›「」『』"
_REFUSAL = re.compile(
    rf"[^\w{_QUOTES}]*(?:{_SORRY}|sorry\s*[,.]"
    r"|(?:i|we)\s+(?:can['’]?t|cannot|can not|won['’]?t|will not|(?:am|are) (?:unable|not able) to)\s+"
    r"(?:help|assist|comply|provide|answer|continue|discuss|do th|engage|process|respond|judge|evaluate"
    r"|fulfil|analy[sz]e|review|moderate)"
    r"|i (?:must|have to) (?:decline|refuse)\b|as an ai\b)",
    re.IGNORECASE,
)
_CLAUSE_LIKE = r"\b(?:{})[0-9]{{1,2}}(?:\.[a-z])?\b"
_TAIL, _LONGEST_LOOP, _TURNS = 48, 80, 6


def refuses(text: str) -> bool:
    """Whether a text begins as models begin that do not want to answer. A quotation is another's words."""
    return _REFUSAL.match(text) is not None


def loops(text: str) -> bool:
    """Whether a text ends in the same words, at least six times and 48 characters, over and over."""
    for length in range(1, _LONGEST_LOOP + 1):
        tail = text[-max(_TAIL, length * _TURNS) :]
        if len(tail) < max(_TAIL, length * _TURNS):
            return False
        if tail[length:] == tail[:-length] and any(map(str.isalnum, tail)):
            return True
    return False


def uncited(rationale: str, policy: Policy, cited: Collection[str]) -> Iterator[str]:
    """The clauses that a rationale names and the findings do not, made-up ones too.

    `HR1` stands for any clause of that family. What only looks like a clause, such as PS5, is none.
    """
    letters = "|".join(sorted({clause_id[:2] for clause_id in policy.clause_ids}))
    for named in re.findall(_CLAUSE_LIKE.format(letters), rationale) if letters else ():
        if not any(named == one or one.startswith(named + ".") for one in cited):
            yield named
