"""What a calibration does to the fold: it holds for what was measured, and its end never gives more."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from stream.core.actions import Ruling, fold
from stream.core.judgement import Confidence, Judgement, Stated
from stream.core.outcome import Proposal
from stream.core.policy import Autonomy
from stream.core.policy.calibration import Basis, Calibration, Drawn, Evidence, Lapse, Signal, value_of
from stream.core.policy.policy_set import PolicySet
from stream.core.prompt import developer_message
from stream.core.template import template_digest
from stream.core.terms import Decision, Effort
from tests.unit.policies.sample import named
from tests.unit.policies.test_actions import CALIBRATED, NAMES, NOW, SAY, cells, policy_set, said, short

TEMPLATE = template_digest((named("p1"),))
BASIS = Basis(policy=named("p1").digest, template=TEMPLATE, model="m", effort=Effort.HIGH)
OTHERS = {
    Lapse.POLICY: replace(BASIS, policy="sha256:" + "0" * 64),
    Lapse.TEMPLATE: replace(BASIS, template="sha256:" + "0" * 64),
    Lapse.MODEL: replace(BASIS, model="another"),
    Lapse.EFFORT: replace(BASIS, effort=Effort.LOW),
}
REMOVALS = Evidence(
    template=TEMPLATE, model="m", effort=Effort.HIGH, target=0.95, bound=0.96, confidence=0.95, rows=200,
    mistakes=1, drawn=Drawn.FLAGGED,
)  # fmt: skip
SILENT = Confidence()
SURE = replace(REMOVALS, signal=Signal.LOG_PROBABILITY, at_least=-0.1)


def calibrated(
    remove: Evidence | None = REMOVALS, release: Evidence | None = None, autonomy: Autonomy = Autonomy.REMOVE
) -> PolicySet:
    own = Calibration(policy=BASIS.policy, by="ana", at="2026-11-23", remove=remove, release=release)
    return replace(policy_set(p1=autonomy), calibrations={"p1": own})


def ruled(
    word: str, given_set: PolicySet, basis: Basis | None = BASIS, confidence: Confidence = SILENT
) -> Ruling:
    judgements = [replace(one, confidence=confidence) for one in said("p1", word)]
    return fold(["p1"], judgements, given_set, NOW, {} if basis is None else {"p1": basis})


@pytest.mark.parametrize(("word", "column", "expected"), cells(CALIBRATED))
def test_one_policys_word_where_its_grant_rests_on_a_calibration(
    word: str, column: str, expected: str
) -> None:
    basis = BASIS if column == "as calibrated" else OTHERS[Lapse.MODEL]

    ruling = ruled(word, calibrated(), basis)

    assert short(ruling) == expected
    assert ruling.lapsed == ({"p1": Lapse.MODEL} if word == "remove" and basis is not BASIS else {})


@pytest.mark.parametrize("what", OTHERS)
def test_a_grant_ends_with_what_was_calibrated_and_says_why(what: Lapse) -> None:
    ruling = ruled("remove", calibrated(), OTHERS[what])

    assert (ruling.proposal, ruling.recommendation) == (Proposal.REVIEW, Decision.REMOVE)
    assert ruling.lapsed == {"p1": what}
    assert "only recommended: not calibrated for this " + what in ruling.reason
    # And so it does where nobody says what answered
    assert ruled("remove", calibrated(), None).lapsed == {"p1": Lapse.UNKNOWN}


@pytest.mark.parametrize(
    ("value", "proposal"), [(-0.1, Proposal.REMOVE), (-0.2, Proposal.REVIEW), (None, Proposal.REVIEW)]
)
def test_an_answer_below_the_threshold_or_without_the_signal_becomes_a_recommendation(
    value: float | None, proposal: Proposal
) -> None:
    ruling = ruled("remove", calibrated(SURE), confidence=Confidence(log_probability=value))

    assert ruling.proposal is proposal
    assert ruling.lapsed == {}
    assert ("log_probability below -0.1" in ruling.reason) == (proposal is Proposal.REVIEW)


def test_a_release_below_its_threshold_is_recommended_to_people_under_any_grant_and_model() -> None:
    sure = replace(REMOVALS, signal=Signal.STATED, at_least=Stated.MEDIUM)
    for autonomy in (Autonomy.RECOMMEND, Autonomy.REMOVE, Autonomy.FULL):
        given_set = calibrated(None, sure, autonomy)
        for basis in (BASIS, *OTHERS.values(), None):
            unsure = ruled("safe", given_set, basis, Confidence(stated=Stated.LOW))
            assert (unsure.proposal, unsure.recommendation) == (Proposal.REVIEW, Decision.RELEASE)
            assert "stated below medium" in unsure.reason
            assert (
                ruled("safe", given_set, basis, Confidence(stated=Stated.HIGH)).proposal is Proposal.RELEASE
            )


def test_signals_are_numbers_that_grow_with_sureness() -> None:
    assert [value_of(Confidence(stated=one), Signal.STATED) for one in (None, *Stated)] == [
        None,
        0.0,
        1.0,
        2.0,
    ]
    assert value_of(Confidence(log_probability=-0.5), Signal.LOG_PROBABILITY) == -0.5
    assert value_of(Confidence(agreement=0.8, repeats=5), Signal.AGREEMENT) == 0.8


def test_a_template_is_named_by_its_words_and_by_what_shares_the_prompt() -> None:
    alone = template_digest((named("p1"),))

    assert alone == template_digest((named("p2"),))
    together = template_digest((named("p1"), named("p2")))
    assert len({alone, together, template_digest((named("p1"), named("p3")))}) == 3


def test_a_changed_template_has_another_digest(monkeypatch: pytest.MonkeyPatch) -> None:
    from stream.core import template

    before = template_digest((named("p1"),))
    template._digest.cache_clear()
    monkeypatch.setattr(
        template, "developer_message", lambda policies: developer_message(policies) + "\nThink."
    )
    changed = template_digest((named("p1"),))
    template._digest.cache_clear()
    assert changed != before


bases = st.sampled_from([BASIS, *OTHERS.values(), None])
evidence = st.sampled_from(
    [None, REMOVALS, SURE, replace(REMOVALS, signal=Signal.STATED, at_least=Stated.HIGH)]
)
signals = st.builds(
    Confidence,
    stated=st.sampled_from([None, *Stated]),
    log_probability=st.one_of(st.none(), st.floats(-3, 0)),
)
words = st.tuples(*(st.sampled_from([*SAY, "missing"]) for _ in NAMES))
grants = st.tuples(*(st.sampled_from(list(Autonomy)) for _ in NAMES))


@given(words, grants, evidence, evidence, bases, signals)
def test_a_calibration_or_its_end_never_lets_a_model_do_more(
    spoken: Sequence[str],
    granted: Sequence[Autonomy],
    remove: Evidence | None,
    release: Evidence | None,
    basis: Basis | None,
    confidence: Confidence,
) -> None:
    judgements: list[Judgement] = [
        replace(one, confidence=confidence)
        for name, word in zip(NAMES, spoken, strict=True)
        for one in said(name, word)
    ]
    plain = policy_set(**dict(zip(NAMES, granted, strict=True)))
    measured = replace(plain, calibrations=calibrated(remove, release).calibrations)

    def acts(given_set: PolicySet, under: Basis | None) -> Ruling:
        return fold(NAMES, judgements, given_set, NOW, {} if under is None else {"p1": under})

    as_granted, as_calibrated, now = acts(plain, BASIS), acts(measured, BASIS), acts(measured, basis)
    # Then a calibrated grant does no more than the plain one; on another basis, no more than on its own
    for more, less in ((as_granted, as_calibrated), (as_calibrated, now)):
        assert less.proposal in (more.proposal, Proposal.REVIEW)
        assert less.urgent == more.urgent
        assert less.restricted == more.restricted
