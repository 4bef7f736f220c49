"""How a question is put, as a digest: what of a prompt is neither its policy's nor its post's. Pure."""

from collections.abc import Sequence
from functools import lru_cache
from hashlib import sha256

from msgspec.json import encode

from stream.core.content import ThreadItem
from stream.core.fields import Digest
from stream.core.judgement import Question
from stream.core.policy import Clause, Example, Policy, PolicyResult
from stream.core.prompt import developer_message, user_message
from stream.core.result import answer_schema

_THREAD = (ThreadItem("t", author="a"), ThreadItem("t", author="b"))


def template_digest(policies: Sequence[Policy]) -> Digest:
    """Name how these policies are asked, alone or in one prompt.

    Policies that share a prompt are context to each other, so their texts count too; a policy's own does not
    where it is asked alone. The words that an engine adds itself are not in it: they are the model's.
    """
    return _digest(tuple(policy.digest for policy in policies) if len(policies) > 1 else ())


@lru_cache(maxsize=1_024)
def _digest(together: tuple[str, ...]) -> Digest:
    blanks = tuple(_blank(f"p{place}") for place in range(max(1, len(together))))
    question = Question(id="q", policies=blanks, text="t", thread=_THREAD)
    parts = (developer_message(blanks), user_message(question), encode(answer_schema(blanks)).decode())
    return "sha256:" + sha256("\xff".join((*parts, *together)).encode()).hexdigest()


def _blank(policy_id: str) -> Policy:
    """A policy of nothing but what the template puts around it."""
    sides = (Example("v", PolicyResult.VIOLATES, "A", 1, "b"), Example("s", PolicyResult.SAFE, "B", 0, "b"))
    clauses = (Clause("A", violates=True, text=""), Clause("B", violates=False, text=""))
    return Policy(
        id=policy_id,
        version="0",
        title="t",
        digest="",
        instructions="i",
        body="b",
        clauses=clauses,
        examples=(sides, sides),
    )
