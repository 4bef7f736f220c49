"""Settings of the ScaledObjects that look like taste carry weight: with another value KEDA asks wrongly."""

import pytest

from stream.core.topics import Topic
from tests.autoscaling.backlog import Backlog, Lag
from tests.autoscaling.conftest import Ask
from tests.autoscaling.prometheus import Prometheus

EVEN, SKEWED = (5, 5, 5, 5), (0, 0, 0, 200)

# While Prometheus knows nothing of this installation, so that lag decides; two replicas run at first.
TABLE = [
    # spoilt                                     waits   right  spoilt  and so
    ("tok.ignoreNullValues", "true",             EVEN,   2,     1),     # a missing metric shrinks the fleet
    ("fallback.behavior", "static",              SKEWED, 1,     2),     # a fixed number, whatever waits
    ("lag.limitToPartitionsWithLag", "false",    SKEWED, 1,     4),     # replicas that have nothing to read
    ("lag.offsetResetPolicy", "latest",          EVEN,   2,     1),     # what nobody has read yet is not seen
    ("lag.scaleToZeroOnInvalidOffset", "true",   EVEN,   2,     1),     # the same
]  # fmt: skip


@pytest.mark.parametrize(("setting", "value", "waits", "right", "wrong"), TABLE)
def test_with_another_value_kedas_wish_is_wrong(
    setting: str,
    value: str,
    waits: Lag,
    right: int,
    wrong: int,
    backlog: Backlog,
    prometheus: Prometheus,
    ask: Ask,
) -> None:
    backlog.put(Topic.CASES_JUDGE, waits)
    assert ask("judge", backlog, prometheus=prometheus.url).settled(2).replicas == right
    spoilt = ask("judge", backlog, prometheus=prometheus.url, spoilt={setting: value})
    assert spoilt.settled(2).replicas == wrong


def test_slow_work_must_not_look_like_none(backlog: Backlog, ask: Ask) -> None:
    # Given cases that wait, and a group whose offset does not move while it works on long ones
    backlog.put(Topic.CASES_JUDGE, (1, 1, 1, 1))
    backlog.read(Topic.CASES_JUDGE, "judge")
    backlog.put(Topic.CASES_JUDGE, EVEN)
    assert ask("judge", backlog).settled(2).replicas == 2
    assert ask("judge", backlog, spoilt={"lag.excludePersistentLag": "true"}).settled(2).replicas == 1


class TestZero:
    """Where zero is allowed, three are at work, and no signal can be read.

    KEDA has not seen these at work before, so it ends them at once; else it would after cooldownPeriod.
    """

    def test_a_sum_with_what_is_missing_would_end_all(self, backlog: Backlog, ask: Ask) -> None:
        plain = {
            "lag.topic": "gone",
            "advanced.scalingModifiers.formula": "tok ?? ((lag + priority + urgent) / 10)",
        }
        assert ask("judge", backlog, minReplicas=0, spoilt=plain).settled(3).replicas == 0

    @pytest.mark.parametrize("part", ["triage", "judge"])
    def test_a_fallback_of_none_would_end_all(self, part: str, backlog: Backlog, ask: Ask) -> None:
        lost = {"lag.topic": "gone"}
        assert ask(part, backlog, minReplicas=0, spoilt=lost).round(3).replicas == 3
        assert (
            ask(part, backlog, minReplicas=0, spoilt={**lost, "fallback.replicas": 0}).round(3).replicas == 0
        )


@pytest.mark.parametrize("part", ["triage", "judge"])
def test_kedas_admission_takes_it(part: str, backlog: Backlog, ask: Ask) -> None:
    admission = ask(part, backlog).admission
    assert (admission.refused, admission.warnings) == ("", None)


def test_kedas_admission_refuses_a_formula_without_its_trigger(backlog: Backlog, ask: Ask) -> None:
    asker = ask("judge", backlog, spoilt={"advanced.scalingModifiers.formula": "tok ?? backlog"})
    assert "unknown name backlog" in asker.admission.refused
