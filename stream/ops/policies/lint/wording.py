"""Words that decide nothing, and what a source left unsaid."""

import re
from collections.abc import Iterator

from stream.ops.policies.lint.draft import Draft
from stream.ops.policies.lint.finding import Found, Level
from stream.ops.policies.lint.rule import Rule
from stream.ops.policies.lint.words import STOPWORDS, words

DECIDING = ("INSTRUCTIONS", "DEFINITIONS", "VIOLATES", "SAFE", "INTENT", "AMBIGUITY", "PRECEDENCE")
"""The sections whose words decide. Examples quote, and REVIEWERS is for people."""
UNSAID = "The source says nothing"
"""How `sluice policy import` marks what other people's policy does not say."""

_VAGUE = (
    "generally", "usually", "normally", "typically", "commonly", "mostly", "largely", "mainly", "primarily",
    "often", "occasionally", "rarely", "in general", "in most cases", "for the most part", "as a rule",
    "inappropriate", "appropriate", "inappropriately", "appropriately", "unacceptable", "objectionable",
    "problematic", "offensive", "improper", "improperly", "undesirable", "distasteful", "questionable",
    "suitable", "unsuitable", "excessive", "excessively", "undue", "unduly", "significant", "significantly",
    "substantial", "substantially", "considerable", "considerably", "reasonable", "reasonably",
    "unreasonable", "sufficient", "sufficiently", "adequate", "adequately", "somewhat", "relatively",
    "tends to", "tend to", "may be considered", "might be considered", "could be considered",
    "can be considered", "considered to be", "where applicable", "if applicable", "as needed",
    "if necessary", "where necessary", "among others", "and similar", "or similar", "and the like",
    "or the like", "and so on", "and so forth", "etc", "use your judgement", "use your judgment",
    "common sense", "case by case", "case-by-case",
)  # fmt: skip
_BEGINNINGS = words(" ".join(re.split(r"\W", phrase)[0] for phrase in _VAGUE))
_VAGUE_WORD = re.compile(rf"\b(?:{'|'.join(map(re.escape, _VAGUE))})\b", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+")
ENGLISH = 0.2
"""The least share of English function words: the shipped policies have 0.43, others 0.32 and more."""
_FUNCTION_WORDS = STOPWORDS | frozenset((
    "a", "an", "as", "at", "be", "by", "do", "he", "if", "in", "is", "it", "me", "my", "no", "of", "on",
    "or", "so", "to", "up", "us", "we",
))  # fmt: skip
FEWEST_WORDS = 50


def _vague(draft: Draft) -> Iterator[Found]:
    for line in draft.page.section(*DECIDING):
        if _BEGINNINGS.isdisjoint(words(line.bare)):
            continue
        for found in _VAGUE_WORD.finditer(line.bare):
            yield Found(
                line.place(*found.span()),
                f"`{found[0]}` hands the decision back to the model",
                "Say what can be seen in the text, or list what is meant",
            )


def _unsaid(draft: Draft) -> Iterator[Found]:
    for line in draft.page.section(*DECIDING):
        start = line.text.find(UNSAID)
        if start >= 0:
            where = line.clause or f"section {line.section}"
            yield Found(
                line.place(start, len(line.text)),
                f"{where} leaves open what the imported policy did not say",
                "Decide it, and write it in place of this sentence",
            )


def _test(draft: Draft) -> Iterator[Found]:
    for line in draft.page.section("VIOLATES"):
        asked = draft.page.statement(line) if line.text.startswith("Test:") else "?"
        if "?" not in asked and UNSAID not in asked:
            yield Found(
                line.place(),
                f"the test of {line.clause} is no question",
                "Ask what can be answered by looking at the text",
            )


def _english(draft: Draft) -> Iterator[Found]:
    found = _WORD.findall("\n".join(line.bare for line in draft.page.section(*DECIDING)).lower())
    share = sum(word in _FUNCTION_WORDS for word in found) / max(1, len(found))
    if len(found) >= FEWEST_WORDS and share < ENGLISH:
        yield Found(
            draft.page.heading("INSTRUCTIONS").place(),
            "its rules are not in English",
            "Write them in English: posts may be in any language of the set",
        )


VAGUE_WORD = Rule(
    "vague-word",
    Level.WARNING,
    "A word that measures nothing is measured by the model, differently each time; OpenAI's guide names"
    " `generally` and `usually`.",
    "Say what can be seen in the text, or list what is meant.",
    _vague,
)
LEFT_UNSAID = Rule(
    "left-unsaid",
    Level.WARNING,
    "An imported policy is silent here, and the model makes up a rule of its own.",
    "Decide it, and write it in place of the sentence.",
    _unsaid,
)
TEST_NO_QUESTION = Rule(
    "test-no-question",
    Level.WARNING,
    "The `Test:` is what the model asks itself; a statement leaves it to repeat the clause.",
    "Ask what can be answered by looking at the text.",
    _test,
)
NOT_ENGLISH = Rule(
    "not-english",
    Level.WARNING,
    "In one published test the flags fell from 65 to 47 in a hundred when the policy was translated.",
    "Write the rules in English; posts and golden cases may be in any language.",
    _english,
)
