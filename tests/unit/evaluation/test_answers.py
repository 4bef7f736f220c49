"""Answers that are kept: nothing is asked twice, and what must not be written down is not."""

from contextlib import closing
from pathlib import Path
from sqlite3 import connect

import pytest
from msgspec.msgpack import encode
from msgspec.structs import replace

from stream.adapters.answers import AnswerStore, Heard, Kept, RememberingEngine, answer_key
from stream.adapters.memory.engine import ScriptedEngine
from stream.adapters.policies import PolicyFolder
from stream.core.errors import Misconfigured
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


def test_only_its_owner_reads_the_file(tmp_path: Path) -> None:
    """Given a new file, when it is made, then nobody else may read it; a file of another kind is refused."""
    AnswerStore(tmp_path / "answers").close()
    assert (tmp_path / "answers").stat().st_mode & 0o077 == 0
    (tmp_path / "text").write_text("no database, though long enough to be looked at" * 40)
    with pytest.raises(Misconfigured, match="cannot keep answers"):
        AnswerStore(tmp_path / "text")
