"""What the gate's metrics cost of its CPU: one gate, whose observers hear every second transaction."""

from typing import Any

from bench.errand import Errand
from bench.load import fill, posts
from bench.measurement import Aim, Bound, Findings, Spread, Table
from bench.setting import Setting
from bench.sides import Side
from bench.topics import PARTITIONS, topics
from stream.core.topics import Topic, TopicNames

FULL, QUICK = 400_000, 150_000
SCRAPE_EVERY = 15.0
"""Seconds between two scrapes, as Prometheus does them by default or rarer."""
PATIENCE = 180.0


def measure(setting: Setting) -> Findings:
    """Run the gate a few times; the metrics' part is what they add to a message, and the scrapes."""
    rounds = [_round(setting) for _ in setting.rounds_of("metrics")]
    told = Spread.of(100 * (each["heard"] / each["silent"] - 1) for each in rounds)
    scraped = Spread.of(100 * each["scrape"] / SCRAPE_EVERY for each in rounds)
    both = Spread.of(
        100 * (each["heard"] / each["silent"] - 1 + each["scrape"] / SCRAPE_EVERY) for each in rounds
    )
    rows = (
        ("CPU us/message, heard", Spread.of(each["heard"] for each in rounds).shown(",.2f")),
        ("CPU us/message, silent", Spread.of(each["silent"] for each in rounds).shown(",.2f")),
        ("what hearing adds, %", told.shown(",.2f")),
        ("CPU ms a scrape", Spread.of(1e3 * each["scrape"] for each in rounds).shown(",.1f")),
        (f"a scrape every {SCRAPE_EVERY:g} s, % of a core", scraped.shown(",.3f")),
    )
    return Findings(
        conditions={
            "work": f"{setting.size(FULL, QUICK):,} posts of 200 bytes to verdict, case, changelog; "
            f"{PARTITIONS} partitions",
            "heard, silent": "one process; its observers work in every second transaction and do nothing in "
            "the others, in which only the call is paid; CPU of the whole process, its Kafka client included",
            "rounds": f"{setting.times()}; ratios within each round",
        },
        tables=(Table("metrics: median (least - most)", ("", "gate"), rows),),
        aims=(Aim("the metrics' part of the gate's CPU", Bound.AT_MOST, 3, both, "%"),),
        rounds=rounds,
    )


def _round(setting: Setting) -> dict[str, Any]:
    count = setting.size(FULL, QUICK)
    warm = count // 8
    with topics(setting.bootstrap, "metrics") as prefix:
        fill(setting.bootstrap, TopicNames(prefix).of(Topic.CONTENT), posts(warm + count))
        errand = Errand(bootstrap=setting.bootstrap, prefix=prefix, warm=warm, count=count)
        with Side("bench.sluice.switched_gate", errand) as side:
            return side.wait("result", PATIENCE)
