"""The judge under a calibrated grant: it holds for the model that really answered, and its end is heard."""

from msgspec.structs import replace

from stream.core.outcome import Proposal
from stream.core.policy import Autonomy
from stream.core.policy.calibration import Calibration, Drawn, Evidence, Lapse, Signal
from stream.core.policy.policy_set import PolicySet
from stream.core.template import template_digest
from stream.core.terms import Decision, Effort
from tests.unit.processors.script import DEMO, answering, bundled, judged

HARASSMENT = DEMO.policies["harassment"]
FOUND = answering(harassment_low="violates", harassment_high="violates")


def calibrated(model: str, effort: Effort = Effort.HIGH) -> PolicySet:
    """The demo's set, whose grant under harassment rests on evidence about this model at this effort."""
    removals = Evidence(
        template=template_digest((HARASSMENT,)), model=model, effort=effort, target=0.9, bound=0.92,
        confidence=0.95, rows=90, mistakes=2, drawn=Drawn.FLAGGED,
    )  # fmt: skip
    own = Calibration(
        policy=HARASSMENT.digest,
        by="ana",
        at="2026-11-23",
        remove=removals,
    )
    return replace(DEMO, calibrations={"harassment": own})


async def test_a_grant_holds_for_the_model_that_answered_at_the_effort_that_was_calibrated() -> None:
    # Given an answer that names its own model, other than the engine's
    found = await judged(FOUND, calibrated("other"))

    assert found.outcome.proposal is Proposal.REMOVE
    assert found.heard.lapses == []


async def test_another_model_behind_the_same_engine_only_recommends() -> None:
    found = await judged(FOUND, calibrated("scripted"))

    assert (found.outcome.proposal, found.outcome.recommendation) == (Proposal.REVIEW, Decision.REMOVE)
    assert "not calibrated for this model" in found.outcome.reason
    assert not found.outcome.removable, "time does not do what its model may not"
    assert found.heard.lapses == [("harassment", Lapse.MODEL)]


async def test_another_effort_only_recommends() -> None:
    found = await judged(FOUND, calibrated("other", Effort.MEDIUM))

    assert found.heard.lapses == [("harassment", Lapse.EFFORT)]


async def test_in_a_prompt_with_others_only_recommends() -> None:
    # Given a case whose first question is at high effort, and holds both policies
    found = await judged(FOUND, bundled(calibrated("scripted")), effort=Effort.HIGH)

    assert found.outcome.proposal is Proposal.REVIEW
    assert found.heard.lapses == [("harassment", Lapse.TEMPLATE)]


async def test_the_record_names_texts_and_templates_so_that_it_can_be_calibrated_on() -> None:
    found = await judged(FOUND, bundled(DEMO))

    assert found.audit.digests == {name: one.digest for name, one in DEMO.policies.items()}
    both = tuple(DEMO.policies[name] for name in ("harassment", "spam-and-scams"))
    assert {one.policies: one.template for one in found.audit.asks} == {
        ("harassment", "spam-and-scams"): template_digest(both),
        ("harassment",): template_digest((HARASSMENT,)),
    }


async def test_only_what_a_grant_alone_kept_from_being_removed_may_be_removed_by_time() -> None:
    # Given a set in which machines only recommend, and a firm violation
    recommends = replace(DEMO, autonomy=dict.fromkeys(DEMO.autonomy, Autonomy.RECOMMEND))
    firm = await judged(FOUND, recommends)
    assert (firm.outcome.recommendation, firm.outcome.removable) == (Decision.REMOVE, True)
    # When another policy of the case has no sound answer, or is unsure / Then time may not
    for doubt in ("failed", "needs_context"):
        script = answering(
            harassment_low="violates", harassment_high="violates", spam_low=doubt, spam_high=doubt
        )
        doubtful = (await judged(script, recommends)).outcome
        assert (doubtful.recommendation, doubtful.removable) == (Decision.REMOVE, False)
    # When it is below the threshold that was calibrated / Then time may not either
    measured = calibrated("other")
    removals = measured.calibrations["harassment"].remove
    assert removals is not None
    sure = replace(removals, signal=Signal.LOG_PROBABILITY, at_least=-0.1)
    own = replace(measured.calibrations["harassment"], remove=sure)
    unsure = (await judged(FOUND, replace(measured, calibrations={"harassment": own}))).outcome
    assert (unsure.proposal, unsure.removable) == (Proposal.REVIEW, False)
