"""How many judges KEDA asks for while Prometheus answers: what waits and arrives, by what one does."""

import pytest

from stream.core.topics import Topic
from tests.autoscaling.backlog import Backlog, Lag
from tests.autoscaling.conftest import Ask, namespace
from tests.autoscaling.prometheus import Prometheus

NONE_MEASURED = None
IDLE_SO_FAR = (0, 0, 0, 0)
# bytes of text answered, tokens computed for it; tokens computed while the window was full, seconds of that
MEASURED = (400_000, 100_000, 60_000, 60)

# The chart's values: a backlog is worked off in 300 s; unmeasured, a token is a byte, a judge does 2,000/s.
TABLE = [
    # situation                          open bytes  arrived   judges         lag             replicas
    ("nothing waits",                    0,          0,        NONE_MEASURED, (0, 0, 0, 0),   1),
    ("a backlog, no judge running",      1_500_000,  0,        NONE_MEASURED, (50, 0, 0, 0),  3),
    ("a backlog, judges not yet busy",   1_500_000,  0,        IDLE_SO_FAR,   (50, 0, 0, 0),  3),
    ("a backlog, judges measured",       1_500_000,  0,        MEASURED,      (50, 0, 0, 0),  2),
    ("arrivals alone",                   0,          700_000,  NONE_MEASURED, (0, 0, 0, 0),   2),
    ("a backlog and arrivals",           600_000,    750_000,  NONE_MEASURED, (50, 0, 0, 0),  3),
    ("more than is allowed",             90_000_000, 0,        NONE_MEASURED, (50, 0, 0, 0),  4),
    ("short posts, many of them",        60_000,     0,        NONE_MEASURED, (50, 50, 50, 50), 1),
    ("one stuck, the rest behind done",  500,        0,        MEASURED,      (0, 0, 0, 500), 1),
]  # fmt: skip


@pytest.mark.parametrize(
    ("waits", "arrived", "judges", "lag", "replicas"),
    [row[1:] for row in TABLE],
    ids=[row[0] for row in TABLE],
)
def test_replicas_needed(
    waits: int,
    arrived: int,
    judges: tuple[int, int, int, int] | None,
    lag: Lag,
    replicas: int,
    backlog: Backlog,
    prometheus: Prometheus,
    ask: Ask,
) -> None:
    # Given what the gate says, what the judges say where some run, and a lag that says something else
    gate(prometheus, backlog, waits, arrived)
    if judges is not None:
        prometheus.show(namespace(backlog), "judge-0", {}, counters(*judges))
    backlog.put(Topic.CASES_JUDGE, lag)

    answer = ask("judge", backlog, prometheus=prometheus.url).settled()

    assert answer.replicas == replicas
    assert not any(answer.failures.values())


class TestZero:
    """Zero replicas are a choice: minReplicas 0."""

    def test_none_runs_while_nothing_waits(self, backlog: Backlog, prometheus: Prometheus, ask: Ask) -> None:
        gate(prometheus, backlog, waits=0, arrived=0)
        answer = ask("judge", backlog, prometheus=prometheus.url, minReplicas=0).settled(1)
        assert (answer.active, answer.replicas) == (False, 0)

    def test_one_post_wakes_one(self, backlog: Backlog, prometheus: Prometheus, ask: Ask) -> None:
        # Given none running, when 700 bytes wait: a thousandth of what one replica works off
        gate(prometheus, backlog, waits=700, arrived=0)
        answer = ask("judge", backlog, prometheus=prometheus.url, minReplicas=0).settled(0)
        assert (answer.active, answer.replicas) == (True, 1)


def gate(prometheus: Prometheus, backlog: Backlog, waits: int, arrived: int) -> None:
    prometheus.show(
        namespace(backlog),
        "gate-0",
        {"sluice_gate_open_text_bytes": waits},
        {"sluice_gate_arrived_text_bytes": arrived},
    )


def counters(text: int, tokens: int, busy_tokens: int, busy_seconds: int) -> dict[str, float]:
    """A judge's. The cached part of a prompt costs nothing, so it does not count."""
    return {
        "sluice_judge_text_bytes": text,
        "sluice_judge_prompt_tokens": tokens,
        "sluice_judge_cached_tokens": tokens // 2,
        "sluice_judge_output_tokens": tokens // 2,
        "sluice_judge_busy_tokens": busy_tokens,
        "sluice_judge_busy_seconds": busy_seconds,
    }
