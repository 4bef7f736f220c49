"""The shipped policies, counted in the model's own vocabulary."""

from collections.abc import Callable

import pytest

from stream.core.policy import Policy
from stream.core.prompt import developer_message
from tests.unit.policies.sample import SHIPPED

pytestmark = pytest.mark.vllm
POLICIES = [SHIPPED.policy(policy_id) for policy_id in SHIPPED.ids()]


@pytest.fixture(scope="module")
def tokens() -> Callable[[str], int]:
    """Counts gpt-oss tokens; the vocabulary is embedded in the package oss-harmony."""
    from openai_harmony import HarmonyEncodingName, load_harmony_encoding

    encoding = load_harmony_encoding(HarmonyEncodingName.HARMONY_GPT_OSS)
    return lambda text: len(encoding.encode(text, disallowed_special=()))


@pytest.mark.parametrize("policy", POLICIES, ids=lambda policy: policy.id)
def test_a_policy_has_the_length_that_the_model_reads_best(
    policy: Policy, tokens: Callable[[str], int]
) -> None:
    rules = sum(tokens(clause.text) for clause in policy.clauses)
    whole = tokens(developer_message([policy]))

    print(f"{policy.id}: clauses {rules}, whole {whole} tokens")  # noqa: T201
    assert 500 <= rules <= 700
    assert 1_300 <= whole <= 1_700
