"""The judge's cascade: what is asked again, harder, together, at random or not at all, and what is kept."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from stream.core.cascade import Why
from stream.core.judgement import Answer, Question
from stream.core.outcome import Proposal
from stream.core.policy import PolicyResult
from stream.core.policy.policy_set import PolicySet, Prompting, Repetition, Surface
from stream.core.terms import Decision, Effort, Origin
from tests.unit.processors.cases import post
from tests.unit.processors.script import (
    BOTH,
    DEMO,
    MARKER,
    SAY,
    Script,
    answering,
    breaks,
    bundled,
    judged,
    restricted,
    unanswerable,
)


@pytest.mark.parametrize("word", ["violates", "needs_context", "failed", "cut", "refused"])
async def test_what_is_flagged_unsure_or_failed_is_asked_again_at_high_effort_and_that_counts(
    word: str,
) -> None:
    # Given a model that has something against a post at low effort, and nothing at high effort
    found = await judged(answering(harassment_low=word))

    # Then that one policy was asked twice, and the second answer counts
    assert found.efforts("harassment") == [Effort.LOW, Effort.HIGH]
    assert found.efforts("spam-and-scams") == [Effort.LOW]
    assert found.outcome.proposal is Proposal.RELEASE
    assert found.outcome.effort is found.audit.effort is Effort.LOW
    # And every question is on record, with what came of it and what it used
    asks = {(one.policies, one.effort): one for one in found.audit.asks}
    assert {key: one.why for key, one in asks.items()} == {
        (("harassment",), Effort.LOW): Why.FIRST,
        (("spam-and-scams",), Effort.LOW): Why.FIRST,
        (("harassment",), Effort.HIGH): Why.RAISED,
    }
    assert asks[("harassment",), Effort.HIGH].results == {"harassment": PolicyResult.SAFE}
    assert asks[("harassment",), Effort.HIGH].usage.output == 20
    assert found.audit.usage.output == sum(one.usage.output for one in found.audit.asks)
    assert found.heard.reasons_asked[Effort.HIGH, Why.RAISED] == 1
    assert found.audit.confidential is not None
    (overruled,) = found.audit.confidential.overruled
    assert (overruled.effort, overruled.judgement.policy) == (Effort.LOW, "harassment")


async def test_what_fails_again_at_high_effort_goes_to_people() -> None:
    found = await judged(answering(harassment_low="failed", harassment_high="refused"))

    assert found.efforts("harassment") == [Effort.LOW, Effort.HIGH]
    assert found.outcome.proposal is Proposal.REVIEW
    assert found.audit.failures == {"harassment": ("refused",)}
    assert found.heard.failing == ["harassment", "harassment"]


async def test_what_was_asked_at_high_effort_already_is_not_asked_again() -> None:
    found = await judged(
        answering(harassment_high="violates", spam_high="failed"), origin=Origin.REPORT, effort=Effort.HIGH
    )

    assert [one.effort for one in found.script.asked] == [Effort.HIGH, Effort.HIGH]
    assert {one.priority for one in found.script.asked} == {-1}
    assert found.outcome.effort is Effort.HIGH


async def test_a_question_that_no_effort_makes_shorter_is_not_asked_again() -> None:
    found = await judged(answering(harassment_low="unanswerable"))

    assert found.efforts("harassment") == [Effort.LOW]
    assert found.heard.unanswered == [f"question {found.script.asked[0].id} is too long"]
    assert (found.outcome.proposal, found.outcome.reason) == (Proposal.REVIEW, "harassment: unanswerable")


async def test_each_step_has_its_model_and_the_outcome_names_what_the_answers_came_from() -> None:
    models = replace(DEMO, models={Effort.HIGH: "large"})
    found = await judged(answering(harassment_low="violates", harassment_high="violates"), models)

    assert {one.effort: one.model for one in found.script.asked} == {Effort.LOW: None, Effort.HIGH: "large"}
    # And an answer's own word for its model goes before the engine's
    assert found.outcome.model == found.audit.model == "other--scripted"
    assert {one.model for one in found.audit.asks} == {"other", "scripted"}


async def test_a_drawn_release_is_judged_again_and_what_low_effort_missed_is_told_and_not_released() -> None:
    # Given a set that audits every release, and a violation that only high effort sees
    found = await judged(answering(spam_high="violates"), replace(DEMO, audited=1.0), text="hello gift")

    # Then both releases were judged again, the miss is told by policy, and it counts
    assert sorted(found.heard.audits) == [
        ("harassment", PolicyResult.SAFE),
        ("spam-and-scams", PolicyResult.VIOLATES),
    ]
    assert found.heard.reasons_asked[Effort.HIGH, Why.AUDITED] == 2
    assert found.outcome.proposal is Proposal.REMOVE
    assert found.outcome.effort is Effort.HIGH


async def test_a_repeated_judgement_draws_the_same_and_another_key_others() -> None:
    half = replace(DEMO, audited=0.5, to_auditors=0.5)

    async def drawn(key: bytes) -> list[tuple[list[str], bool]]:
        found = [await judged(answering(), half, key, case=f"c0-{n}") for n in range(12)]
        return [(sorted(name for name, _ in one.heard.audits), one.audit.sampled) for one in found]

    first = await drawn(b"one")
    assert first == await drawn(b"one")
    assert first != await drawn(b"two")
    assert {sampled for _, sampled in first} == {True, False}


async def test_bundled_policies_share_a_question_and_are_raised_alone() -> None:
    found = await judged(answering(spam_low="needs_context"), bundled(DEMO))

    assert [[policy.id for policy in one.policies] for one in found.script.asked] == [
        ["harassment", "spam-and-scams"],
        ["spam-and-scams"],
    ]
    assert found.outcome.proposal is Proposal.RELEASE
    assert found.audit.confidential is not None
    assert found.audit.confidential.reasoning == {"harassment+spam-and-scams": MARKER, "spam-and-scams": "…"}


async def test_a_bundle_that_is_too_long_is_taken_apart() -> None:
    class Narrow(Script):
        async def __call__(self, question: Question) -> Answer:
            answer = await super().__call__(question)
            return answer if len(question.policies) == 1 else unanswerable(question)

    found = await judged(Narrow({}), bundled(DEMO))

    assert [len(one.policies) for one in found.script.asked] == [2, 1, 1]
    assert found.outcome.proposal is Proposal.RELEASE


async def test_a_restricted_policy_is_asked_alone_even_where_others_are_bundled() -> None:
    found = await judged(answering(), bundled(restricted()))

    assert [len(one.policies) for one in found.script.asked] == [1, 1]
    assert all(one.local_only for one in found.script.asked)


@pytest.mark.parametrize(
    "policies", [restricted(), replace(DEMO, surfaces={"default": Surface(local_only=True)})]
)
async def test_an_engine_elsewhere_is_never_asked_about_what_must_stay_here(policies: PolicySet) -> None:
    script = Script({}, local=False)
    policies = replace(policies, surfaces={post().surface: Surface(local_only=bool(policies.surfaces))})

    found = await judged(script, policies)

    assert script.asked == []
    assert found.outcome.proposal is Proposal.REVIEW
    assert set(found.audit.failures.values()) == {("engine_not_local",)}
    assert set(found.heard.failures) == {"engine_not_local"}


@pytest.mark.parametrize("word", ["violates", "needs_context", "failed"])
async def test_of_what_is_restricted_no_word_and_no_quote_leaves_the_judge(word: str) -> None:
    # Given a post that a restricted policy has something against, at any effort, among samples for auditors
    script = answering(spam_low=word, spam_high=word, harassment_low="violates", harassment_high="violates")
    found = await judged(script, replace(restricted(), to_auditors=1.0), text=f"text {MARKER}")

    # Then it is people's, and marked for the few
    assert (found.outcome.proposal, found.outcome.restricted) == (Proposal.REVIEW, True)
    # And neither topic has a word of it, nor any that the model wrote
    assert found.audit.restricted
    assert found.audit.confidential is None
    assert not found.audit.sampled
    for output in found.outputs:
        for words in (MARKER, "It does.", "Do not."):
            assert words.encode() not in output
    assert found.audit.asks


async def test_what_high_effort_calls_safe_is_released_and_its_words_are_kept_back_all_the_same() -> None:
    found = await judged(answering(spam_low="violates"), restricted(), text=f"text {MARKER}")

    assert (found.outcome.proposal, found.outcome.restricted) == (Proposal.RELEASE, False)
    assert found.audit.restricted
    assert MARKER.encode() not in b"".join(found.outputs)


async def test_reasoning_and_quotes_live_in_the_audit_alone() -> None:
    found = await judged(
        answering(harassment_low="violates", harassment_high="violates"), text=f"text {MARKER}"
    )

    outcome, audit = found.outputs
    assert MARKER.encode() not in outcome
    assert b"It does." not in outcome
    assert audit.count(MARKER.encode()) >= 2


async def test_a_drawn_case_is_asked_again_at_random_and_the_share_that_agrees_is_kept() -> None:
    # Given a model that at random says now this, now that
    class Moody(Script):
        async def __call__(self, question: Question) -> Answer:
            answer = await super().__call__(question)
            return answer if question.draw % 2 == 0 else breaks(question)

    script = Moody({})
    found = await judged(script, replace(DEMO, confidence=Repetition(share=1.0, repeats=4)))

    # Then each policy was drawn four times, which decides nothing, and half agreed
    assert sorted(one.draw for one in script.asked) == [0, 0, 1, 1, 2, 2, 3, 3, 4, 4]
    assert len({one.id for one in script.asked}) == 10
    assert found.outcome.proposal is Proposal.RELEASE
    confidence = found.judgements["harassment"].confidence
    assert (confidence.agreement, confidence.repeats) == (0.5, 4)
    assert found.heard.failures == []


async def test_an_outcome_says_where_it_was_posted_and_who_must_look_at_once() -> None:
    text = DEMO.policies["harassment"]
    clauses = tuple(replace(one, urgent=one.violates) for one in text.clauses)
    alarmed = replace(DEMO, policies=DEMO.policies | {"harassment": replace(text, clauses=clauses)})

    found = await judged(answering(harassment_low="needs_context", harassment_high="needs_context"), alarmed)

    assert (found.outcome.surface, set(found.outcome.policies)) == (post().surface, set(BOTH))
    assert (found.outcome.urgent, found.outcome.proposal) == (True, Proposal.REVIEW)
    assert found.outcome.recommendation is None


async def test_an_urgent_removal_is_recommended_to_people() -> None:
    text = DEMO.policies["harassment"]
    clauses = tuple(replace(one, urgent=one.violates) for one in text.clauses)
    alarmed = replace(DEMO, policies=DEMO.policies | {"harassment": replace(text, clauses=clauses)})

    found = await judged(answering(harassment_low="violates", harassment_high="violates"), alarmed)

    assert (found.outcome.urgent, found.outcome.recommendation) == (True, Decision.REMOVE)


words = st.sampled_from(list(SAY))
scripts = st.fixed_dictionaries(
    {(policy, effort): words for policy in BOTH for effort in (Effort.LOW, Effort.HIGH)}
)
shares, repeats = st.sampled_from([0.0, 0.5, 1.0]), st.integers(1, 3)
efforts = st.sampled_from([Effort.LOW, Effort.HIGH])


@given(scripts, st.booleans(), st.sampled_from(Prompting), shares, repeats, efforts, st.binary(max_size=4))
async def test_whatever_a_model_says_nothing_shows_but_what_is_safe_and_nothing_is_asked_for_ever(
    said: dict[tuple[str, Effort], str],
    few: bool,
    prompting: Prompting,
    share: float,
    times: int,
    effort: Effort,
    key: bytes,
) -> None:
    start = restricted() if few else DEMO
    start = bundled(start) if prompting is Prompting.BUNDLED else start
    policies = replace(start, audited=share, confidence=Repetition(share, times))
    script = Script(said)
    found = await judged(script, policies, key, effort=effort)

    # Then the post is hidden unless the last answer under each policy calls it safe, or labels it by right
    last = {
        policy: one.results[policy]
        for one in sorted(found.audit.asks, key=lambda one: one.effort.rank)
        if one.why is not Why.REPEATED
        for policy in one.results
    }
    allowed = {PolicyResult.SAFE, PolicyResult.VIOLATES}
    if found.outcome.proposal is Proposal.RELEASE:
        assert set(last) == set(BOTH)
        assert set(last.values()) <= allowed
        assert found.outcome.labels or set(last.values()) == {PolicyResult.SAFE}
    # And each was asked once, once more at most, and that at high effort
    firsts = [one for one in script.asked if one.draw == 0]
    for policy in BOTH:
        efforts = [one.effort for one in firsts if policy in [each.id for each in one.policies]]
        assert efforts in ([effort], [Effort.LOW, Effort.HIGH])
    assert len(script.asked) <= len(BOTH) * (2 + policies.confidence.repeats)
    assert found.outcome.effort is not None
    assert found.outcome.effort.rank >= effort.rank
