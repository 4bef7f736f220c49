"""What memory grows with: not with what waits unread; with live posts, at a stated number of bytes each."""

import time
from typing import Any

import psutil

from bench.errand import Errand
from bench.load import cases, fill, posts, states
from bench.measurement import Aim, Bound, Findings, Spread, Table
from bench.setting import Setting
from bench.sides import Side
from bench.topics import PARTITIONS, topics
from stream.core.topics import Topic, TopicNames

IDS = 10_000
BACKLOG = 10_000
PATIENCE = 400.0
GIGABYTE = 1e9
GROWTH_ROUNDS = 3
SLOTS = 1_024

Round = dict[str, float]


def measure(setting: Setting) -> Findings:
    """Growth of gate and judge with their backlog; the gate's state by entry; its restore."""
    few = min(GROWTH_ROUNDS, setting.times())
    gates = [_gate_growth(setting) for _ in setting.rounds_of("gate", few)]
    judges = _judge_growths(setting, few)
    states = _state(setting)
    entry = Spread.of(each["bytes_an_entry"] for each in states)
    restore = Spread.of(each["entries_a_second"] for each in states)
    return Findings(
        conditions={
            "backlogs": f"{BACKLOG:,} and {_large(setting):,}; gate: repeats over {IDS:,} ids, all read; "
            f"judge: {_handled(setting):,} of the large one handled, {SLOTS:,} slots, the model a script",
            "memory": "peak resident; for the state, resident after the restore of "
            f"{_entries(setting)[0]:,} and of {_entries(setting)[1]:,} open cases, by difference",
            "restore": "from assignment to the last of 4 partitions whole",
            "guarantee": "acks=all, replication 1",
            "rounds": f"{few} of the backlogs, {setting.times()} of the state",
        },
        tables=(_growth_table(gates, judges), _state_table(entry, restore)),
        aims=(
            Aim("gate's growth with the backlog", Bound.AT_MOST, 20, _growth(gates), "MB"),
            Aim("judge's growth with the backlog", Bound.AT_MOST, 20, _growth(judges), "MB"),
            Aim("a live entry", Bound.AT_MOST, 400, entry, "bytes"),
            Aim("restore", Bound.AT_LEAST, 100_000, restore, "entries/s"),
        ),
        rounds=[*gates, *judges, *states],
    )


def _large(setting: Setting) -> int:
    return setting.size(1_000_000, 200_000)


def _handled(setting: Setting) -> int:
    return setting.size(200_000, 40_000)


def _entries(setting: Setting) -> tuple[int, int]:
    return setting.size(200_000, 50_000), setting.size(1_000_000, 250_000)


def _gate_growth(setting: Setting) -> Round:
    return {"small_mb": _gate_peak(setting, BACKLOG), "large_mb": _gate_peak(setting, _large(setting))}


def _gate_peak(setting: Setting, backlog: int) -> float:
    with topics(setting.bootstrap, "gate") as prefix:
        fill(setting.bootstrap, TopicNames(prefix).of(Topic.CONTENT), posts(backlog, ids=IDS))
        errand = Errand(bootstrap=setting.bootstrap, prefix=prefix, count=backlog)
        with Side("bench.sluice.gate", errand) as side:
            return float(side.wait("result", PATIENCE)["peak_mb"])


def _judge_growths(setting: Setting, few: int) -> list[Round]:
    """The backlogs are written once and read by a new group in each round."""
    with topics(setting.bootstrap, "small") as small, topics(setting.bootstrap, "large") as large:
        fill(setting.bootstrap, TopicNames(small).of(Topic.CASES_JUDGE), cases(BACKLOG))
        fill(setting.bootstrap, TopicNames(large).of(Topic.CASES_JUDGE), cases(_large(setting)))
        return [
            {
                "small_mb": _judge_peak(setting, small, BACKLOG, f"{number}"),
                "large_mb": _judge_peak(setting, large, _handled(setting), f"{number}"),
            }
            for number in setting.rounds_of("judge", few)
        ]


def _judge_peak(setting: Setting, prefix: str, handled: int, group: str) -> float:
    options: dict[str, Any] = {"slots": SLOTS, "group": group}
    errand = Errand(bootstrap=setting.bootstrap, prefix=prefix, count=handled, options=options)
    with Side("bench.sluice.judge", errand) as side:
        return float(side.wait("result", PATIENCE)["peak_mb"])


def _state(setting: Setting) -> list[Round]:
    """Restored again and again from two changelogs, a small one and a large one."""
    few, many = _entries(setting)
    with topics(setting.bootstrap, "few") as small, topics(setting.bootstrap, "many") as large:
        for prefix, count in ((small, few), (large, many)):
            changelog = TopicNames(prefix).of(Topic.GATE_STATE)
            fill(setting.bootstrap, changelog, states(count, PARTITIONS))
        found = []
        for _ in setting.rounds_of("state"):
            low, _ = _restored(setting, small, few)
            high, seconds = _restored(setting, large, many)
            found.append(
                {
                    "small_mb": low / 1e6,
                    "large_mb": high / 1e6,
                    "bytes_an_entry": (high - low) / (many - few),
                    "entries_a_second": many / seconds,
                }
            )
        return found


def _restored(setting: Setting, prefix: str, entries: int) -> tuple[int, float]:
    """Resident bytes of a gate that has just restored so many entries, and the seconds that it took."""
    errand = Errand(bootstrap=setting.bootstrap, prefix=prefix)
    with Side("bench.sluice.gate", errand) as side:
        parts = [side.wait("restored", PATIENCE) for _ in range(PARTITIONS)]
        read = sum(int(each["entries"]) for each in parts)
        if read != entries:
            raise AssertionError(f"{read} entries restored of {entries}")
        time.sleep(1)
        return psutil.Process(side.pid).memory_info().rss, max(float(each["seconds"]) for each in parts)


def _growth(rounds: list[Round]) -> Spread:
    return Spread.of(each["large_mb"] - each["small_mb"] for each in rounds)


def _growth_table(gates: list[Round], judges: list[Round]) -> Table:
    rows = tuple(
        (
            name,
            Spread.of(each["small_mb"] for each in rounds).shown(),
            Spread.of(each["large_mb"] for each in rounds).shown(),
            _growth(rounds).shown(),
        )
        for name, rounds in (("gate", gates), ("judge", judges))
    )
    columns = ("peak MB", "small backlog", "large backlog", "growth")
    return Table("memory by backlog: median (least - most)", columns, rows)


def _state_table(entry: Spread, restore: Spread) -> Table:
    rows = (
        ("bytes a live entry", entry.shown(",.0f")),
        ("live posts in 1 GB", f"{GIGABYTE / entry.middle:,.0f}"),
        ("entries restored a second", restore.shown(",.0f")),
    )
    return Table("the gate's state: median (least - most)", ("", "measured"), rows)
