"""How long a policy is, in the model's own tokens."""

from collections.abc import Iterator

from stream.core.prompt import developer_message
from stream.ops.policies.lint.draft import Draft
from stream.ops.policies.lint.finding import Found, Level
from stream.ops.policies.lint.rule import Rule

CLAUSE_TOKENS = 700
"""OpenAI's guide for gpt-oss-safeguard: a policy of 400 to 600 tokens works best; measure what is longer."""
PROMPT_TOKENS = 1_700
LONGEST_TOKENS = 10_000
"""The same guide: beyond about 10,000 tokens the model no longer follows a policy reliably."""


def _clauses(draft: Draft) -> Iterator[Found]:
    each = {clause.id: draft.tokens(clause.text) for clause in draft.policy.clauses}
    if sum(each.values()) > CLAUSE_TOKENS:
        longest = max(each, key=each.__getitem__)
        yield Found(
            draft.page.clause(longest),
            f"its clauses take {sum(each.values()):,} tokens; up to {CLAUSE_TOKENS} are read best",
            f"Shorten them, beginning with {longest} ({each[longest]} tokens)",
        )


def _prompt(draft: Draft) -> Iterator[Found]:
    whole = draft.tokens(developer_message([draft.policy]))
    if whole > PROMPT_TOKENS:
        usable = "" if whole <= LONGEST_TOKENS else f", and beyond {LONGEST_TOKENS:,} it is not followed"
        yield Found(
            draft.page.heading("INSTRUCTIONS").place(),
            f"its prompt takes {whole:,} tokens; up to {PROMPT_TOKENS:,} are read best{usable}",
            "Shorten definitions and examples, or split it into two policies",
        )


CLAUSES_TOO_LONG = Rule(
    "clauses-too-long",
    Level.WARNING,
    "The model reads rules of 400 to 600 tokens best; of longer ones it forgets parts.",
    "Say each harm once, in fewer words; move what defines a word to DEFINITIONS.",
    _clauses,
)
PROMPT_TOO_LONG = Rule(
    "prompt-too-long",
    Level.WARNING,
    "Beyond about 1,700 tokens the model follows a policy less well; beyond 10,000 not reliably. Each post"
    " pays for it.",
    "Shorten definitions and examples, or split the policy into two.",
    _prompt,
)
