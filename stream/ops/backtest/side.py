"""One of the two sets: asked only where nobody has judged the same text under the same policy before."""

from collections.abc import Collection
from hashlib import sha256

from msgspec import DecodeError, Struct
from msgspec.msgpack import Decoder, Encoder
from msgspec.structs import replace

from stream.adapters.answers import DiskTable, Heard
from stream.core.actions import fold, is_restricted
from stream.core.cascade import Why, first_effort, prompts
from stream.core.judgement import Question, Usage
from stream.core.outcome import Proposal
from stream.core.policy import Policy, PolicyResult
from stream.core.policy.policy_set import PolicySet, Repetition, Routing
from stream.core.prompt import developer_message, user_message
from stream.core.sampling import Sampling
from stream.core.terms import Effort
from stream.ops.backtest.records import Told
from stream.ops.backtest.stance import Kept, Stance, stance_of, total, wordless
from stream.ops.backtest.window import Version
from stream.ops.evaluation.judging import Judged, Judging
from stream.ops.evaluation.silence import Silence
from stream.ports import Engine

Known = dict[bytes, Kept]
"""What was answered about one version, by what the answer depends on."""


class Plan(Struct):
    """What one side knows of a version, and what it has to ask.

    Attributes:
        wanted: the policies of its route; none where only people may answer.
        groups: those that are asked together.
        keys: by policy all that its judgement depends on.
        found: by policy what is known.
        asked: the policies that the engine was asked about.
        restricted: whether an answer says that few people may see it.
        recorded: whether all of it was read from `audit`.
    """

    version: Version
    wanted: tuple[str, ...] = ()
    groups: list[tuple[Policy, ...]] = []
    keys: dict[str, bytes] = {}
    found: dict[str, Kept] = {}
    asked: tuple[str, ...] = ()
    restricted: bool = False
    recorded: bool = False

    @property
    def known(self) -> Known:
        """What is known, by what it depends on."""
        return {self.keys[name]: kept for name, kept in self.found.items()}


class Meter:
    """What this run has asked for, and paid."""

    def __init__(self) -> None:
        self.questions = 0
        self.usage = Usage()

    def hear(self, heard: Heard) -> None:
        """Count an answer, if it was not had for another post's asking."""
        if not heard.remembered:
            self.questions += 1
            self.usage = total((self.usage, heard.answer.usage))


