"""The exemplar engine answers in the model's form, deterministically, and leaves what it does not know."""

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from stream.adapters.exemplar import Exemplar
from stream.adapters.exemplar.resemblance import MAX_CHARACTERS, Resemblance
from stream.core.checks import check
from stream.core.errors import Escalate, Misconfigured, PolicyInvalid
from stream.core.judgement import Answer, Judgement, Question
from stream.core.policy import Example, Policy, PolicyResult
from tests.unit.policies.sample import SHIPPED

SPAM = SHIPPED.policy("spam-and-scams")
SHIPPED_POLICIES = [SHIPPED.policy(policy_id) for policy_id in SHIPPED.ids()]
POLICIES = [policy for policy in SHIPPED_POLICIES if not policy.restricted]
ENGINE = Exemplar(SHIPPED.exemplars, allow=True)


def asked(text: str, policy: Policy = SPAM, engine: Exemplar = ENGINE) -> Answer:
    return asyncio.run(engine.ask(Question(id="q", policies=(policy,), text=text)))


def judged(text: str, policy: Policy = SPAM) -> Judgement:
    return check(asked(text, policy), Question(id="q", policies=(policy,), text=text))[0]


async def test_it_refuses_to_serve_unless_told_to() -> None:
    with pytest.raises(Misconfigured, match=r"judge\.exemplar\.serve"):
        await Exemplar(SHIPPED.exemplars).start()

    await Exemplar(SHIPPED.exemplars, allow=True).start()


def test_what_resembles_a_violating_example_violates_by_its_clause_with_a_quote() -> None:
    text = "Good morning! Double your money in one week with our bot, guaranteed profit, no risk, write now."

    judgement = judged(text)

    assert judgement.result is PolicyResult.VIOLATES
    assert judgement.findings[0].clause == "SP2.a"
    assert "guaranteed profit" in judgement.findings[0].quote
    assert "Good morning" not in judgement.findings[0].quote
    assert judgement.severity == 3


def test_what_resembles_a_safe_example_is_safe() -> None:
    assert judged("Sunrise from the ferry this morning, no filter needed at all.").result is PolicyResult.SAFE


