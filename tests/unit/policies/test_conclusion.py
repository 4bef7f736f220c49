"""The reader of conclusions: never wrong about the written thoughts, and not blind to plain ends."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stream.core.checks import check
from stream.core.checks.conclusion import conclusion
from stream.core.judgement import Answer, Question
from stream.core.policy import PolicyResult
from tests.unit.policies.sample import SHIPPED
from tests.unit.policies.thoughts import AGREEING, BUNDLED, PLAIN
from tests.unit.processors.cases import safe, violates

HARASSMENT, SPAM = SHIPPED.policy("harassment"), SHIPPED.policy("spam-and-scams")
LABELS = ("safe", "violates", "needs_context")


def concluded(thought: str) -> PolicyResult | None:
    return conclusion(thought, HARASSMENT, (HARASSMENT,))


def test_it_contradicts_none_of_the_labels_that_thoughts_really_come_to() -> None:
    wrong = [(label, thought) for label, thought in AGREEING if concluded(thought) not in (None, label)]

    assert wrong == []


def test_a_plain_end_is_read_and_so_every_contrary_label_is_caught() -> None:
    caught = [
        concluded(thought) not in (None, label)
        for (own, thought), label in product(PLAIN, LABELS)
        if label != own
    ]

    assert all(concluded(thought) == label for label, thought in PLAIN)
    assert all(caught)


@pytest.mark.parametrize(("thought", "harassment", "spam"), BUNDLED)
def test_of_several_policies_only_what_names_one_alone_is_read(
    thought: str, harassment: str | None, spam: str | None
) -> None:
    asked = (HARASSMENT, SPAM)

    assert conclusion(thought, HARASSMENT, asked) == harassment
    assert conclusion(thought, SPAM, asked) == spam


@given(
    st.text(max_size=400)
    | st.lists(st.sampled_from([*LABELS, "So", "label", ":", ".", "\n", "HR1.a", "not"])).map(" ".join)
)
def test_any_text_has_a_conclusion_or_none(thought: str) -> None:
    assert concluded(thought) in (None, *LABELS)


@pytest.mark.parametrize("filler", [" ", "\t", "'", "*", ":", "so ", "label ", "not ", "HR1.a "])
def test_a_thought_of_any_length_is_read_at_once(filler: str) -> None:
    thoughts = ("So" + filler * 30_000 + "safe.", "Label" + filler * 30_000 + ": safe", filler * 30_000)

    assert [concluded(thought) for thought in thoughts] in ([None, None, None], ["safe", "safe", None])


def test_an_answer_that_contradicts_its_own_reasoning_is_failed() -> None:
    question = Question(id="q", policies=(HARASSMENT,), text="you fool")
    said = safe(question)
    thought = "One insult at a person. So violates HR1.a severity 1."

    (judgement,) = check(Answer(final=said.final, complete=True, reasoning=thought), question)

    assert judgement.failures == ("reasoning_contradicts",)


def test_an_answer_that_follows_from_its_reasoning_is_not() -> None:
    question = Question(id="q", policies=(HARASSMENT,), text="you fool")
    said = violates(question, "HR1.a", "fool", 1)
    thought = "One insult at a person. So violates HR1.a severity 1."

    assert check(Answer(final=said.final, complete=True, reasoning=thought), question)[0].failures == ()