class Side:
    """Judges versions under one set by the judge's own parts, without the draws that would differ by chance.

    Args:
        policy_set: what it may be: today's, or the candidate.
        engine: started already.
        table: what was answered in this or an earlier run.
    """

    def __init__(self, policy_set: PolicySet, engine: Engine, table: DiskTable) -> None:
        self._set = policy_set
        self._engine = engine
        self._table = table
        undrawn = replace(policy_set, audited=0.0, confidence=Repetition())
        self._judging = Judging(undrawn, engine, Silence(), Sampling(b""))
        self._prompts: dict[tuple[str, ...], bytes] = {}

    def route(self, version: Version) -> Routing:
        """The version's way under this set."""
        return self._set.route(version.content.surface, version.content.language)

    def plan(self, version: Version, told: Told | None, added: tuple[str, ...]) -> Plan:
        """What is to be asked about a version: not what `audit` says was asked just so, or is kept already.

        Args:
            version: the text with its thread and signals.
            told: how this set judged it in service.
            added: the policies that operators' rules asked about besides.
        """
        routing = self.route(version)
        if routing.obstacle(version.content):
            return Plan(version)
        wanted = routing.with_added(added, self._set)
        policies = (self._set.policies[name] for name in wanted)
        groups = prompts(policies, routing.prompting, self._set.in_shadow)
        keys = {policy.id: self._key(version, group, policy, routing) for group in groups for policy in group}
        found = self._recorded(told, groups, routing)
        recorded = found.keys() >= set(wanted)
        for name, key in keys.items():
            if name not in found and (kept := self._kept_earlier(key)) is not None:
                found[name] = kept
        return Plan(version, wanted, groups, keys, found, recorded=recorded)

    async def ask(self, plan: Plan, elsewhere: Collection[bytes] = ()) -> None:
        """Ask what is missing; the plan has the answers then.

        Args:
            plan: of this side.
            elsewhere: what the other side's plan has or asks: by what an answer depends on.

        Raises:
            Unavailable: the engine did not come back within some seconds.
            Exit: it is lost for good.
        """
        known = {name for name, key in plan.keys.items() if name in plan.found or key in elsewhere}
        asked = tuple(
            policy.id
            for group in plan.groups
            if any(policy.id not in known for policy in group)
            for policy in group
        )
        if asked:
            judged = await self._judging.judge(plan.version.content, asked)
            everything = judged.answers.everything if judged.answers is not None else ()
            plan.asked = asked
            plan.restricted = is_restricted(asked, everything, self._set)
            plan.found |= _kept(judged, self._set, self._engine.model)

    def stance(self, plan: Plan, known: Known) -> Stance:
        """What the set makes of the version: all answers are folded as the judge does.

        Args:
            plan: asked already.
            known: what either side's plan has.
        """
        if not plan.wanted:
            return Stance(proposal=Proposal.REVIEW)
        found = {name: plan.found.get(name) or known[key] for name, key in plan.keys.items()}
        judgements = [one.judgement for one in found.values()]
        # The other side may have asked: the prompt was the same, the policy's text need not be.
        bases = {
            name: replace(one.basis, policy=self._set.policies[name].digest)
            for name, one in found.items()
            if one.basis is not None
        }
        ruling = fold(plan.wanted, judgements, self._set, plan.version.content.at, bases)
        return stance_of(ruling, found.values(), restricted=plan.restricted, recorded=plan.recorded)

    def _recorded(
        self, told: Told | None, groups: list[tuple[Policy, ...]], routing: Routing
    ) -> dict[str, Kept]:
        """What was answered in service, where it was asked as it would be asked now."""
        kept = told.kept() if told is not None else {}
        return {
            policy.id: kept[policy.id]
            for group in groups
            for policy in group
            if told is not None
            and policy.id in kept
            and _counts(kept[policy.id])
            and self._asked_so(told, group, policy, routing)
        }

    def _asked_so(self, told: Told, group: tuple[Policy, ...], policy: Policy, routing: Routing) -> bool:
        names, effort = tuple(one.id for one in group), first_effort(group, routing.effort)
        asks = [one for one in told.asks if policy.id in one.policies and one.why is not Why.REPEATED]
        first = [one for one in asks if one.why is Why.FIRST]
        return (
            [(one.policies, one.effort) for one in first] == [(names, effort)]
            and all(one.model == self._model(one.effort) for one in asks)
        )  # fmt: skip

    def _kept_earlier(self, key: bytes) -> Kept | None:
        value = self._table.get(key)
        try:
            return None if value is None else _decode(value)
        except DecodeError:
            return None

    def _model(self, effort: Effort) -> str:
        return self._set.models.get(effort) or self._engine.model

    def _key(self, version: Version, group: tuple[Policy, ...], policy: Policy, routing: Routing) -> bytes:
        """All that a judgement depends on: both messages, its policy, effort, and the models."""
        content, effort = version.content, first_effort(group, routing.effort)
        question = Question(id="", policies=group, text=content.text, thread=content.thread)
        parts = (policy.id, effort.value, self._model(effort), self._model(Effort.HIGH))
        digest = sha256(self._prompt(group) + self._prompt((policy,)) + "\xff".join(parts).encode())
        digest.update(user_message(question).encode(errors="surrogatepass"))
        return digest.digest()

    def _prompt(self, group: tuple[Policy, ...]) -> bytes:
        name = tuple(policy.digest for policy in group)
        if name not in self._prompts:
            self._prompts[name] = sha256(developer_message(group).encode(errors="surrogatepass")).digest()
        return self._prompts[name]


def keep(table: DiskTable, plan: Plan) -> None:
    """Write down what was asked about a version that no restricted policy holds anything against."""
    for name in plan.asked:
        if name in plan.found and _counts(plan.found[name]):
            table.put(plan.keys[name], _encode(plan.found[name]))


def _counts(kept: Kept) -> bool:
    """What failed is asked again in another run: the engine may have been at fault."""
    return kept.judgement.result is not PolicyResult.FAILED


def _kept(judged: Judged, policy_set: PolicySet, own: str) -> dict[str, Kept]:
    asked = judged.answers.asked if judged.answers is not None else ()
    bases = judged.answers.bases(policy_set, own) if judged.answers is not None else {}
    usage: dict[str, Usage] = {}
    for one in asked:
        name = one.question.policies[0].id
        spent = one.answer.usage if one.answer is not None else Usage()
        usage[name] = total((usage.get(name, Usage()), spent))
    return {
        one.policy: Kept(wordless(one), usage.get(one.policy, Usage()), bases.get(one.policy))
        for one in judged.judgements
    }


_encode = Encoder().encode
_decode = Decoder(Kept).decode