@pytest.mark.parametrize(
    "unknown",
    ["Qwxz vbnm plkj.", "今日は庭でトマトを植えました。", "Sunset from the ferry. " * (MAX_CHARACTERS // 20)],
    ids=["gibberish", "a language without examples", "longer than any example"],
)
@pytest.mark.parametrize("policy", POLICIES, ids=lambda policy: policy.id)
def test_what_resembles_neither_goes_to_people(policy: Policy, unknown: str) -> None:
    assert judged(unknown, policy).result is PolicyResult.NEEDS_CONTEXT


@pytest.mark.parametrize("text", ["My cat sleeps.", "Buy 1000 likes now", "?"])
def test_under_a_restricted_policy_people_decide_everything(text: str) -> None:
    (restricted,) = (policy for policy in SHIPPED_POLICIES if policy.restricted)

    judgement = judged(text, restricted)

    assert (judgement.result, judgement.failures) == (PolicyResult.NEEDS_CONTEXT, ())


def test_two_engines_give_the_same_answer() -> None:
    for text in ("Buy 1000 likes now", "My cat sleeps", "You have won a prize, pay the fee"):
        assert asked(text) == asked(text, engine=Exemplar(SHIPPED.exemplars, allow=True))


def test_it_knows_the_policys_own_examples_and_never_its_golden_cases() -> None:
    # Given engines with the examples of the prompt alone, and with all of them
    golden = {case.text for case in SHIPPED.golden(SPAM)}
    seen: list[Example] = []

    def spied(policy: Policy) -> tuple[Example, ...]:
        examples = SHIPPED.exemplars(policy)
        seen.extend(examples)
        return examples

    # When it answers
    asked("My cat sleeps", engine=Exemplar(spied, allow=True))

    # Then no golden case was among what it was fitted to
    assert seen
    assert golden.isdisjoint(example.text for example in seen)


def test_another_text_of_a_policy_is_fitted_anew() -> None:
    engine = Exemplar(lambda policy: (), allow=True)
    fits = []
    for digest in ("sha256:" + "1" * 64, "sha256:" + "2" * 64, "sha256:" + "2" * 64):
        policy = replace(SPAM, digest=digest)
        asked("hello", policy, engine)
        fits.append(engine._fitted[SPAM.id][1])

    assert fits[0] is not fits[1]
    assert fits[1] is fits[2]


def test_examples_edited_into_nonsense_send_posts_to_people_until_they_are_mended(
    caplog: pytest.LogCaptureFixture,
) -> None:
    # Given examples beside the policy that cannot be read
    broken = [PolicyInvalid("exemplars.jsonl", 3, "no label", "add one")]

    def edited(policy: Policy) -> tuple[Example, ...]:
        if broken:
            raise broken[0]
        return SHIPPED.exemplars(policy)

    engine = Exemplar(edited, allow=True)

    # When it is asked, then the question goes to people and the log says what to mend
    with pytest.raises(Escalate):
        asked("hello", engine=engine)
    assert "exemplars.jsonl:3: no label. add one." in caplog.text

    # And once they are mended, it answers
    broken.clear()
    assert asked("hello", engine=engine).complete


def test_too_few_examples_decide_nothing() -> None:
    sparse = Resemblance([example for group in SPAM.examples for example in group])

    assert sparse.opinion(SPAM.examples[0][1].text).result is PolicyResult.NEEDS_CONTEXT


@pytest.mark.parametrize("policy", POLICIES, ids=lambda policy: policy.id)
def test_the_bounds_hold_for_each_example_when_it_is_left_out(policy: Policy) -> None:
    # Given the engine's bounds, found by a closed form
    prompt = [example for group in policy.examples for example in group]
    examples = [
        one for one in (*prompt, *SHIPPED.exemplars(policy)) if one.result != PolicyResult.NEEDS_CONTEXT
    ]
    fitted = Resemblance(examples)
    offset, wrong, decided = fitted._offset, {"safe": 0, "violates": 0}, {"safe": 0, "violates": 0}

    # When every twentieth example is truly taken out and scored by what is left
    fitted_scores = fitted._fit()[1]
    for left_out in range(0, len(examples), 20):
        rest = Resemblance(examples[:left_out] + examples[left_out + 1 :])
        rest._offset = offset
        rest._weights, _ = rest._fit()
        true_score = rest.opinion(examples[left_out].text).score
        assert true_score == pytest.approx(fitted_scores[left_out], abs=1e-6)

    # Then of all that it would decide at its bounds, at most one in twenty is wrong on either side
    for example, left_out_score in zip(examples, fitted_scores, strict=True):
        for side, reached in (
            ("safe", left_out_score <= fitted.bounds.safe),
            ("violates", left_out_score >= fitted.bounds.violates),
        ):
            decided[side] += bool(reached)
            wrong[side] += bool(reached) and example.result != side
    assert all(decided.values())
    assert wrong["safe"] <= 0.05 * decided["safe"]
    assert wrong["violates"] <= 0.05 * decided["violates"]


@settings(max_examples=50, deadline=None)
@given(st.text(st.characters(codec="utf-8"), min_size=1, max_size=80), st.sampled_from(POLICIES), st.data())
def test_every_answer_passes_the_checks_of_a_models(noise: str, policy: Policy, data: st.DataObject) -> None:
    known = data.draw(st.sampled_from([example.text for example in SHIPPED.exemplars(policy)]))
    text = data.draw(
        st.sampled_from([noise, known + noise, noise + " " + known, known.replace(" ", noise[:1])])
    )

    judgement = judged(text, policy)

    assert judgement.failures == ()
    assert judgement.rationale


async def test_it_says_how_good_it_is() -> None:
    for policy in POLICIES:
        figures = await ENGINE.measure(policy, SHIPPED.golden(policy))

        print(f"{policy.id}: {figures}")  # noqa: T201  # the figures that the demo shows
        assert figures.cases == len(SHIPPED.golden(policy))
        assert figures.right <= figures.decided < figures.cases
        assert figures.right > figures.decided / 2
        assert str(figures.right) in str(figures)
