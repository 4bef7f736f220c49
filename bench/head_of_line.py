"""Whether slow items hold the others up: 1% of them a hundred times slower, at 40% of the capacity."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from bench.errand import Errand
from bench.latency import OpenLoop
from bench.load import cases, fill, slow_ones
from bench.measurement import Aim, Bound, Findings, Spread, Table, ratios
from bench.setting import Setting
from bench.sides import Side
from bench.topics import topics
from stream.core.topics import Topic, TopicNames

SLOTS = 64
ANSWER_S = 0.05
SLOW_S = 100 * ANSWER_S
SLOW_SHARE = 0.01
LOAD = 0.4
LIMIT = 1.1
PATIENCE = 120.0


def measure(setting: Setting) -> Findings:
    """Measure the capacity, then run with and without slow items in turn."""
    capacity = _capacity(setting)
    rate = LOAD * capacity
    rounds = [_round(setting, rate) for _ in setting.rounds_of("head of line")]
    p99 = {side: [each[side]["p99_ms"] for each in rounds] for side in ("without", "with")}
    moved = ratios(p99["with"], p99["without"])
    return Findings(
        conditions={
            "runner": f"the judge's, {SLOTS} slots; the model a script: {1e3 * ANSWER_S:.0f} ms, slow ones "
            f"{SLOW_S:g} s",
            "capacity": f"{capacity:,.0f} cases/s measured from a backlog; load {LOAD:.0%} of it, open loop",
            "timed": "from the intended moment to the outcome seen by a read_committed reader",
            "guarantee": "acks=all, replication 1",
            "rounds": f"{setting.times()} of {_seconds(setting):g} s after {SLOW_S:g} s, both sides at once",
        },
        tables=(_table(rounds),),
        aims=(Aim("p99 of the others, with slow ones over without", Bound.AT_MOST, LIMIT, moved),),
        rounds=rounds,
    )


def _capacity(setting: Setting) -> float:
    count = setting.size(8_000, 4_000)
    with topics(setting.bootstrap, "judge") as prefix:
        fill(setting.bootstrap, TopicNames(prefix).of(Topic.CASES_JUDGE), cases(count + count // 8))
        with _judge(setting, prefix, warm=count // 8, count=count) as judge:
            result = judge.wait("result", PATIENCE)
    return float(result["messages"] / result["seconds"])


def _round(setting: Setting, rate: float) -> dict[str, Any]:
    """Both sides at the same time, each with a judge and topics of its own: the machine's moods hit both."""
    with ThreadPoolExecutor() as pool:
        without = pool.submit(_run, setting, rate, 0.0)
        slowed = pool.submit(_run, setting, rate, SLOW_SHARE)
        return {"without": without.result(), "with": slowed.result()}


def _run(setting: Setting, rate: float, slow_share: float) -> dict[str, Any]:
    with topics(setting.bootstrap, "judge") as prefix, _judge(setting, prefix) as judge:
        names = TopicNames(prefix)
        judge.wait("ready", PATIENCE)
        loop = OpenLoop(
            bootstrap=setting.bootstrap,
            kind="cases",
            into=names.of(Topic.CASES_JUDGE),
            watched=[names.of(Topic.OUTCOMES)],
            rate=rate,
            seconds=_seconds(setting),
            settle_s=SLOW_S,
            slow_share=slow_share,
        )
        return loop.run()[0].summary(without=slow_ones(loop.count, slow_share))


def _judge(setting: Setting, prefix: str, warm: int = 0, count: int = 0) -> Side:
    options = {"slots": SLOTS, "answer_s": ANSWER_S, "slow_s": SLOW_S}
    errand = Errand(bootstrap=setting.bootstrap, prefix=prefix, warm=warm, count=count, options=options)
    return Side("bench.sluice.judge", errand)


def _seconds(setting: Setting) -> float:
    return float(setting.size(20, 8))


def _table(rounds: list[dict[str, Any]]) -> Table:
    rows = tuple(
        (
            side,
            Spread.of(each[side]["p50_ms"] for each in rounds).shown(),
            Spread.of(each[side]["p99_ms"] for each in rounds).shown(),
        )
        for side in ("without", "with")
    )
    return Table(
        "head of line: median (least - most)", ("slow items", "others' p50 ms", "others' p99 ms"), rows
    )
