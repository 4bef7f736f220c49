"""Answers that are kept: nothing is asked twice, and what must not be written down is not."""

import asyncio
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from sqlite3 import connect
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.msgpack import encode
from msgspec.structs import replace

from stream.adapters.answers import AnswerStore, Heard, Kept, RememberingEngine, answer_key
from stream.adapters.memory.engine import ScriptedEngine
from stream.adapters.policies import PolicyFolder
from stream.core.errors import Misconfigured, Unavailable
from stream.core.judgement import Answer, Question
from stream.core.terms import Effort
from tests.contract.engines import keep_the_contract

POLICIES = PolicyFolder(Path(__file__).parents[3] / "policies")
QUESTION = Question(id="one", policies=(POLICIES.policy("harassment"),), text="Good morning.")
FINAL = '{"label":"safe","findings":[],"severity":0,"confidence":"high","rationale":"Fine.","remediation":""}'

ANSWER = Answer(final=FINAL, complete=True, reasoning="thought")
MOMENT = 1_700_000_000_000


class Asked(ScriptedEngine):
    """Counts what it is asked."""

    def __init__(self, *, complete: bool = True) -> None:
        self.asked: list[Question] = []

        async def answer(question: Question) -> Answer:
            self.asked.append(question)
            return replace(ANSWER, complete=complete)

        super().__init__(answer)


async def test_the_remembering_engine_keeps_the_contract(tmp_path: Path) -> None:
    """Given a store, when the contract's questions are asked twice, then both times it is kept."""
    for _ in range(2):
        engine = RememberingEngine(Asked(), AnswerStore(tmp_path / "answers"))
        await engine.start()
        await keep_the_contract(engine, POLICIES.policy("harassment"))
        await engine.stop()


async def test_another_run_asks_nothing_that_was_answered(tmp_path: Path) -> None:
    """Given an answer of an earlier run, when the same is asked for another case, then the engine is not."""
    await RememberingEngine(Asked(), AnswerStore(tmp_path / "answers")).ask(QUESTION)
    later, heard = Asked(), list[Heard]()
    store = AnswerStore(tmp_path / "answers")
    answer = await RememberingEngine(later, store, heard.append).ask(replace(QUESTION, id="two"))
    assert (answer.final, answer.reasoning, later.asked) == (FINAL, "thought", [])
    assert [one.remembered for one in heard] == [True]
    assert len(store) == 1


@pytest.mark.parametrize(
    ("since", "remembered"),
    [(0, [MOMENT, 0]), (MOMENT, [MOMENT]), (MOMENT + 1, [])],
    ids=["any age", "from then on", "later"],
)
async def test_what_was_answered_too_long_ago_is_asked_anew(
    tmp_path: Path, since: int, remembered: list[int]
) -> None:
    """Given answers of that moment and of no known age, when only later ones count, then no other does."""
    known, unknown = QUESTION, replace(QUESTION, draw=1)
    AnswerStore(tmp_path / "answers").put(answer_key(known, "scripted"), Kept(ANSWER, 1.0, MOMENT))
    with closing(connect(tmp_path / "answers", isolation_level=None)) as file:
        row = answer_key(unknown, "scripted"), encode((ANSWER, 1.0))
        file.execute("INSERT INTO answers VALUES (?, ?)", row)
    heard = list[Heard]()
    asking = RememberingEngine(Asked(), AnswerStore(tmp_path / "answers", since), heard.append)

    for question in (known, unknown):
        await asking.ask(question)

    assert [one.at for one in heard if one.remembered] == remembered


@pytest.mark.parametrize(
    "change",
    [
        {"text": "Good evening."},
        {"effort": Effort.HIGH},
        {"model": "another"},
        {"draw": 1},
        {"policies": (POLICIES.policy("hate"),)},
        {"policies": (POLICIES.policy("harassment"), POLICIES.policy("hate"))},
    ],
    ids=lambda change: next(iter(change)),
)
async def test_what_an_answer_depends_on_is_asked_anew(tmp_path: Path, change: dict[str, object]) -> None:
    """Given an answer, when anything that it depends on differs, then the engine is asked."""
    engine = Asked()
    remembering = RememberingEngine(engine, AnswerStore(tmp_path / "answers"))
    await remembering.ask(QUESTION)
    await remembering.ask(replace(QUESTION, **change))
    assert len(engine.asked) == 2


@pytest.mark.parametrize(
    "change",
    [{"local_only": True}, {"policies": (POLICIES.policy("child-safety"),)}],
    ids=["place", "policy"],
)
async def test_what_must_stay_local_is_never_written_down(tmp_path: Path, change: dict[str, object]) -> None:
    """Given a question of restricted content, when it is answered, then the file has nothing of it."""
    store = AnswerStore(tmp_path / "answers")
    await RememberingEngine(Asked(), store).ask(replace(QUESTION, **change))
    assert len(store) == 0


async def test_an_answer_that_stopped_short_is_asked_for_again(tmp_path: Path) -> None:
    """Given an incomplete answer, when it comes, then it is not kept."""
    store = AnswerStore(tmp_path / "answers")
    await RememberingEngine(Asked(complete=False), store).ask(QUESTION)
    assert len(store) == 0


