"""How far an engine agrees with itself over further draws."""

from stream.adapters.memory.engine import ScriptedEngine
from stream.core.judgement import Answer, Question
from stream.ops.policies.agreement import AtDraw, agreement
from tests.unit.ops.trials import PEOPLE, POLICY, SAFE, VIOLATES, case, result

CASES = [case("steady", "safe"), case("wavering", "violates", "RU1.a"), case("tossed", "safe")]


def test_a_case_agrees_by_the_share_of_draws_that_came_to_the_likeliest_answer() -> None:
    draws = [[SAFE, VIOLATES, VIOLATES], [SAFE, SAFE, PEOPLE], [SAFE, VIOLATES, SAFE], [SAFE, VIOLATES, SAFE]]

    found = agreement(result(CASES, [SAFE, VIOLATES, SAFE]), [result(CASES, draw) for draw in draws])

    assert [(one.case, one.share) for one in found.cases] == [
        ("steady", 1.0),
        ("wavering", 0.75),
        ("tossed", 0.5),
    ]
    assert [one.case for one in found.unstable] == ["tossed", "wavering"]
    assert found.unstable[0].results == {"safe": 3, "violates": 1, "needs_context": 1}
    assert found.share == 0.75


async def test_each_question_is_put_at_its_draw() -> None:
    asked: list[int] = []

    async def answer(question: Question) -> Answer:
        asked.append(question.draw)
        return Answer(final="", complete=True)

    await AtDraw(ScriptedEngine(answer), 3).ask(Question(id="one", policies=(POLICY,), text="x"))
    assert asked == [3]
