"""What makes a policy's text work badly with a reasoning model. Its first rules: how long it may be."""

from collections.abc import Callable, Iterator

from msgspec import Struct

from stream.core.policy import Policy
from stream.core.prompt import developer_message

CLAUSE_TOKENS = 700
"""OpenAI's guide for gpt-oss-safeguard: a policy of 400 to 600 tokens works best; measure what is longer."""
PROMPT_TOKENS = 1_700
LONGEST_TOKENS = 10_000
"""The same guide: beyond about 10,000 tokens the model no longer follows a policy reliably."""


class Finding(Struct, frozen=True):
    """One thing to mend: where, what, and how. `rule` names the kind; `line` counts from 1."""

    rule: str
    file: str
    line: int
    what: str
    mend: str

    def __str__(self) -> str:
        """One line for people."""
        return f"{self.file}:{self.line}: {self.what}. {self.mend}. [{self.rule}]"


def findings(policy: Policy, file: str, tokens: Callable[[str], int]) -> Iterator[Finding]:
    """Look at one policy.

    Args:
        policy: the policy as loaded.
        file: its file, for the findings.
        tokens: counts in the model's own vocabulary.
    """
    clauses = sum(tokens(clause.text) for clause in policy.clauses)
    if clauses > CLAUSE_TOKENS:
        longest = max(policy.clauses, key=lambda clause: tokens(clause.text))
        yield Finding(
            "clauses-too-long",
            file,
            1,
            f"its clauses take {clauses} tokens; up to {CLAUSE_TOKENS} are read best",
            f"Shorten them, beginning with {longest.id} ({tokens(longest.text)} tokens)",
        )
    whole = tokens(developer_message([policy]))
    if whole > PROMPT_TOKENS:
        usable = "" if whole <= LONGEST_TOKENS else f", and beyond {LONGEST_TOKENS:,} it is not followed"
        yield Finding(
            "prompt-too-long",
            file,
            1,
            f"its prompt takes {whole:,} tokens; up to {PROMPT_TOKENS:,} are read best{usable}",
            "Shorten definitions and examples, or split it into two policies",
        )
