"""Questions as tasks: the policy's part is made once and kept, the post's part is made for each."""

from msgspec import Struct

from stream.adapters.vllm.grammar import answer_tag
from stream.adapters.vllm.harmony import Harmony
from stream.adapters.vllm.options import VllmOptions
from stream.adapters.vllm.running import Task
from stream.core.errors import Escalate
from stream.core.judgement import Question
from stream.core.policy import Policy
from stream.core.prompt import developer_message, user_message
from stream.core.result import answer_schema
from stream.core.terms import Effort

Policies = tuple[Policy, ...]
KEPT = 256
"""Prompts' policies times efforts whose part is kept; far more than a fleet has in force at once."""


class Brief(Struct, frozen=True):
    """What every question about the same policies at one effort shares."""

    prefix: list[int]
    tag: str
    output_tokens: int


class Prompts:
    """Turns questions into tasks for one model."""

    def __init__(self, harmony: Harmony, options: VllmOptions) -> None:
        """Render with this vocabulary, within these bounds."""
        self._harmony = harmony
        self._options = options
        self._briefs: dict[tuple[tuple[str, ...], Effort], Brief] = {}

    def task(self, question: Question) -> Task:
        """Render one question.

        Raises:
            Escalate: prompt and longest answer do not fit the model's window together, or the question is
                for another model.
        """
        if question.model not in (None, self._options.model_name):
            raise Escalate(
                f"The question is for the model {question.model}, and this engine serves"
                f" {self._options.model_name} alone: name that one in the set's [models], or none."
            )
        brief = self._brief(question.policies, question.effort)
        prompt = brief.prefix + self._harmony.user(user_message(question))
        room = self._options.max_model_len - brief.output_tokens
        if len(prompt) > room:
            raise Escalate(
                f"The question is too long for the model's window: it takes {len(prompt)} tokens; there is"
                f" room for {room} at {question.effort} effort (judge.vllm.max_model_len"
                f" {self._options.max_model_len})."
            )
        return Task(
            id=question.id,
            prompt=prompt,
            tag=brief.tag,
            output_tokens=brief.output_tokens,
            priority=question.priority,
            at_random=question.draw > 0,
        )

    def _brief(self, policies: Policies, effort: Effort) -> Brief:
        key = (tuple(policy.digest for policy in policies), effort)
        if key not in self._briefs:
            if len(self._briefs) >= KEPT:
                self._briefs.clear()
            self._briefs[key] = self._render(policies, effort)
        return self._briefs[key]

    def _render(self, policies: Policies, effort: Effort) -> Brief:
        options = self._options
        tag = answer_tag(answer_schema(policies), options.reasoning_tokens.at(effort), self._harmony.marks)
        prefix = self._harmony.prefix(developer_message(policies), effort)
        return Brief(prefix, tag, options.output_tokens(effort, len(policies)))
