"""Golden cases, which measure: whether they are enough, and whether the prompt gives their answers away."""

import re
from collections.abc import Iterator

from stream.core.prompt import developer_message
from stream.ops.policies.lint.draft import Draft
from stream.ops.policies.lint.finding import Found, Level
from stream.ops.policies.lint.rule import Rule
from stream.ops.policies.lint.words import alike, words

TOO_NEAR = 0.6
"""How like an example a golden case may be, by Jaccard on words."""
FEWEST, FEWEST_VIOLATING, FEWEST_LOOKALIKES = 60, 20, 25
QUOTE_WORDS = 4
"""A golden case of fewer words stands in a prompt by chance."""
_BLANKS = re.compile(r"\s+")


def _leaks(draft: Draft) -> Iterator[Found]:
    shown = [(example, words(example.text)) for group in draft.policy.examples for example in group]
    prompt = _BLANKS.sub(" ", developer_message([draft.policy])).casefold()
    for place, case in draft.cases:
        mine = words(case.text)
        near = next((example for example, theirs in shown if alike(mine, theirs, TOO_NEAR)), None)
        quoted = len(mine) >= QUOTE_WORDS and _BLANKS.sub(" ", case.text).strip().casefold() in prompt
        if near is not None or quoted:
            where = f"near the example of {near.clause} in" if near is not None else "word for word in"
            yield Found(
                place,
                f"golden case `{case.id}` stands {where} the prompt",
                "Write another case, or another example: what was shown measures nothing",
            )


def _few(draft: Draft) -> Iterator[Found]:
    if draft.policy.restricted:
        return
    results = [case.result for _, case in draft.cases]
    lookalikes = sum(case.is_hard_negative for _, case in draft.cases)
    lacks = [
        f"{have} {what} (of {wanted})"
        for have, wanted, what in (
            (len(results), FEWEST, "golden cases"),
            (results.count("violates"), FEWEST_VIOLATING, "that violate"),
            (lookalikes, FEWEST_LOOKALIKES, "safe look-alikes"),
        )
        if have < wanted
    ]
    if lacks:
        yield Found(
            draft.page.holding("id =", "").place(),
            f"has only {', '.join(lacks)}",
            "Write more: easy cases flatter, and few cases tell nothing",
        )


def _untested(draft: Draft) -> Iterator[Found]:
    if draft.policy.restricted:
        return
    for clause in [*draft.clauses(violating=True), *draft.clauses(violating=False)]:
        decided = any(case.clause == clause.id for _, case in draft.cases)
        near = any(clause.id in case.near for _, case in draft.cases)
        if not (decided and near):
            side = "is decided by" if not decided else "lies just on the other side of"
            yield Found(
                draft.page.clause(clause.id),
                f"no golden case {side} {clause.id}",
                "Write one for each side of it: what it decides, and what it just does not (`near`)",
            )


def _languages(draft: Draft) -> Iterator[Found]:
    if draft.policy.restricted or not draft.cases:
        return
    for language in draft.policy.languages:
        seen = {case.result for _, case in draft.cases if case.language == language}
        if not {"safe", "violates"} <= seen:
            yield Found(
                draft.page.holding("languages", "").place(),
                f"`{language}` has no golden cases on both sides",
                "Write some in that language, or take it out of `languages`",
            )


GOLDEN_IN_PROMPT = Rule(
    "golden-in-prompt",
    Level.ERROR,
    "A golden case that the model was shown measures its memory. (Jaccard of words from 0.6 on, or a quote.)",
    "Write another case, or another example.",
    _leaks,
)
FEW_GOLDEN_CASES = Rule(
    "few-golden-cases",
    Level.WARNING,
    "Fewer than 60 cases, 20 that violate and 25 safe look-alikes do not tell a bad policy from a fair one.",
    "Write more, hard ones above all.",
    _few,
)
CLAUSE_UNTESTED = Rule(
    "clause-untested",
    Level.WARNING,
    "A clause that no golden case looks at from both sides can break, and every figure stays the same.",
    "Write a case that it decides, and one that lies just on its other side (`near`).",
    _untested,
)
LANGUAGE_UNTESTED = Rule(
    "language-untested",
    Level.WARNING,
    "A language is named as tested and is not: sets support it on the strength of this line.",
    "Write golden cases in it, on both sides, or take it out of `languages`.",
    _languages,
)
