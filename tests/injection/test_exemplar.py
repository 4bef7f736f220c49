"""The exemplar, which has no prompt: no attempt breaks the form of its answer, or passes for one."""

from stream.adapters.exemplar import Exemplar
from stream.core.checks import check
from stream.core.policy import PolicyResult
from tests.injection.frames import BUNDLED, asked
from tests.injection.hostile import CORPUS, VIOLATIONS, payload_for
from tests.unit.policies.sample import SHIPPED

TOLERATED = 0.15
"""Of wrapped violations, those released; 8 % when written. It knows phrases, and padding drowns them."""


async def test_every_attempt_is_answered_in_the_form_under_each_policy() -> None:
    engine = Exemplar(SHIPPED.exemplars, allow=True)
    for attempt in CORPUS:
        wrapped = attempt.wrap(payload_for(attempt))
        question = asked(wrapped.text, wrapped.thread, BUNDLED)
        judged = check(await engine.ask(question), question)
        assert [one.policy for one in judged] == [policy.id for policy in BUNDLED], attempt.id
        assert not any(one.failures for one in judged), attempt.id


async def test_few_attempts_turn_a_violation_into_a_release() -> None:
    # Given the violations, none of which it releases as they are
    engine = Exemplar(SHIPPED.exemplars, allow=True)

    async def is_safe(text: str, thread: tuple[str, ...] = ()) -> bool:
        question = asked(text, thread, BUNDLED)
        judged = check(await engine.ask(question), question)
        return all(one.result is PolicyResult.SAFE for one in judged)

    assert not [case.id for case in VIOLATIONS if await is_safe(case.text)]
    # When each is put into every attempt, then few are released
    wrappers = [attempt for attempt in CORPUS if attempt.keeps_the_breach]
    wrapped = [one.wrap(case.text) for one in wrappers for case in VIOLATIONS][::5]
    released = sum([await is_safe(one.text, one.thread) for one in wrapped])
    assert released / len(wrapped) < TOLERATED
