"""One of the two sets: asked only where nobody has judged the same text under the same policy before."""

from collections.abc import Mapping
from hashlib import sha256

from msgspec import DecodeError
from msgspec.msgpack import Decoder, Encoder
from msgspec.structs import replace

from stream.adapters.answers import DiskTable
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
from stream.ports import Engine

Known = dict[bytes, Kept]
"""What was answered about one version, by what the answer depends on."""


class Meter:
    """Implements `stream.ports.JudgeObserver`: what this run has asked for, and paid."""

    def __init__(self) -> None:
        self.questions = 0
        self.usage = Usage()

    def used(self, usage: Usage, effort: Effort, why: Why) -> None:  # noqa: ARG002 - the port's
        """See `stream.ports.JudgeObserver`."""
        self.questions += 1
        self.usage = total((self.usage, usage))

    def failed(self, check: str, policy: str) -> None:
        """What failed is people's, in either set."""

    def judged(self, proposal: str, seconds: float, text: int = 0) -> None:
        """No case is closed here."""

    def canary(self, fate: str) -> None:
        """Canaries are left out."""

    def audited(self, policy: str, result: PolicyResult) -> None:
        """Nothing is audited here."""


class Side:
    """Judges versions under one set by the judge's own parts, without the draws that would differ by chance.

    Args:
        policy_set: what it may be: today's, or the candidate.
        engine: started already.
        table: what was answered in this or an earlier run.
        meter: hears of what is asked.
    """

    def __init__(self, policy_set: PolicySet, engine: Engine, table: DiskTable, meter: Meter) -> None:
        self._set = policy_set
        self._engine = engine
        self._table = table
        undrawn = replace(policy_set, audited=0.0, confidence=Repetition())
        self._judging = Judging(undrawn, engine, meter, Sampling(b""))
        self._prompts: dict[tuple[str, ...], bytes] = {}

    def route(self, version: Version) -> Routing:
        """The version's way under this set."""
        return self._set.route(version.content.surface, version.content.language)

    async def stance(
        self, version: Version, told: Told | None, added: tuple[str, ...], known: Known
    ) -> Stance:
        """What the set makes of a version.

        1. What `audit` says that was asked just so counts, then what is known already.
        2. The engine is asked about the other policies; what it says joins `known`, if it may be trusted.
        3. All answers are folded as the judge does.

        Args:
            version: the text with its thread and signals.
            told: how this set judged it in service.
            added: the policies that operators' rules asked about besides.
            known: what was answered about this version, under either set; grows.

        Raises:
            Unavailable: the engine did not come back within some seconds.
            Exit: it is lost for good.
        """
        content, routing = version.content, self.route(version)
        if routing.obstacle(content):
            return Stance(proposal=Proposal.REVIEW)
        wanted = routing.with_added(added, self._set)
        groups = prompts((self._set.policies[name] for name in wanted), routing.prompting)
        keys = {policy.id: self._key(version, group, policy, routing) for group in groups for policy in group}
        recorded = self._recorded(told, groups, routing)
        found = self._found(keys, recorded, known)
        asked = tuple(one.id for group in groups if not _all(group, found) for one in group)
        restricted = False
        if asked:
            judged = await self._judging.judge(content, asked)
            restricted = judged.answers is not None and is_restricted(
                asked, judged.answers.everything, self._set
            )
            fresh = _kept(judged)
            found |= fresh
            known |= {keys[name]: one for name, one in fresh.items() if _counts(one)}
        else:
            known |= {keys[name]: one for name, one in found.items()}
        judgements = [one.judgement for one in found.values()]
        ruling = fold(wanted, judgements, self._set, content.at)
        read = recorded.keys() >= set(wanted)
        return stance_of(ruling, found.values(), restricted=restricted, recorded=read)

    def _recorded(
        self, told: Told | None, groups: list[tuple[Policy, ...]], routing: Routing
    ) -> Mapping[str, Kept]:
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

    def _found(
        self, keys: Mapping[str, bytes], recorded: Mapping[str, Kept], known: Known
    ) -> dict[str, Kept]:
        found = dict(recorded)
        for name, key in keys.items():
            if name not in found and (kept := known.get(key) or self._kept_earlier(key)) is not None:
                found[name] = kept
        return found

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


def keep(table: DiskTable, known: Known) -> None:
    """Write down what was answered about a version that no restricted policy holds anything against."""
    for key, kept in known.items():
        table.put(key, _encode(kept))


def _all(group: tuple[Policy, ...], found: Mapping[str, Kept]) -> bool:
    return all(policy.id in found for policy in group)


def _counts(kept: Kept) -> bool:
    """What failed is asked again in another run: the engine may have been at fault."""
    return kept.judgement.result is not PolicyResult.FAILED


def _kept(judged: Judged) -> dict[str, Kept]:
    asked = judged.answers.asked if judged.answers is not None else ()
    usage: dict[str, Usage] = {}
    for one in asked:
        name = one.question.policies[0].id
        spent = one.answer.usage if one.answer is not None else Usage()
        usage[name] = total((usage.get(name, Usage()), spent))
    return {one.policy: Kept(wordless(one), usage.get(one.policy, Usage())) for one in judged.judgements}


_encode = Encoder().encode
_decode = Decoder(Kept).decode
