"""The judge on its real runner and the real Kafka, its model a script: an answer after a set time."""

import asyncio
from pathlib import Path

from msgspec.structs import replace

from bench.errand import Errand, tell
from bench.load import SLOW
from bench.stopwatch import Stopwatch, leave
from stream.adapters.kafka import (
    Connection,
    ConsumerSettings,
    KafkaConsumer,
    KafkaProducer,
    ProducerSettings,
)
from stream.adapters.memory.engine import ScriptedEngine
from stream.adapters.policies import PolicyFolder, find_folder
from stream.core.cascade import Why
from stream.core.judgement import Answer, Question, Usage
from stream.core.policy import PolicyResult
from stream.core.policy.calibration import Lapse
from stream.core.policy.policy_set import PolicySet, Prompting
from stream.core.sampling import Sampling
from stream.core.terms import Effort
from stream.core.topics import Topic, TopicNames
from stream.ports import Engine, JudgeObserver
from stream.processors.judge import Judge
from stream.processors.supersession import supersedes
from stream.runtime.concurrent import (
    Ending,
    Lane,
    LoopExecutor,
    Observer,
    Runner,
    Settings,
    Silent,
    serve,
)
from stream.wiring.process import now_ms

PATIENCE = 600.0
"""Seconds for one case: a loaded machine must not change what is measured."""

ANSWER = Answer(
    final='{"label":"safe","findings":[],"severity":0,"confidence":"high","rationale":"Fine.","remediation":""}',
    complete=True,
    usage=Usage(prompt=1_500, cached=1_400, output=30),
)


class Unheard:
    """A judge's observer that nobody listens to."""

    def judged(self, proposal: str, seconds: float, text: int = 0) -> None:
        """Ignore it."""

    def canary(self, fate: str) -> None:
        """Ignore it."""

    def used(self, usage: Usage, effort: Effort, why: Why) -> None:
        """Ignore it."""

    def failed(self, check: str, policy: str) -> None:
        """A wrong answer would make the figures worthless."""
        raise AssertionError(f"the scripted answer failed the check {check} under {policy}")

    def unanswerable(self, reason: str) -> None:
        """Ignore it."""

    def audited(self, policy: str, result: PolicyResult) -> None:
        """Ignore it."""

    def lapsed(self, policy: str, what: Lapse) -> None:
        """Ignore it."""


class Counting(Silent):
    """Tells the stopwatch, where there is one, of each case that left the window."""

    def __init__(self, stopwatch: Stopwatch | None) -> None:
        self._stopwatch = stopwatch

    def ended(self, lane: str, ending: Ending, seconds: float) -> None:
        """See `stream.runtime.concurrent.Observer`."""
        if self._stopwatch is None:
            return
        if ending is not Ending.COMPLETED:
            raise AssertionError(f"a case ended {ending} after {seconds:.1f} s in {lane}")
        if self._stopwatch.committed(1):
            leave()


def scripted(errand: Errand) -> ScriptedEngine:
    """A model that takes `answer_s` for each question, and `slow_s` for those that ask for it."""
    quick, slow = float(errand.options.get("answer_s", 0)), float(errand.options.get("slow_s", 0))

    async def answer(question: Question) -> Answer:
        wait = slow if question.text.startswith(SLOW) else quick
        if wait:
            await asyncio.sleep(wait)
        return ANSWER

    return ScriptedEngine(answer)


class InForce:
    """The demo's set, with its policies prompted as the errand says."""

    def __init__(self, errand: Errand) -> None:
        demo = PolicyFolder(find_folder(Path("policies"))).policy_set("demo")
        prompting = Prompting(errand.options.get("prompting", Prompting.SINGLE))
        routes = tuple(replace(route, prompting=prompting) for route in demo.routes)
        self._set = replace(demo, routes=routes)

    def current(self) -> PolicySet:
        """See `stream.ports.PolicySource`."""
        return self._set


def runner(errand: Errand, engine: Engine, metrics: JudgeObserver, observer: Observer) -> Runner:
    """The judge as its process wires it, with one lane; for the event loop that this is called on."""
    connection = Connection(bootstrap=errand.bootstrap, client="bench-judge")
    names = TopicNames(errand.prefix)
    judge = Judge(names, InForce(errand), engine, now_ms, metrics, Sampling(b"bench"))
    consumer = KafkaConsumer(
        connection,
        ConsumerSettings(
            group=f"{errand.prefix}judge{errand.options.get('group', '')}",
            strategy="cooperative-sticky",
            ends=True,
            prefetch_kib=4_096,
        ),
    )
    return Runner(
        [Lane("judge", consumer, (names.of(Topic.CASES_JUDGE),))],
        KafkaProducer(connection, ProducerSettings()),
        judge,
        LoopExecutor(judge, asyncio.get_running_loop()),
        Settings(slots=int(errand.options.get("slots", 64)), deadline=PATIENCE),
        observer,
        supersedes=supersedes,
    )


async def main() -> None:
    """Run until killed, or until all that is counted is done."""
    errand = Errand.given()
    counting = Counting(Stopwatch(errand) if errand.count else None)
    judge = runner(errand, scripted(errand), Unheard(), counting)
    tell("ready")
    await serve(judge)


if __name__ == "__main__":
    asyncio.run(main())
