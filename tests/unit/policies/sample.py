"""A small policy and set, whole and right, for tests to break in one place."""

from collections.abc import Callable
from pathlib import Path

import pytest

from stream.adapters.policies import PolicyFolder
from stream.core.errors import PolicyInvalid
from stream.core.policy import Policy
from stream.core.policy.policy_set import PolicySet
from stream.core.policy.set_text import parse_set
from stream.core.policy.text import parse_policy

Mistake = tuple[str, str, str, str]
"""What is replaced, by what; the line that the error names, by a part of it; and what it says."""

SHIPPED = PolicyFolder(Path(__file__).parents[3] / "policies")

POLICY = """+++
id = "rude"
version = "1.0"
title = "Rudeness"
languages = ["en", "de"]
autonomy = "remove"

[reason]
ground = "terms"
reference = "https://example.com/terms#rude"
category = "cyber_violence"

[clauses."RU1.a"]
actions = { 1 = "limited_reach", 3 = "remove" }
label_days = 30

[clauses."RU1.b"]
actions = { 2 = "review" }
strike = 3
urgent = true
reason = { ground = "law", reference = "Criminal Code, section 1", category = "violence", territory = ["DE"] }
+++

# INSTRUCTIONS
Judge the TARGET only.

# DEFINITIONS
Person: somebody real.

# VIOLATES
RU1.a Insult. Belittles a person.
Test: is a person belittled?
Severity: 1 once; 2 twice; 3 without end.

RU1.b Threat. Announces harm.
Test: is harm announced?
Severity: 2 vague; 4 clear.

# SAFE
RS1 Criticism. Of the work.
Ends: where the person is meant.

# INTENT
The effect decides.

# AMBIGUITY
RU1.a in doubt: safe.

# PRECEDENCE
RU1.b over RU1.a.

# EXAMPLES
- "you fool" => violates RU1.a severity 1: belittles
- "a foolish plan" => safe RS1: the plan is meant

# REVIEWERS
Ask who is meant.
"""

SET = """title = "Test"
languages = ["en", "de"]

[deadlines]
automatic = "5m"

[cascade]
audited = 0.02

[models]
high = "larger"

[surfaces.school]
high_impact = true
local_only = true

[policies.rude]
autonomy = "remove"
uncalibrated = "a test"

[policies.loud]

[[routes]]
surface = "market"
languages = ["de"]
policies = ["loud"]
effort = "high"
lane = "priority"
required_signals = ["media-hash"]

[[routes]]
policies = ["rude", "loud"]
"""


def policy(edit: Callable[[str], str] = str) -> Policy:
    """The sample policy, edited."""
    return parse_policy(edit(POLICY), "policy.md")


def named(policy_id: str) -> Policy:
    """The sample policy under another id."""
    return policy(lambda text: text.replace('id = "rude"', f'id = "{policy_id}"'))


def policy_set(edit: Callable[[str], str] = str) -> PolicySet:
    """The sample set, edited, with two policies that differ by their id."""
    return parse_set(edit(SET), "set.toml", "test", ["loud", "rude"], named)


def line_of(text: str, part: str) -> int:
    """The number of the first line that contains `part`."""
    return next(number for number, line in enumerate(text.splitlines(), 1) if part in line)


def refusal(mistake: Mistake, whole: str, file: str, read: Callable[[str], object]) -> PolicyInvalid:
    """The error of a reader that meets a mistake in a text; it says where and what."""
    before, after, where, says = mistake
    assert before in whole
    text = whole.replace(before, after, 1)
    with pytest.raises(PolicyInvalid) as caught:
        read(text)
    told = str(caught.value)
    assert told.startswith(f"{file}:{line_of(text, where)}: "), told
    assert says in told
    return caught.value
