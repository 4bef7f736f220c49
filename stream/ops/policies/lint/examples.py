"""The examples of the prompt: whether they show each rule, and both sides of it."""

from collections import Counter
from collections.abc import Iterator

from stream.core.policy import PolicyResult
from stream.ops.policies.lint.draft import Draft
from stream.ops.policies.lint.finding import Found, Level
from stream.ops.policies.lint.rule import Rule

SMALLER_SIDE = 0.25
"""The least share of examples on either side."""


def _missing(draft: Draft) -> Iterator[Found]:
    if draft.policy.restricted:
        return
    cited = {example.clause for group in draft.policy.examples for example in group}
    for clause in draft.clauses(violating=True):
        if clause.id not in cited:
            yield Found(
                draft.page.clause(clause.id),
                f"no example cites {clause.id}",
                "Add a text that breaks it beside one that differs by little and does not",
            )


def _group(draft: Draft) -> Iterator[Found]:
    for group in draft.policy.examples:
        if all(example.result is not PolicyResult.SAFE for example in group):
            yield Found(
                draft.page.holding(group[0].text, "EXAMPLES").place(),
                "a group of examples shows nothing that is safe",
                "Add a text that differs by little and is safe",
            )


def _sides(draft: Draft) -> Iterator[Found]:
    counts = Counter(example.result for group in draft.policy.examples for example in group)
    whole = counts.total()
    for side in (PolicyResult.SAFE, PolicyResult.VIOLATES):
        if whole and counts[side] < SMALLER_SIDE * whole:
            yield Found(
                draft.page.heading("EXAMPLES").place(),
                f"{counts[side]} of {whole} examples are `{side}`",
                f"Show the other side: a quarter of them at least `{side}`",
            )


CLAUSE_WITHOUT_EXAMPLE = Rule(
    "clause-without-example",
    Level.WARNING,
    "A boundary that no example shows is drawn by the model. (A restricted policy has none: its rules do in"
    " prose.)",
    "Add a text that breaks the clause beside one that differs by little and does not.",
    _missing,
)
GROUP_WITHOUT_SAFE = Rule(
    "group-without-safe",
    Level.WARNING,
    "Examples teach by their difference: a group without a safe text teaches that the subject itself"
    " violates.",
    "Add a text that differs by little and is safe.",
    _group,
)
EXAMPLES_ON_ONE_SIDE = Rule(
    "examples-on-one-side",
    Level.WARNING,
    "Where nearly all examples have one answer, the model learns the answer.",
    "Let a quarter of the examples at least stand on each side.",
    _sides,
)
