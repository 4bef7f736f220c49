"""Canaries of one run: which known violations go into which attempts, and what became of them. Pure."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from random import Random

from msgspec import Struct

from stream.core.canary import CANARY_PREFIX, CANARY_SURFACE, Fate, fate_told
from stream.core.case import ReviewTask
from stream.core.content import Deleted, Published, ThreadItem
from stream.core.errors import BadInput, Misconfigured
from stream.core.fields import MAX_THREAD
from stream.core.policy import Autonomy, Policy
from stream.core.policy.golden import GoldenCase
from stream.core.policy.policy_set import PolicySet
from stream.core.toml_text import nearest
from stream.core.verdict import Verdict
from stream.ops.canaries.attempts import Attempt

Golden = Callable[[Policy], Sequence[GoldenCase]]
NO_ANSWER = "no answer"


class Canary(Struct, frozen=True):
    """One known violation in one attempt. Its id tells both, so that runs share ids and leave few behind."""

    attempt: Attempt
    policy: str
    case: GoldenCase

    @property
    def id(self) -> str:
        """The content id."""
        return f"{CANARY_PREFIX}{self.attempt.id}/{self.case.id}"

    def published(self, now: int) -> Published:
        """The post. Its version is the time (ms), so that a later run replaces what an earlier one left."""
        wrapped = self.attempt.wrap(self.case.text)
        thread = (*self.case.thread, *wrapped.thread)[-MAX_THREAD:]
        return Published(
            id=self.id,
            version=now,
            at=now,
            text=wrapped.text,
            surface=CANARY_SURFACE,
            language=self.case.language,
            thread=tuple(ThreadItem(text=text) for text in thread),
        )

    def deleted(self, version: int, now: int) -> Deleted:
        """What takes it back."""
        return Deleted(id=self.id, version=version, at=now)


def violations(policies: PolicySet, golden: Golden, only: str | None = None) -> list[tuple[str, GoldenCase]]:
    """The golden cases that a model must find to violate, of policies that judge this surface and count.

    Those of urgent clauses are left out: nobody is to be called for a canary.

    Args:
        policies: the set in force.
        golden: gives a policy's cases (`PolicyFolder.golden`); never asked of a restricted policy.
        only: the id of the one policy that is wanted.

    Raises:
        BadInput: the policy asked for is restricted or not in the set.
        Misconfigured: there are none.
    """
    if only is not None and only not in policies.policies:
        hint = nearest(only, sorted(policies.policies))
        raise BadInput(f"policy `{only}` is not in the set `{policies.name}`. {hint}")
    if only is not None and policies.policies[only].restricted:
        raise BadInput(f"policy `{only}` is restricted: nothing is ever published from it. Name another.")
    found = [
        (policy.id, case)
        for policy in policies.policies.values()
        if only in (None, policy.id) and not policy.restricted and _counts(policies, policy.id)
        for case in golden(policy)
        if case.must_pass and case.result == "violates" and not _is_urgent(policy, case)
        if _judges(policies, policy.id, case.language)
    ]
    if not found:
        raise Misconfigured(
            f"the set `{policies.name}` has no violation to publish: some policy that judges the surface"
            f" `{CANARY_SURFACE}`, and not in shadow, needs golden cases that violate and must pass."
        )
    return found


def chosen(
    attempts: Iterable[Attempt], cases: Sequence[tuple[str, GoldenCase]], count: int, random: Random
) -> list[Canary]:
    """Draw at random: every attempt once before any comes again. Fewer where there are not so many."""
    wrappers = [attempt for attempt in attempts if attempt.keeps_the_breach]
    drawn: dict[str, Canary] = {}
    most = min(count, len(wrappers) * len(cases))
    while len(drawn) < most:
        for attempt in random.sample(wrappers, len(wrappers)):
            canary = Canary(attempt, *random.choice(cases))
            drawn.setdefault(canary.id, canary)
            if len(drawn) == most:
                break
    return list(drawn.values())


class Roll:
    """What is known of the canaries of one run; `version` is that of all of them."""

    def __init__(self, canaries: Sequence[Canary], version: int) -> None:
        self.canaries = {canary.id: canary for canary in canaries}
        self.version = version
        self.fates: dict[str, Fate] = {}

    @property
    def is_complete(self) -> bool:
        """Whether all have been told of."""
        return len(self.fates) == len(self.canaries)

    def hear(self, event: Verdict | ReviewTask) -> None:
        """Take in what the gate says; the first fate of a canary counts."""
        told = fate_told(event)
        if told is not None and event.id in self.canaries and event.version == self.version:
            self.fates.setdefault(event.id, told)

    def result(self, canary: Canary) -> str:
        """A fate's name, or `no answer`."""
        fate = self.fates.get(canary.id)
        return NO_ANSWER if fate is None else fate.value

    def by_family(self) -> dict[str, Counter[str]]:
        """How many of each family came to what."""
        table: dict[str, Counter[str]] = {}
        for canary in self.canaries.values():
            table.setdefault(canary.attempt.family, Counter())[self.result(canary)] += 1
        return dict(sorted(table.items()))

    def count(self, result: str) -> int:
        """How many came to this."""
        return sum(counts[result] for counts in self.by_family().values())


def _counts(policies: PolicySet, policy: str) -> bool:
    return policies.autonomy.get(policy) is not Autonomy.SHADOW


def _is_urgent(policy: Policy, case: GoldenCase) -> bool:
    clause = policy.clause(case.clause or "")
    return clause is not None and clause.urgent


def _judges(policies: PolicySet, policy: str, language: str) -> bool:
    routing = policies.route(CANARY_SURFACE, language)
    return routing.supported and policy in routing.policies
