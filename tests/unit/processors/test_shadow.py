"""The judge's shadow: notes about drawn cases under the candidate, and no word of what few may see."""

import pytest
from msgspec.json import decode
from msgspec.structs import replace

from stream.adapters.metrics import ShadowMetrics
from stream.adapters.metrics.shadow import PASSED_OVER
from stream.core.audit import CaseShadowed
from stream.core.canary import CANARY_PREFIX
from stream.core.errors import Oversized, Unavailable
from stream.core.outcome import Proposal
from stream.core.policy.policy_set import PolicySet
from stream.core.sampling import Sampling
from stream.core.terms import Effort
from stream.core.topics import TopicNames
from stream.ports import Outgoing, Record
from stream.processors.judge.shadow import Shadow
from tests.unit.processors.cases import FixedPolicies, Heard, post, record, routed, value_of
from tests.unit.processors.script import BOTH, DEMO, MARKER, TEXT, Engine, Script, restricted

CANDIDATE = replace(DEMO, digest="sha256:" + "ca" * 32)
FIRM = {("harassment", effort): "violates" for effort in Effort}


class Noticed(Heard):
    """Keeps what was passed over too."""

    def __init__(self) -> None:
        super().__init__()
        self.passed: list[str] = []

    def passed_over(self, why: str) -> None:
        self.passed.append(why)


class World:
    """A shadow before a script."""

    def __init__(self, script: Script, candidate: PolicySet = CANDIDATE, share: float = 1.0) -> None:
        self.heard = Noticed()
        policies, engine = FixedPolicies(candidate), Engine(script)
        names = TopicNames("x.")
        self.shadow = Shadow(names, policies, engine, lambda: 5_000, self.heard, Sampling(b"k"), share)

    async def notes(self) -> CaseShadowed:
        (outgoing,) = await self.shadow.handle(case())
        return note(outgoing)


def case(text: str = TEXT, **fields: object) -> Record:
    return record(routed(post(text), **{"policies": BOTH, **fields}))


def note(outgoing: Outgoing) -> CaseShadowed:
    assert outgoing.topic == "x.audit"
    return decode(value_of(outgoing), type=CaseShadowed)


async def test_a_case_is_judged_under_the_candidate_and_only_audit_hears_of_it() -> None:
    """Given a case of another set, when the shadow takes it, then it notes what it would propose."""
    found = await World(Script(FIRM)).notes()
    assert (found.proposal, found.policy_set, found.beside) == (
        Proposal.REMOVE,
        CANDIDATE.digest,
        DEMO.digest,
    )
    assert found.confidential is not None
    assert found.sampled is False


async def test_it_is_routed_anew_as_the_candidate_does() -> None:
    """Given a case that was routed to less, when the shadow takes it, then all of its own are asked."""
    (outgoing,) = await World(Script({})).shadow.handle(case(policies=("harassment",)))
    assert set(note(outgoing).policies) == set(BOTH)


@pytest.mark.parametrize("local", [True, False])
async def test_a_candidate_that_asks_less_sees_nothing_for_it_knows_not_what_must_stay_here(
    local: bool,
) -> None:
    """Given a candidate without a policy of the set in force, when a case comes, then nothing is asked."""
    only = replace(
        CANDIDATE,
        routes=tuple(replace(route, policies=("harassment",)) for route in CANDIDATE.routes),
    )
    script = Script({}, local=local)
    world = World(script, only)
    assert list(await world.shadow.handle(case())) == []
    assert (world.heard.passed, script.asked) == (["narrower"], [])


async def test_no_word_is_kept_of_what_the_candidate_finds_restricted() -> None:
    """Given a finding for few people, when it is noted, then no quote and no reasoning is."""
    candidate = replace(restricted(), digest=CANDIDATE.digest)
    world = World(Script({("spam-and-scams", effort): "violates" for effort in Effort}), candidate)
    (outgoing,) = await world.shadow.handle(case())
    found = note(outgoing)
    assert (found.restricted, found.confidential) == (True, None)
    assert MARKER.encode() not in value_of(outgoing)
    assert TEXT.encode() not in value_of(outgoing)


@pytest.mark.parametrize(
    ("why", "what"),
    [
        ("canary", case(id=CANARY_PREFIX + "1")),
        ("same_set", case(policy_set=CANDIDATE.digest)),
        ("people", case(" ")),
        ("unreadable", Record("cases", 0, 1, b"p1", b"{")),
    ],
)
async def test_what_is_not_for_the_shadow_is_passed_over(why: str, what: Record) -> None:
    """Given what it should not judge, when it takes it, then nothing is written and the reason is counted."""
    script = Script({})
    world = World(script)
    assert await world.shadow.handle(what) == ()
    assert (world.heard.passed, script.asked) == ([why], [])


async def test_that_the_candidate_is_in_force_itself_is_said_once(caplog: pytest.LogCaptureFixture) -> None:
    """Given a candidate that is promoted already, when cases come, then one warning says so."""
    world = World(Script({}))
    await world.shadow.handle(case())
    assert caplog.messages == []
    for _ in range(3):
        await world.shadow.handle(case(policy_set=CANDIDATE.digest))
    (said,) = caplog.messages
    assert "in force itself" in said
    assert "--set" in said


async def test_a_share_of_the_cases_is_drawn_and_always_the_same_ones() -> None:
    """Given a share, when many cases come, then about so many are judged; the same ones again."""
    drawn = []
    for _ in range(2):
        world = World(Script({}), share=0.2)
        took = [bool(await world.shadow.handle(case(case=f"c0-{number}"))) for number in range(400)]
        drawn.append(took)
    assert drawn[0] == drawn[1]
    assert 50 < sum(drawn[0]) < 110


async def test_a_case_without_an_answer_in_time_is_passed_over() -> None:
    """Given an engine that is away, when the time is up, then nothing is said of the case."""
    world = World(Script({}))
    assert world.shadow.escalate(case(), Unavailable("gone")) == ()
    assert world.heard.passed == ["unanswered"]


async def test_a_note_that_does_not_fit_becomes_one_that_does() -> None:
    """Given a record too large for its topic, when it is refused, then a small one is written."""
    found = note(World(Script({})).shadow.dead_letter(case(), Oversized("too large")))
    assert (found.proposal, found.failures, found.confidential) == (
        Proposal.REVIEW,
        {"record": ("oversized",)},
        None,
    )


def test_every_reason_to_pass_over_is_counted_from_the_start() -> None:
    """Given metrics, when nothing has happened, then each reason reads zero; skipped records are counted."""
    metrics = ShadowMetrics()
    metrics.skipped(17)
    metrics.passed_over("people")
    value = metrics.registry.get_sample_value
    assert value("sluice_shadow_skipped_records_total") == 17
    found = {why: value("sluice_shadow_passed_over_total", {"why": why}) for why in PASSED_OVER}
    assert found == {why: float(why == "people") for why in PASSED_OVER}
