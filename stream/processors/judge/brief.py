"""What is to be asked about one case: its questions, and which of them are drawn for what."""

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from stream.core.canary import is_canary
from stream.core.cascade import NOT_LOCAL, POLICY_MISSING, prompts
from stream.core.case import RoutedCase
from stream.core.judgement import Judgement, Question
from stream.core.policy import Policy, PolicyResult
from stream.core.policy.policy_set import PolicySet
from stream.core.sampling import Sampling
from stream.core.terms import Effort, Origin


class Brief(Struct, frozen=True):
    """One case under one set.

    Attributes:
        sampling: draws by the case's own names, so that a repeated judgement draws the same.
        local: whether the engine keeps what it is asked on the operator's own machines.
    """

    case: RoutedCase
    policies: PolicySet
    sampling: Sampling
    local: bool

    @property
    def local_only(self) -> bool:
        """Whether the text must stay on the operator's own machines: its case, place or a policy says so."""
        content = self.case.content
        if self.case.restricted or self.policies.route(content.surface, content.language).needs_local:
            return True
        return any(policy.needs_local for policy in self._known())

    def unasked(self) -> tuple[Judgement, ...]:
        """The policies that no question can be put about, and why."""
        missing = [name for name in self.case.policies if name not in self.policies.policies]
        refused = [] if self._may_ask() else [policy.id for policy in self._known()]
        return (
            *(failed(name, POLICY_MISSING) for name in missing),
            *(failed(name, NOT_LOCAL) for name in refused),
        )

    def groups(self) -> list[tuple[Policy, ...]]:
        """The policies to ask about, those together that share a prompt."""
        if not self._may_ask():
            return []
        content = self.case.content
        prompting = self.policies.route(content.surface, content.language).prompting
        return prompts(self._known(), prompting, self.policies.in_shadow)

    def question(self, policies: tuple[Policy, ...], effort: Effort) -> Question:
        """Ask about these policies at one effort."""
        case, names = self.case, "+".join(policy.id for policy in policies)
        return Question(
            id=f"{case.id}:{case.case}:{names}:{effort}",
            policies=policies,
            text=case.content.text,
            thread=case.content.thread,
            language=case.content.language,
            effort=effort,
            model=self.policies.models.get(effort),
            priority=self._priority,
            local_only=self.local_only,
        )

    def repeats(self, question: Question) -> Sequence[Question]:
        """The same question again, at random, where the case was drawn for it."""
        drawn = not is_canary(self.case.id) and self._drawn(self.policies.confidence.share, "repeated")
        draws = range(1, self.policies.confidence.repeats + 1) if drawn else ()
        return [replace(question, id=f"{question.id}:{draw}", draw=draw) for draw in draws]

    def is_audited(self, policy: Policy) -> bool:
        """Whether a release under this policy is judged again at high effort."""
        return not is_canary(self.case.id) and self._drawn(self.policies.audited, "audited", policy.digest)

    @property
    def is_for_auditors(self) -> bool:
        """Whether the case's record is one of those that auditors read; no canary's is."""
        return not is_canary(self.case.id) and self._drawn(self.policies.to_auditors, "to_auditors")

    def _drawn(self, share: float, purpose: str, *names: str) -> bool:
        return self.sampling.draws(share, purpose, self.case.id, self.case.case, *names)

    @property
    def _priority(self) -> int:
        """What may be urgent goes first in the engine, then what people asked about."""
        if self.case.urgent:
            return -2
        pressing = self.case.origin in (Origin.REPORT, Origin.APPEAL) or self.case.effort is Effort.HIGH
        return -1 if pressing else 0

    def _may_ask(self) -> bool:
        return self.local or not self.local_only

    def _known(self) -> list[Policy]:
        known = self.policies.policies
        return [known[name] for name in dict.fromkeys(self.case.policies) if name in known]


def failed(policy: str, why: str) -> Judgement:
    """A judgement that no answer stands behind."""
    return Judgement(policy=policy, result=PolicyResult.FAILED, failures=(why,))
