"""Two sets before a script: nothing is asked twice, nothing restricted is kept, what would change is told."""

import asyncio
from collections.abc import Iterable
from pathlib import Path

import pytest
from msgspec.structs import replace

from stream.adapters.answers import DiskTable, RememberingEngine
from stream.core.errors import Misconfigured, Unavailable
from stream.core.judgement import Answer, Question
from stream.core.outcome import Proposal
from stream.core.policy import Autonomy
from stream.core.policy.policy_set import PolicySet
from stream.core.sampling import Sampling
from stream.core.terms import Effort
from stream.core.topics import TopicNames
from stream.core.wire import encode
from stream.ops.backtest.backtest import Backtest, Sets, compare_records
from stream.ops.backtest.comparison import Comparison
from stream.ops.backtest.records import AuditIndex
from stream.ops.backtest.side import Meter, Side
from stream.ops.backtest.window import Version, Window, versions
from stream.ports import Record
from stream.processors.judge import Judge
from tests.unit.processors.cases import FixedPolicies, Heard, post, record, routed
from tests.unit.processors.script import (
    DEMO,
    Engine,
    Script,
    answering,
    bundled,
    restricted,
)
from tests.unit.processors.test_calibrated import calibrated

WINDOW = Window(begin=0, end=10_000)
NUMBERS = range(8)
CANDIDATE = replace(
    DEMO,
    name="candidate",
    digest="sha256:" + "ca" * 32,
    policies=DEMO.policies
    | {
        "harassment": replace(
            DEMO.policies["harassment"], instructions="Be strict.", digest="sha256:" + "5c" * 32
        )
    },
)


def published(number: int) -> Record:
    content = post(f"text {number} of an idiot", id=f"p{number}")
    return Record("content", 0, number, b"p", encode(content), timestamp=1_000)


def found(numbers: Iterable[int] = NUMBERS, table: DiskTable | None = None) -> list[Version]:
    met = table or DiskTable()
    return list(versions(map(published, numbers), WINDOW, met.is_new))


async def in_service(script: Script, policy_set: PolicySet, numbers: Iterable[int] = NUMBERS) -> list[Record]:
    """What `audit` says of these posts after the judge has answered."""
    policies, engine = FixedPolicies(policy_set), Engine(script)
    judge = Judge(TopicNames(), policies, engine, lambda: 5_000, Heard(), Sampling(b"k"))
    records = []
    for number in numbers:
        content = post(f"text {number} of an idiot", id=f"p{number}")
        names = {"id": content.id, "case": f"c0-{number}", "policy_set": policy_set.digest}
        outputs = await judge.handle(record(routed(content, **names)))
        records.append(Record("audit", 0, number, b"p", outputs[1].value))
    return records


class Bench:
    """A backtest with everything around it."""

    def __init__(
        self,
        script: Script,
        audit: Iterable[Record] = (),
        candidate: PolicySet = CANDIDATE,
        today: PolicySet = DEMO,
        path: Path | None = None,
    ) -> None:
        self.script = script
        self.sets = Sets(today, candidate)
        self.index = AuditIndex(DiskTable(), self.sets.digests)
        self.index.read(audit)
        self.table = DiskTable(path)
        self.meter = Meter()
        self.comparison = Comparison()
        engine = RememberingEngine(Engine(script), heard=self.meter.hear)
        today_side, other = (Side(one, engine, self.table) for one in (today, candidate))
        self.backtest = Backtest(self.sets, (today_side, other), self.index, self.table, self.comparison)

    async def run(self, numbers: Iterable[int] = NUMBERS, window: int = 3) -> Comparison:
        await self.backtest.run(iter(found(numbers)), window, lambda: None)
        return self.comparison

    def asked_with_prompt(self) -> list[tuple[str, str, str, Effort]]:
        return [(q.text, q.policies[0].id, q.policies[0].digest, q.effort) for q in self.script.asked]

    @property
    def asked(self) -> list[tuple[str, str]]:
        return sorted((one.text, one.policies[0].id) for one in self.script.asked)


