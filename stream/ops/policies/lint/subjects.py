"""Subjects that need more than a text: what the model was not trained for, and what few people may see."""

import re
from collections.abc import Iterator

from stream.ops.policies.lint.draft import Draft
from stream.ops.policies.lint.finding import Found, Level
from stream.ops.policies.lint.rule import Rule

_UNTRAINED = re.compile(
    r"\b(?:bioweapons?|biological (?:weapons?|agents?|threats?|warfare)|pathogens?|bacteri(?:a|um)|anthrax"
    r"|ricin|botulin\w*"
    r"|toxins?|gain[- ]of[- ]function|nerve agents?|chemical weapons?|virulen\w+|plague|smallpox"
    r"|gene(?:tic)? edit\w+"
    r"|malware|ransomware|spyware|rootkits?|keyloggers?|botnets?|trojans?|zero[- ]days?|exploit code"
    r"|shellcode"
    r"|remote code execution|sql injection|cross-site scripting|ddos|denial[- ]of[- ]service"
    r"|cyber[- ]?attacks?"
    r"|cyber[- ]?weapons?|hack(?:s|ing|ers?)|vulnerabilit(?:y|ies) in (?:software|systems?)"
    r"|privilege escalation)\b",
    re.IGNORECASE,
)
_CHILD = re.compile(
    r"\b(?:child(?:ren)?|minors?|underage|under[- ]?(?:18|16|13)|infants?|toddlers?)\b", re.IGNORECASE
)
_SEXUAL = re.compile(
    r"\b(?:sex\w*|porn\w*|erotic\w*|nud(?:e|es|ity)|romantic\w*|seduc\w*|groom(?:s|ing)?)\b", re.IGNORECASE
)


def _untrained(draft: Draft) -> Iterator[Found]:
    for line in draft.page.section("DEFINITIONS", "VIOLATES"):
        if found := _UNTRAINED.search(line.bare):
            yield Found(
                line.place(*found.span()),
                f"`{found[0]}`: the model has no extra training in biology or cyber security",
                "Let people decide (`review`), or measure it with experts' golden cases before you rely on"
                " it",
            )


def _children(draft: Draft) -> Iterator[Found]:
    if draft.policy.restricted:
        return
    for clause in draft.clauses(violating=True):
        if brings_children_and_sex_together(clause.text):
            yield Found(
                draft.page.clause(clause.id),
                f"{clause.id} is about children and sex, and the policy is not restricted",
                "Move it to a policy with `restricted = true`: no examples, no golden cases, a local model,"
                " few readers",
            )


def brings_children_and_sex_together(text: str) -> bool:
    """Whether a text speaks of both."""
    return bool(_CHILD.search(text) and _SEXUAL.search(text))


UNTRAINED_SUBJECT = Rule(
    "untrained-subject",
    Level.WARNING,
    "gpt-oss-safeguard had no extra training in biology and cyber security: its makers say so.",
    "Let people decide such clauses (`review`), or measure them with experts' golden cases first.",
    _untrained,
)
CHILDREN_UNRESTRICTED = Rule(
    "children-unrestricted",
    Level.ERROR,
    "Sexual content about children must not reach terminals, caches, data sets, examples or engines that are"
    " not local.",
    "Write `restricted = true` and take out examples and golden cases, or leave the clause to"
    " `child-safety`.",
    _children,
)
