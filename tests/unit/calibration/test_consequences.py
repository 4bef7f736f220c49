"""What a promotion takes from what was earned, said before it is confirmed."""

from msgspec.structs import replace

from stream.core.policy import Autonomy
from stream.core.policy.calibration import Calibration, Drawn, Evidence, Lapse
from stream.core.policy.policy_set import PolicySet
from stream.core.template import template_digest
from stream.core.terms import DecidedBy, Decision, Effort
from stream.core.verdict import CaseClosed, Closing
from stream.core.wire import encode
from stream.ops.calibration.consequences import DAY, AutonomyConsequences, Rates, lapses, removals_a_day
from stream.ports import Record, RestsOnSet
from tests.unit.policies.sample import policy_set

PLAIN = policy_set()
RUDE = PLAIN.policies["rude"]
REMOVALS = Evidence(
    template=template_digest((RUDE,)), model="m", effort=Effort.HIGH, target=0.95, bound=0.96,
    confidence=0.95, rows=200, mistakes=1, drawn=Drawn.FLAGGED,
)  # fmt: skip
EARNED = Calibration(policy=RUDE.digest, by="ana", at="2026-11-23", remove=REMOVALS, release=REMOVALS)
HELD = replace(PLAIN, calibrations={"rude": EARNED}, uncalibrated={}, models={})
REWORDED = replace(HELD, policies={**HELD.policies, "rude": replace(RUDE, digest="sha256:" + "1" * 64)})
CLOSED = CaseClosed(
    id="p1", case="c0-1", version=1, at=100, closing=Closing.DECIDED, published=True,
    decision=Decision.REMOVE, decided_by=DecidedBy.MODEL, clauses=("rude/ru1.a", "rude/ru1.b", "loud/ru1.a"),
)  # fmt: skip


def told(before: PolicySet | None, after: PolicySet, rates: Rates | None = None) -> list[str]:
    consequences: RestsOnSet = AutonomyConsequences(lambda: rates)
    return list(consequences(before, after))


def test_a_changed_text_ends_what_it_earned_and_the_cost_is_said() -> None:
    assert lapses(HELD) == {}
    assert lapses(REWORDED) == {"rude": Lapse.POLICY}
    assert told(HELD, REWORDED, {"rude": 41.6}) == [
        "rude falls from `remove` to `recommend`: its text changed. People get about 42 cases more a day."
    ]
    assert told(HELD, REWORDED, None)[0].endswith("the audit was not readable.")


def test_another_model_or_template_ends_it_too() -> None:
    other = replace(HELD, models={Effort.HIGH: "another"})
    assert "another model answers" in told(HELD, other, {})[0]
    old = replace(EARNED, remove=replace(REMOVALS, template="sha256:" + "2" * 64))
    assert lapses(replace(HELD, calibrations={"rude": old})) == {"rude": Lapse.TEMPLATE}
    assert lapses(replace(HELD, models={Effort.HIGH: "m", Effort.LOW: "small"})) == {}


def test_a_lower_grant_is_said_too() -> None:
    lower = replace(HELD, autonomy={**HELD.autonomy, "rude": Autonomy.RECOMMEND})
    assert told(HELD, lower, {})[0].startswith(
        "rude falls from `remove` to `recommend`: the set grants less."
    )


def test_what_has_lapsed_before_is_said_without_a_cost() -> None:
    for before in (REWORDED, None):
        assert told(before, REWORDED) == ["rude only recommends, whatever the set grants: its text changed."]


def test_what_nobody_measured_is_said() -> None:
    assert told(None, PLAIN) == ["rude is granted `remove`, and nobody has measured it: a test."]


def test_a_bound_on_releases_that_goes_is_said() -> None:
    recommends = replace(HELD, autonomy={**HELD.autonomy, "rude": Autonomy.RECOMMEND})
    gone = replace(recommends, calibrations={})
    assert told(recommends, gone) == ["rude: how many violations are released is no longer certified."]
    assert told(recommends, recommends) == []


def test_a_promotion_that_touches_nothing_earned_says_nothing_and_reads_no_audit() -> None:
    def unread() -> Rates:
        raise AssertionError("the audit was read")

    assert list(AutonomyConsequences(unread)(HELD, replace(HELD, audited=0.5))) == []


def test_removals_a_day_are_a_models_own_by_the_policies_they_cite() -> None:
    others = (
        replace(CLOSED, decided_by=DecidedBy.REVIEWER),
        replace(CLOSED, decision=Decision.RELEASE),
        replace(CLOSED, published=False),
        replace(CLOSED, at=2 * DAY),
        replace(CLOSED, id="sluice-canary:1"),
    )
    records = [
        Record("audit", 0, n, b"p", encode(event)) for n, event in enumerate((CLOSED, CLOSED, *others))
    ]
    records.append(Record("audit", 0, 99, b"p", b"no event"))

    assert removals_a_day(records, 0, 2 * DAY) == {"rude": 1.0, "loud": 1.0}