def strict_candidate() -> Script:
    """Harassment is found where the candidate's instructions ask for it."""

    class Strict(Script):
        async def __call__(self, question: Question) -> Answer:
            strict = any(one.instructions == "Be strict." for one in question.policies)
            word = "violates" if strict else "safe"
            self.words = {("harassment", effort): word for effort in Effort}
            return await super().__call__(question)

    return Strict({})


async def test_what_would_change_is_counted_by_move_policy_and_clause() -> None:
    """Given a candidate that removes what today's set releases, when all is asked, then that is told."""
    comparison = await Bench(strict_candidate()).run()
    assert comparison.moves == {(Proposal.RELEASE, Proposal.REMOVE): len(NUMBERS)}
    assert comparison.policies["harassment"].gained == len(NUMBERS)
    assert comparison.policies["spam-and-scams"].candidate == 0
    (clause,) = comparison.clauses
    assert clause.removeprefix("harassment/") in {one.id for one in DEMO.policies["harassment"].clauses}
    assert comparison.recorded == 0


async def test_what_the_judge_has_answered_is_not_asked_again() -> None:
    """Given audit records of today's set, when replayed, then only the changed policy is asked about."""
    bench = Bench(strict_candidate(), await in_service(answering(), DEMO))
    comparison = await bench.run()
    assert comparison.recorded == len(NUMBERS)
    assert {policy for _text, policy in bench.asked} == {"harassment"}
    assert {one.policies[0].instructions for one in bench.script.asked} == {"Be strict."}
    assert comparison.moves == {(Proposal.RELEASE, Proposal.REMOVE): len(NUMBERS)}


@pytest.mark.parametrize("change", [{"digest": "sha256:" + "0d" * 32}, {"models": {Effort.LOW: "another"}}])
async def test_what_was_answered_otherwise_is_asked(change: dict[str, object]) -> None:
    """Given records of another set, or of another model, when it is replayed, then today's set is asked."""
    bench = Bench(answering(), await in_service(answering(), DEMO), today=replace(DEMO, **change))
    assert (await bench.run()).recorded == 0
    assert ("text 1 of an idiot", "spam-and-scams") in bench.asked


