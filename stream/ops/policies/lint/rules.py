"""All rules, in the order in which they are told."""

from stream.ops.policies.lint import (
    ambiguity,
    examples,
    golden_cases,
    inheritance,
    length,
    notices,
    precedence,
    silences,
    subjects,
    terms,
    wording,
)
from stream.ops.policies.lint.draft import Draft, SetDraft
from stream.ops.policies.lint.finding import Level
from stream.ops.policies.lint.rule import Rule

UNREADABLE: Rule[None] = Rule(
    "unreadable",
    Level.ERROR,
    "A policy or set that does not hold together is refused by every process: an example that cites no"
    " clause or"
    " shows one side only, a clause without a test or a ladder, a golden case that cites what is not there.",
    "As the finding says.",
    lambda _: iter(()),
)
POLICY_RULES: tuple[Rule[Draft], ...] = (
    length.CLAUSES_TOO_LONG,
    length.PROMPT_TOO_LONG,
    wording.VAGUE_WORD,
    wording.LEFT_UNSAID,
    wording.TEST_NO_QUESTION,
    wording.NOT_ENGLISH,
    terms.UNDEFINED_TERM,
    terms.UNUSED_DEFINITION,
    examples.CLAUSE_WITHOUT_EXAMPLE,
    examples.GROUP_WITHOUT_SAFE,
    examples.EXAMPLES_ON_ONE_SIDE,
    ambiguity.AMBIGUITY_UNRULED,
    ambiguity.POST_GIVES_ORDERS,
    precedence.LEFT_TO_NOBODY,
    subjects.UNTRAINED_SUBJECT,
    subjects.CHILDREN_UNRESTRICTED,
    inheritance.PARENT_FLIPPED,
    inheritance.PARENT_WEAKENED,
    inheritance.PARENT_SWALLOWED,
    golden_cases.GOLDEN_IN_PROMPT,
    golden_cases.FEW_GOLDEN_CASES,
    golden_cases.CLAUSE_UNTESTED,
    golden_cases.LANGUAGE_UNTESTED,
    notices.NOTICE_MISSING,
)
SET_RULES: tuple[Rule[SetDraft], ...] = (precedence.ROUTE_LEAVES_GAP, precedence.OVERLAP)
FILE_RULES: tuple[Rule[None], ...] = (UNREADABLE, silences.SILENCE_WITHOUT_REASON, silences.STALE_SILENCE)
RULES: tuple[Rule[Draft] | Rule[SetDraft] | Rule[None], ...] = (*FILE_RULES, *POLICY_RULES, *SET_RULES)