class Held(ScriptedEngine):
    """Answers when it is told to; what it has in hand by text."""

    def __init__(self) -> None:
        self.calls = 0
        self.in_hand: dict[str, asyncio.Future[Answer]] = {}

        async def answer(question: Question) -> Answer:
            assert question.text not in self.in_hand, "it has the same question already"
            self.calls += 1
            self.in_hand[question.text] = asyncio.get_running_loop().create_future()
            try:
                return await self.in_hand[question.text]
            finally:
                del self.in_hand[question.text]

        super().__init__(answer)

    def end(self, text: str, *, well: bool) -> None:
        if (waiting := self.in_hand.get(text)) is not None and not waiting.done():
            if well:
                waiting.set_result(Answer(final=FINAL, complete=True))
            else:
                waiting.set_exception(Unavailable("gone"))


async def turns() -> None:
    for _ in range(8):
        await asyncio.sleep(0)


TEXTS = ("a", "b")
steps = st.one_of(
    st.tuples(st.just("ask"), st.sampled_from(TEXTS)),
    st.tuples(st.just("leave"), st.integers(0, 9)),
    st.tuples(st.sampled_from(("answer", "fail")), st.sampled_from(TEXTS)),
    st.tuples(st.just("turns"), st.none()),
)


@given(st.lists(steps, max_size=25), st.booleans())
def test_whoever_asks_the_same_at_once_shares_one_call_and_nobody_is_lost(
    plan: Sequence[tuple[str, str | int | None]], kept: bool
) -> None:
    """Given askers who come and go, when calls end well or not, then each who stayed has their end.

    And no question is with the engine twice, no call goes on for nobody, and each is paid for once.
    """

    async def run(store: AnswerStore | None) -> None:
        engine, heard = Held(), list[Heard]()
        remembering = RememberingEngine(engine, store, heard.append)
        asking: list[asyncio.Task[Answer]] = []
        wanted: list[str] = []
        for step, what in plan:
            if step == "ask":
                wanted.append(str(what))
                asking.append(asyncio.ensure_future(remembering.ask(replace(QUESTION, text=str(what)))))
            elif step == "leave" and isinstance(what, int) and what < len(asking):
                asking[what].cancel()
            elif step in {"answer", "fail"}:
                engine.end(str(what), well=step == "answer")
            else:
                await turns()
        await turns()
        left = {text for text, task in zip(wanted, asking, strict=True) if not task.done()}
        assert engine.in_hand.keys() == left
        for text in TEXTS:
            engine.end(text, well=True)
        await turns()
        assert all(task.done() for task in asking)
        answered = [task for task in asking if not task.cancelled() and task.exception() is None]
        assert len(heard) == len(answered)
        assert all(
            isinstance(task.exception(), Unavailable)
            for task in set(asking) - set(answered)
            if not task.cancelled()
        )
        assert sum(not one.remembered for one in heard) <= engine.calls

    with TemporaryDirectory() as folder:
        store = AnswerStore(Path(folder) / "answers") if kept else None
        asyncio.run(run(store))
        if store is not None:
            store.close()


async def test_an_asker_who_leaves_takes_no_answer_away() -> None:
    """Given two who ask the same, when the first leaves, then the second has the one answer, and pays."""
    engine, heard = Held(), list[Heard]()
    remembering = RememberingEngine(engine, None, heard.append)
    first, second = (asyncio.ensure_future(remembering.ask(QUESTION)) for _ in range(2))
    await turns()
    first.cancel()
    await turns()
    engine.end(QUESTION.text, well=True)
    assert (await second).final == FINAL
    assert engine.calls == 1
    assert [one.remembered for one in heard] == [False]


async def test_after_a_failure_that_was_shared_the_engine_is_asked_again() -> None:
    """Given two who shared a failure, when one asks again, then that is a call of its own."""
    engine, heard = Held(), list[Heard]()
    remembering = RememberingEngine(engine, None, heard.append)
    both = [asyncio.ensure_future(remembering.ask(QUESTION)) for _ in range(2)]
    await turns()
    engine.end(QUESTION.text, well=False)
    assert [type(one) for one in await asyncio.gather(*both, return_exceptions=True)] == [Unavailable] * 2
    again = asyncio.ensure_future(remembering.ask(QUESTION))
    await turns()
    engine.end(QUESTION.text, well=True)
    assert (await again).final == FINAL
    assert (engine.calls, len(heard)) == (2, 1)


def test_only_its_owner_reads_the_file(tmp_path: Path) -> None:
    """Given a new file, when it is made, then nobody else may read it; a file of another kind is refused."""
    AnswerStore(tmp_path / "answers").close()
    assert (tmp_path / "answers").stat().st_mode & 0o077 == 0
    (tmp_path / "text").write_text("no database, though long enough to be looked at" * 40)
    with pytest.raises(Misconfigured, match="cannot keep answers"):
        AnswerStore(tmp_path / "text")
