"""What the demo says of its engine."""

from stream.config import EngineKind, Settings
from stream.ops.demo.engine import Choice, words_of
from tests.unit.policies.sample import SHIPPED


def test_the_exemplar_is_measured_where_there_are_golden_cases_and_nowhere_else() -> None:
    policy_set = SHIPPED.policy_set("default")

    told = words_of(Choice(EngineKind.EXEMPLAR), Settings(), SHIPPED, policy_set).splitlines()

    assert told[0].startswith("exemplar: ")
    by_policy = dict(line.strip().split(": ", 1) for line in told[1:])
    assert set(by_policy) == set(policy_set.policies)
    for policy in policy_set.policies.values():
        if policy.restricted:
            assert by_policy[policy.id] == "no golden cases, so nobody can say"
        else:
            assert by_policy[policy.id].startswith(f"{len(SHIPPED.golden(policy))} golden cases: ")
