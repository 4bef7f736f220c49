"""The judge's share of the lanes: what goes first in the engine, and what a dead letter may hold."""

import pytest
from msgspec.json import decode
from msgspec.structs import replace

from stream.adapters.memory.engine import ScriptedEngine
from stream.core.dead_letter import DeadLetter
from stream.core.errors import Unreadable
from stream.core.judgement import Answer, Question
from stream.core.policy.policy_set import PolicySet
from stream.core.sampling import Sampling
from stream.core.terms import Origin
from stream.core.topics import TopicNames
from stream.ports import Record
from stream.processors.judge import Judge
from tests.unit.processors.cases import FixedPolicies, Heard, post, record, routed, safe, value_of

KEY = Sampling(b"k")


class Restricted:
    """A `PolicySource` whose set has a restricted policy."""

    def current(self) -> PolicySet:
        policies = FixedPolicies().current()
        return replace(policies, terms=replace(policies.terms, restricted=True))


async def test_what_may_be_urgent_goes_first_then_what_people_asked_about_then_the_rest() -> None:
    # Given an engine that notes how each case is ranked
    ranks: dict[str, int] = {}

    async def noting(question: Question) -> Answer:
        ranks[question.text] = question.priority
        return safe(question)

    the_judge = Judge(TopicNames(), FixedPolicies(), ScriptedEngine(noting), lambda: 5_000, Heard(), KEY)
    # When one of each kind is judged
    await the_judge.handle(record(routed(post("bulk"))))
    await the_judge.handle(record(routed(post("reported"), origin=Origin.REPORT)))
    await the_judge.handle(record(routed(post("urgent"), urgent=True)))
    # Then the lower number runs first
    assert sorted(ranks, key=lambda text: ranks[text]) == ["urgent", "reported", "bulk"]


@pytest.mark.parametrize(("policies", "kept"), [(FixedPolicies(), b'{"secret'), (Restricted(), None)])
def test_under_a_restricted_policy_a_dead_letter_is_a_place_and_no_bytes(
    policies: FixedPolicies | Restricted, kept: bytes | None
) -> None:
    async def never(_question: Question) -> Answer:
        raise AssertionError("nobody asks")

    the_judge = Judge(TopicNames(), policies, ScriptedEngine(never), lambda: 5_000, Heard(), KEY)
    out = the_judge.dead_letter(Record("cases.judge", 1, 2, b"p1", b'{"secret'), Unreadable("?"))
    letter = decode(value_of(out), type=DeadLetter)
    assert (letter.place, letter.value, letter.withheld) == ("cases.judge/1-2", kept, kept is None)
