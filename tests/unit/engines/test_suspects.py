"""A question that kills the engine goes to people; those beside it are answered."""

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stream.adapters.vllm.suspects import Suspects
from stream.core.errors import Escalate, Unavailable


class Engine:
    """Takes some turns for a question, and dies of the poisonous ones with all that is in flight."""

    def __init__(self, poison: set[str], turns: dict[str, int]) -> None:
        self.poison = poison
        self.turns = turns
        self.deaths = 0

    async def run(self, question: str) -> str:
        life = self.deaths
        for _ in range(self.turns.get(question, 1)):
            await asyncio.sleep(0)
            if self.deaths > life:
                raise Unavailable("the engine died")
        if question in self.poison:
            self.deaths += 1
            raise Unavailable("the engine died")
        return question


async def ask(suspects: Suspects, engine: Engine, question: str) -> str:
    """Ask again at every death, as the judge does."""
    while True:
        try:
            async with suspects.watching(question):
                return await engine.run(question)
        except Unavailable:
            continue
        except Escalate:
            return "to people"


async def answers(engine: Engine, questions: list[str]) -> dict[str, str]:
    suspects = Suspects()
    given_ = await asyncio.gather(*(ask(suspects, engine, question) for question in questions))
    assert set(suspects._deaths) <= engine.poison
    return dict(zip(questions, given_, strict=True))


async def test_the_killer_alone_goes_to_people() -> None:
    questions = [f"q{n}" for n in range(20)]

    answered = await answers(Engine(poison={"q7"}, turns={"q3": 5, "q12": 9}), questions)

    assert answered == {question: question for question in questions} | {"q7": "to people"}


@settings(deadline=None)
@given(
    turns=st.dictionaries(st.sampled_from("abcdefgh"), st.integers(1, 8)),
    poison=st.sets(st.sampled_from("abcdefgh"), max_size=3),
)
async def test_whatever_takes_how_long_only_killers_go_to_people(
    turns: dict[str, int], poison: set[str]
) -> None:
    engine = Engine(poison, turns)

    answered = await answers(engine, list("abcdefgh"))

    assert answered == {question: "to people" if question in poison else question for question in "abcdefgh"}
    assert engine.deaths <= 3 * max(1, len(poison))


async def test_a_question_that_was_given_up_is_forgotten() -> None:
    suspects = Suspects()
    with pytest.raises(Unavailable):
        async with suspects.watching("q"):
            raise Unavailable("the engine died")

    with pytest.raises(asyncio.CancelledError):
        async with suspects.watching("q"):
            raise asyncio.CancelledError

    assert suspects._deaths == {}


async def test_the_same_question_asked_twice_at_once_is_answered_or_accused_but_never_an_error() -> None:
    engine = Engine(poison={"q"}, turns={})

    suspects = Suspects()
    both = await asyncio.gather(*(ask(suspects, engine, "q") for _ in range(2)))

    assert both == ["to people", "to people"]


async def test_a_killer_under_two_policies_is_found_out_under_both() -> None:
    # Given a post whose two questions, asked together as one case, both kill the engine
    engine, suspects = Engine(poison={"post:a", "post:b"}, turns={}), Suspects()

    async def one(question: str) -> str:
        try:
            async with suspects.watching(question):
                return await engine.run(question)
        except Escalate:
            return "to people"

    async def case() -> list[str]:
        tasks = [asyncio.ensure_future(one(question)) for question in ("post:a", "post:b")]
        try:
            return await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()

    # When the case is asked again after each death
    for _ in range(20):
        try:
            answered = await case()
            break
        except Unavailable:
            continue

    # Then it ends, with people
    assert answered == ["to people", "to people"]
