"""What makes a policy work badly: how long it is in the model's own tokens."""

from collections.abc import Callable

import pytest

from stream.adapters.vllm.harmony import Harmony
from stream.core.policy import Policy
from stream.ops.policies.lint import findings
from tests.unit.policies.sample import SHIPPED, policy


@pytest.fixture(scope="module")
def tokens() -> Callable[[str], int]:
    return Harmony().count


@pytest.mark.parametrize("name", SHIPPED.ids())
def test_the_shipped_policies_are_read_well(name: str, tokens: Callable[[str], int]) -> None:
    assert list(findings(SHIPPED.policy(name), "policy.md", tokens)) == []


def test_clauses_that_are_too_long_name_the_longest(tokens: Callable[[str], int]) -> None:
    # Given a policy whose insult goes on for ever
    long = policy(
        lambda text: text.replace("Belittles a person.", "Belittles a person. " + "And more. " * 300)
    )

    # Then the finding counts its tokens and says where to begin
    (finding,) = findings(long, "policy.md", tokens)
    assert finding.rule == "clauses-too-long"
    assert "beginning with RU1.a" in finding.mend
    assert str(finding).startswith("policy.md:1: its clauses take ")


@pytest.mark.parametrize(
    ("times", "says"), [(2_000, "up to 1,700 are read best."), (11_000, "beyond 10,000 it is not followed.")]
)
def test_a_prompt_that_is_too_long_is_found(times: int, says: str, tokens: Callable[[str], int]) -> None:
    def lengthen(text: str) -> str:
        return text.replace("Judge the TARGET only.", "Judge the TARGET only." + " word" * times)

    found: list[Policy] = [policy(lengthen)]
    (finding,) = findings(found[0], "policy.md", tokens)
    assert finding.rule == "prompt-too-long"
    assert says in str(finding)


def test_special_tokens_in_a_policy_are_counted_as_the_text_that_they_are(
    tokens: Callable[[str], int],
) -> None:
    assert tokens("<|end|>") > 1
