"""A judge before a script: what a model says by policy and effort, and everything that comes of one case."""

from collections.abc import Callable, Mapping

from msgspec.json import decode
from msgspec.structs import replace

from stream.adapters.memory.engine import ScriptedEngine
from stream.core.audit import CaseJudged
from stream.core.errors import Escalate
from stream.core.judgement import Answer, Judgement, Question, Usage
from stream.core.outcome import Outcome
from stream.core.policy.policy_set import PolicySet, Prompting
from stream.core.sampling import Sampling
from stream.core.terms import Effort
from stream.core.topics import TopicNames
from stream.processors.judge import Judge
from tests.unit.processors.cases import (
    FixedPolicies,
    Heard,
    encode_text,
    post,
    record,
    routed,
    safe,
    value_of,
    violates,
)

TEXT = "you are a worthless idiot"
MARKER = "heron-under-the-bridge"
DEMO = replace(FixedPolicies("demo").current(), audited=0.0)
BOTH = ("harassment", "spam-and-scams")


class Script:
    """A model that answers as told, by policy and effort, and keeps what it was asked."""

    def __init__(self, words: Mapping[tuple[str, Effort], str], *, local: bool = True) -> None:
        self.words = words
        self.local = local
        self.asked: list[Question] = []

    async def __call__(self, question: Question) -> Answer:
        self.asked.append(question)
        if len(question.policies) == 1:
            return self._one(question)
        parts = {one.id: self._one(replace(question, policies=(one,))) for one in question.policies}
        final = ", ".join(f'"{name}": {part.final or "null"}' for name, part in parts.items())
        complete = all(part.complete for part in parts.values())
        return Answer(final=f"{{{final}}}", complete=complete, reasoning=MARKER, usage=Usage(200, 0, 40))

    def _one(self, question: Question) -> Answer:
        policy = question.policies[0]
        return SAY[self.words.get((policy.id, question.effort), "safe")](question)


def doubts(question: Question) -> Answer:
    final = decode(violates(question, question.policies[0].clause_ids[0], "", 0).final)
    return Answer(final=encode_text({**final, "label": "needs_context"}), complete=True)


def unanswerable(question: Question) -> Answer:
    raise Escalate(f"question {question.id} is too long")


def breaks(question: Question) -> Answer:
    """The first clause that removes, at the top of its ladder."""
    clause = next(one for one in question.policies[0].clauses if one.violates)
    answer = violates(question, clause.id, question.text.split()[-1], clause.severities[-1])
    return replace(answer, reasoning=f"Because of {MARKER}.", usage=Usage(100, 60, 20), model="other")


SAY: dict[str, Callable[[Question], Answer]] = {
    "safe": safe,
    "violates": breaks,
    "needs_context": doubts,
    "failed": lambda _question: Answer(final="", complete=True),
    "cut": lambda _question: Answer(final="{", complete=False),
    "refused": lambda _question: Answer(final="I'm sorry, but I can't help with that.", complete=True),
    "unanswerable": unanswerable,
}


class Engine(ScriptedEngine):
    """The script behind the port, near or far."""

    def __init__(self, script: Script) -> None:
        super().__init__(script)
        self._script = script

    @property
    def local(self) -> bool:
        return self._script.local


class Judged:
    """One case, judged."""

    def __init__(self, script: Script, heard: Heard, outputs: list[bytes]) -> None:
        self.script, self.heard, self.outputs = script, heard, outputs
        self.outcome = decode(outputs[0], type=Outcome)
        self.audit = decode(outputs[1], type=CaseJudged)

    @property
    def judgements(self) -> dict[str, Judgement]:
        assert self.audit.confidential is not None
        return {judgement.policy: judgement for judgement in self.audit.confidential.judgements}

    def efforts(self, policy: str) -> list[Effort]:
        return [one.effort for one in self.script.asked if policy in [each.id for each in one.policies]]


async def judged(
    script: Script, policies: PolicySet = DEMO, key: bytes = b"k", text: str = TEXT, **fields: object
) -> Judged:
    heard = Heard()
    judge = Judge(TopicNames(), FixedPolicies(policies), Engine(script), lambda: 5_000, heard, Sampling(key))
    work = routed(post(text), policy_set=policies.digest, **{"policies": BOTH, **fields})
    return Judged(script, heard, [value_of(out) for out in await judge.handle(record(work))])


def answering(**words: str) -> Script:
    """`harassment_low="violates"` and the like; whatever is not named is safe."""
    names = {"harassment": "harassment", "spam": "spam-and-scams"}
    said = {}
    for key, word in words.items():
        policy, effort = key.split("_")
        said[names[policy], Effort(effort)] = word
    return Script(said)


def bundled(policies: PolicySet) -> PolicySet:
    return replace(
        policies, routes=tuple(replace(route, prompting=Prompting.BUNDLED) for route in policies.routes)
    )


def restricted(policies: PolicySet = DEMO) -> PolicySet:
    """The set with spam in the place of what few people may see."""
    spam = replace(policies.policies["spam-and-scams"], restricted=True)
    return replace(policies, policies=policies.policies | {"spam-and-scams": spam})
