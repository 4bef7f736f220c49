"""Whether an answer to a golden case is right. Pure."""

from enum import StrEnum

from stream.core.policy.golden import GoldenCase
from stream.core.policy.policy import PolicyResult


class Grade(StrEnum):
    """`people`: it was left to them, which is neither right nor wrong, whatever they said of the case."""

    RIGHT = "right"
    PEOPLE = "people"
    WRONG = "wrong"


def grade(case: GoldenCase, result: PolicyResult) -> Grade:
    """Grade one result by what people agreed on."""
    if result not in (PolicyResult.SAFE, PolicyResult.VIOLATES):
        return Grade.PEOPLE
    return Grade.RIGHT if result.value == case.result else Grade.WRONG