async def test_a_run_that_ended_goes_on_and_asks_nothing_twice(tmp_path: Path) -> None:
    """Given a run that lost its engine half-way, when the same is run again, then the rest alone is asked."""
    path = tmp_path / "judgements"
    script = strict_candidate()
    first = Bench(script, path=path)
    await first.run(range(5))
    first.table.close()

    class Gone(Script):
        async def __call__(self, question: Question) -> Answer:
            raise Unavailable("gone")

    lost = Bench(Gone({}), path=path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("stream.ops.evaluation.judging.TRIES", 1)
        with pytest.raises(Unavailable):
            await lost.run(NUMBERS)
    again = Bench(script, path=path)
    await again.run()
    assert len(set(again.asked_with_prompt())) == len(again.script.asked)
    assert again.comparison.moves == {(Proposal.RELEASE, Proposal.REMOVE): len(NUMBERS)}
    assert again.comparison.posts == len(NUMBERS)


async def test_copies_of_a_text_in_hand_at_once_are_asked_once() -> None:
    """Given one text under many ids, when it is replayed many at once, then each question is put once."""
    bench = Bench(answering())
    copies = [
        Version(post("the same for all", id=f"p{number}"), partition=0, offset=number) for number in NUMBERS
    ]
    await bench.backtest.run(iter(copies), len(copies), lambda: None)
    assert bench.comparison.whole.posts == len(copies)
    assert len(bench.asked_with_prompt()) == len(set(bench.asked_with_prompt())) == bench.meter.questions


async def test_nothing_of_a_restricted_post_is_kept_or_asked_about_twice() -> None:
    """Given a policy for few people that finds something, when asked, then there is a number and no row."""
    today = replace(restricted(), digest="sha256:" + "0d" * 32)
    bench = Bench(Script({("spam-and-scams", effort): "violates" for effort in Effort}), today=today)
    comparison = await bench.run()
    assert (comparison.restricted, comparison.whole.posts) == (len(NUMBERS), 0)
    assert len(bench.table) == 0


async def test_what_the_audit_calls_restricted_is_not_asked_about_at_all() -> None:
    """Given a record without words, for few people, when it is replayed, then no model sees the text."""
    script = Script({("spam-and-scams", effort): "violates" for effort in Effort})
    audit = await in_service(script, restricted(), NUMBERS)
    bench = Bench(answering(), audit)
    assert (await bench.run()).restricted == len(NUMBERS)
    assert bench.script.asked == []


async def test_posts_without_a_restricted_finding_are_kept_under_a_set_that_has_such_a_policy(
    tmp_path: Path,
) -> None:
    """Given a set whose every route has a restricted policy, when run twice, then the second asks nothing."""
    today = replace(restricted(), digest="sha256:" + "0d" * 32)
    for asked in (True, False):
        bench = Bench(answering(), today=today, path=tmp_path / "judgements")
        await bench.run()
        assert bool(bench.script.asked) is asked
        bench.table.close()


async def test_bundled_policies_are_asked_together_as_in_service() -> None:
    """Given bundled prompts, when one policy has changed, then the whole bundle is asked again, and told."""
    bench = Bench(strict_candidate(), candidate=bundled(CANDIDATE), today=bundled(DEMO))
    comparison = await bench.run()
    assert comparison.moves == {(Proposal.RELEASE, Proposal.REMOVE): len(NUMBERS)}
    assert {len(one.policies) for one in bench.script.asked if one.effort is Effort.LOW} == {2}


async def test_a_policy_in_shadow_is_asked_alone_as_in_service() -> None:
    """Given bundled prompts and a policy in shadow, when replayed, then the record counts as it was asked."""
    shadow = DEMO.autonomy | {"spam-and-scams": Autonomy.SHADOW}
    today = bundled(replace(DEMO, autonomy=shadow))
    audit = await in_service(answering(), today)
    bench = Bench(answering(), audit, candidate=bundled(CANDIDATE), today=today)
    assert (await bench.run()).recorded == len(NUMBERS)


async def test_an_answer_to_both_sets_counts_under_each_one_s_own_text() -> None:
    """Given a prompt that both share, when a grant rests on the candidate's text, then its answer counts."""
    grown = calibrated("other")
    text = replace(grown.policies["harassment"], digest="sha256:" + "5c" * 32)
    candidate = replace(
        grown,
        digest=CANDIDATE.digest,
        policies=grown.policies | {"harassment": text},
        calibrations={"harassment": replace(grown.calibrations["harassment"], policy=text.digest)},
    )
    found = answering(harassment_low="violates", harassment_high="violates")
    comparison = await Bench(found, candidate=candidate).run()
    assert comparison.moves == {(Proposal.REMOVE, Proposal.REMOVE): len(NUMBERS)}


async def test_the_shadow_s_record_is_compared_without_an_engine() -> None:
    """Given records of both sets, when they are compared, then those that have both count."""
    audit = await in_service(answering(), DEMO)
    firm = Script({("harassment", effort): "violates" for effort in Effort})
    audit += await in_service(firm, CANDIDATE, range(3))
    sets, comparison = Sets(DEMO, CANDIDATE), Comparison()
    index = AuditIndex(DiskTable(), sets.digests)
    index.read(audit)
    compare_records(sets, index, found(), comparison, lambda: None)
    assert comparison.moves == {(Proposal.RELEASE, Proposal.REMOVE): 3}
    assert comparison.uncompared == len(NUMBERS) - 3


def test_one_set_is_not_compared_with_itself() -> None:
    """Given the same set twice, when they are to be compared, then it is said."""
    with pytest.raises(Misconfigured, match="the same text"):
        Sets(DEMO, DEMO)


async def test_the_window_is_kept_full() -> None:
    """Given an engine that waits, when posts are replayed, then as many are in hand as the window holds."""
    held: set[str] = set()
    most = [0]

    class Slow(Script):
        async def __call__(self, question: Question) -> Answer:
            held.add(question.text)
            most[0] = max(most[0], len(held))
            await asyncio.sleep(0)
            held.discard(question.text)
            return await super().__call__(question)

    await Bench(Slow({})).run(range(50), window=7)
    assert most[0] == 7
