"""Checks of a model's answer: what may count, and that nothing at all makes them raise."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stream.core.checks import check
from stream.core.checks.wording import loops, refuses
from stream.core.judgement import Answer, Confidence, Finding, Judgement, Question, Stated
from stream.core.policy import PolicyResult
from stream.core.result import MAX_QUOTE, answer_schema
from tests.unit.policies.sample import policy

POLICY = policy()
TEXT = 'She said: "you  utter\nFOOL" — ﬁne.'


def answer(**changes: object) -> dict[str, object]:
    return {
        "label": "violates",
        "findings": [{"clause": "RU1.a", "quote": "you utter FOOL"}],
        "severity": 2,
        "confidence": "high",
        "rationale": "It belittles.",
        "remediation": "",
        **changes,
    }


def judged(final: object, text: str = TEXT, complete: bool = True) -> Judgement:
    written = final if isinstance(final, str) else json.dumps(final)
    return check(Answer(final=written, complete=complete), Question(id="q", policies=(POLICY,), text=text))[0]


def test_an_answer_that_passes_is_the_judgement() -> None:
    assert judged(answer()) == Judgement(
        policy="rude",
        result=PolicyResult.VIOLATES,
        findings=(Finding("RU1.a", "you utter FOOL"),),
        severity=2,
        rationale="It belittles.",
        confidence=Confidence(stated=Stated.HIGH),
    )


@pytest.mark.parametrize(
    "passing",
    [
        answer(label="safe", findings=[], severity=0),
        answer(label="safe", findings=[{"clause": "RS1", "quote": ""}], severity=0),
        answer(label="needs_context", findings=[{"clause": "RU1.a", "quote": ""}], severity=0),
        answer(findings=[{"clause": "RU1.a", "quote": "fine"}, {"clause": "RS1", "quote": ""}]),
        answer(
            findings=[{"clause": "RU1.a", "quote": "FOOL"}, {"clause": "RU1.b", "quote": "FOOL"}], severity=4
        ),
        answer(findings=[{"clause": "RU1.a", "quote": "She said: you utter FOOL — fine."}]),
        answer(rationale="RU1.a, the RU1 family: sells a PS5 and an MP3 player, in UK1."),
        answer(rationale="I can't see a joke in it; sorry is never said."),
        answer(remediation="----------------------------------------------------------------------"),
    ],
)
def test_what_agrees_with_itself_and_the_content_passes(passing: dict[str, object]) -> None:
    assert judged(passing).failures == ()


FINDING = {"clause": "RU1.a", "quote": "FOOL"}


@pytest.mark.parametrize(
    ("failing", "failure"),
    [
        ("", "not_json"),
        ("{", "not_json"),
        (json.dumps(answer()) + " and more", "not_json"),
        ("I think it is safe", "not_json"),
        ("[" * 100_000, "not_in_schema"),
        ('{"label": "\ud800"}', "not_json"),
        ("[]", "not_in_schema"),
        ({}, "not_in_schema"),
        (answer(label="fine"), "not_in_schema"),
        (answer(label="failed"), "not_in_schema"),
        (answer(extra=1), "not_in_schema"),
        (answer(severity=5), "not_in_schema"),
        (answer(severity="2"), "not_in_schema"),
        (answer(severity=True), "not_in_schema"),
        (answer(findings=[FINDING] * 5), "not_in_schema"),
        (answer(findings=[{**FINDING, "quote": "F" * (MAX_QUOTE + 1)}]), "not_in_schema"),
        (answer(rationale="two\nlines"), "not_in_schema"),
        (answer(rationale="ends in a line\n"), "not_in_schema"),
        (answer(findings=[{**FINDING, "clause": "RU9"}]), "unknown_clause"),
        (answer(findings=[{**FINDING, "quote": "you idiot"}]), "quote_not_in_content"),
        (answer(findings=[{**FINDING, "quote": ""}]), "quote_missing"),
        (answer(findings=[]), "violates_without_clause"),
        (answer(findings=[{"clause": "RS1", "quote": "FOOL"}]), "violates_without_clause"),
        (answer(severity=4), "severity_off_ladder"),
        (answer(severity=0), "severity_off_ladder"),
        (answer(label="safe", severity=0), "safe_with_violation"),
        (answer(label="safe", findings=[], severity=1), "safe_with_violation"),
        ("I'm sorry, but I can't help with that.", "refused"),
        (answer(label="safe", findings=[], severity=0, rationale="I cannot assist with that."), "refused"),
        (answer(rationale="It belittles." + " very bad" * 30), "repeats_itself"),
        (answer(remediation="Say it kindly, " * 9), "repeats_itself"),
        ("safe " * 100, "repeats_itself"),
        (answer(rationale="It announces harm, RU1.b."), "rationale_cites_other"),
        (answer(rationale="By RU1.c it belittles."), "rationale_cites_other"),
        (answer(rationale="Not RS1: the person is meant."), "rationale_cites_other"),
    ],
)
def test_what_does_not_is_failed_by_name(failing: object, failure: str) -> None:
    judgement = judged(failing)

    assert judgement.result is PolicyResult.FAILED
    assert failure in judgement.failures
    assert not any(finding.quote for finding in judgement.findings), "what may not be trusted is not quoted"


def test_an_answer_cut_short_is_failed_even_if_it_parses() -> None:
    assert judged(answer(), complete=False).failures == ("incomplete",)


def test_a_quote_must_stand_in_the_target_and_not_in_the_thread() -> None:
    assert judged(answer(), text="nothing of the kind").failures == ("quote_not_in_content",)


@pytest.mark.parametrize(
    ("written", "quoted"),
    [
        ("you i\u200bd\u200bi\u200bo\u200bt", "you idiot"),
        ("you idiot", "you id\u00adiot"),
        ("\u202eyou idiot\u202c", "you idiot"),
        ("go a\ufe0fway \U0001f468\u200d\U0001f469", "away \U0001f468\U0001f469"),
        ("e\u200b\u0301t\u00e9", "\u00e9te\u0301"),
        ("ｙｏｕ　ｉｄｉｏｔ", "you idiot"),
        ("I see you, you well-known idiot", "i see you, you well\u2011known idiot"),
        ("you utter and complete idiot there", "you utter ... idiot"),
        ("you 10-20 idiots, go", "you 10\u201320 idiots\u2026"),
    ],
)
def test_a_quote_may_differ_in_what_models_write_as_they_please(written: str, quoted: str) -> None:
    found = answer(findings=[{"clause": "RU1.a", "quote": quoted}])

    assert judged(found, text=written).failures == ()
    assert judged(found, text=written[::-1]).failures == ("quote_not_in_content",)


def test_the_parts_around_an_ellipsis_stand_in_order() -> None:
    found = answer(findings=[{"clause": "RU1.a", "quote": "idiot ... you utter"}])

    assert judged(found, text="you utter idiot").failures == ("quote_not_in_content",)


def test_an_answer_that_fails_keeps_the_clauses_that_it_named() -> None:
    failed = judged(answer(severity=4))

    assert failed.failures == ("severity_off_ladder",)
    assert failed.findings == (Finding("RU1.a", ""),)


def test_an_answer_cut_off_in_a_loop_is_failed_by_both_names() -> None:
    assert judged("safe " * 100, complete=False).failures == ("incomplete", "repeats_itself")


def test_reasoning_that_is_caught_in_a_loop_is_no_ground_for_a_label() -> None:
    question = Question(id="q", policies=(POLICY,), text=TEXT)
    said = Answer(final=json.dumps(answer()), complete=True, reasoning="So safe or not? " * 12)

    assert check(said, question)[0].failures == ("repeats_itself",)


@pytest.mark.parametrize(
    ("text", "ends_in_a_loop"),
    [
        ("", False),
        ("ha" * 40, True),
        ("It is rude. " * 3, False),
        ("A. " * 15, False),
        ("A. " * 16, True),
        ("word " * 40 + "and then it ends well.", False),
        ("x" * 47, False),
        ("." * 500, False),
        ("The same long sentence about a person, again and again, nothing new. " * 6, True),
    ],
)
def test_a_loop_is_the_same_words_six_times_at_the_end(text: str, ends_in_a_loop: bool) -> None:
    assert loops(text) == ends_in_a_loop


def test_what_the_schema_allows_the_checks_can_read_and_no_more() -> None:
    schema = answer_schema((POLICY,))

    assert schema["properties"]["findings"]["items"]["properties"]["clause"]["enum"] == list(
        POLICY.clause_ids
    )
    assert schema["required"] == ["label", "findings", "severity", "confidence", "rationale", "remediation"]
    quote = schema["properties"]["findings"]["items"]["properties"]["quote"]
    longest = answer(findings=[{"clause": "RU1.a", "quote": "F" * quote["maxLength"]}])
    assert judged(longest, text="F" * quote["maxLength"]).failures == ()


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(codec=None)),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=10,
)
labels = st.sampled_from(["safe", "violates", "needs_context", "failed", ""])
clauses = st.sampled_from([*POLICY.clause_ids, "RU9", ""])
quotes = st.sampled_from(["", "FOOL", "you idiot", "x" * 400, "\x00", '"']) | st.text(max_size=5)
answers = st.fixed_dictionaries(
    {
        "label": labels,
        "findings": st.lists(st.fixed_dictionaries({"clause": clauses, "quote": quotes}), max_size=5),
        "severity": st.integers(-1, 5),
        "confidence": st.sampled_from(["low", "high", ""]),
        "rationale": st.text(max_size=20),
        "remediation": st.text(max_size=20),
    }
)
finals = (
    st.text(st.characters(codec=None))
    | json_values.map(json.dumps)
    | answers.map(json.dumps)
    | answers.map(lambda value: json.dumps(value)[:-3])
)


texts = st.text(st.characters(codec=None))


@given(finals, texts | st.just(TEXT), st.booleans(), texts)
def test_any_answer_to_any_text_becomes_a_judgement(
    final: str, text: str, complete: bool, reasoning: str
) -> None:
    said = Answer(final=final, complete=complete, reasoning=reasoning)
    (judgement,) = check(said, Question(id="q", policies=(POLICY,), text=text))

    assert (judgement.result is PolicyResult.FAILED) == bool(judgement.failures)
    assert complete or judgement.result is PolicyResult.FAILED
    broken = [f for f in judgement.findings if (clause := POLICY.clause(f.clause)) and clause.violates]
    if judgement.result is PolicyResult.VIOLATES:
        assert judgement.severity > 0
        assert broken
    if judgement.result is PolicyResult.SAFE:
        assert not broken


@pytest.mark.parametrize(
    "text",
    [
        "I'm sorry, but I can't help with that.",
        "  **I’m really sorry**, but that is not possible.",
        "- I am sorry. This is beyond me.",
        "I'm very sorry",
        "I'm sorry that I cannot judge this.",
        "I'm sorry but I can't.",
        "I'm sorry you're going through this, but I can't help with it.",
        "I'm sorry for the inconvenience, but we cannot go on.",
        "I'm sorry to say no.",
        "Sorry, no.",
        "(I cannot assist with that.)",
        "I won't engage with this.",
        "As an AI, I have no opinion.",
    ],
)
def test_a_refusal_is_known_by_its_beginning(text: str) -> None:
    assert refuses(text)


@pytest.mark.parametrize(
    "text",
    [
        '"I\'m sorry you feel that way" targets nobody.',
        "'I'm sorry, but you deserve it' belittles the reader.",
        "“Sorry, not sorry” mocks a person.",
        "«I can't help it» is said of the author alone.",
        "`I cannot answer that` is what the post quotes.",
        "I'm sorry is used as a taunt, and it belittles a person.",
        "I'm sorry you feel that way is no apology. But it targets nobody.",
        "The author says: I'm sorry, but I can't help with that.",
    ],
)
def test_words_of_the_post_at_its_beginning_are_no_refusal(text: str) -> None:
    assert not refuses(text)
