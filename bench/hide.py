"""How soon a post is hidden: at 1,000 posts a second, while all is well and while judges die."""

from contextlib import ExitStack
from typing import Any, Literal

from bench.errand import Errand
from bench.faults import Faults
from bench.latency import OpenLoop
from bench.measurement import Aim, Bound, Findings, Spread, Table
from bench.setting import Setting
from bench.sides import Side
from bench.topics import PARTITIONS, topics
from stream.core.topics import Topic, TopicNames

RATE = 1_000
SETTLE_S = 4.0
JUDGES = 2
READY_SECONDS = 30.0
MARGIN_MS = {"p50_ms": 30.0, "p99_ms": 60.0}

Faulted = Literal["nothing", "judges", "idle"]
VARIANTS: tuple[Faulted, ...] = ("nothing", "judges", "idle")

Round = dict[str, dict[str, Any]]


def measure(setting: Setting) -> Findings:
    """Each round: undisturbed, judges at fault, an idle process at fault; the same faults for both."""
    _run(setting, "nothing", 0)  # until then the broker's compiler takes half a core
    rounds: list[Round] = [
        {each: _run(setting, each, seed) for each in VARIANTS} for seed in setting.rounds_of("hide")
    ]
    return Findings(
        conditions={
            "load": f"{RATE:,} posts/s, open loop, {_seconds(setting):g} s after {SETTLE_S:g} s; timed from "
            "the intended moment",
            "processes": f"gate, triage, {JUDGES} judges (the model a script: 10 ms), publisher, 2 readers, "
            "broker: all on one machine",
            "readers": "read_committed; direct: of content, hold: of verdicts, in the same run",
            "guarantee": "acks=all, replication 1",
            "rounds": f"{setting.times()} after one to warm the broker up, variants in turn",
        },
        tables=(_table(rounds),),
        aims=(*_margins(rounds), *_undisturbed(rounds)),
        rounds=rounds,
        notes=("Faults: every 1.5 s a kill -9 with a new start, or a stop for 1 s, drawn by a seed.",),
    )


def _run(setting: Setting, faulted: Faulted, seed: int) -> dict[str, Any]:
    with topics(setting.bootstrap, "hide") as prefix, ExitStack() as sides:
        errand = Errand(
            bootstrap=setting.bootstrap,
            prefix=prefix,
            partitions=PARTITIONS,
            options={"slots": 256, "answer_s": 0.01},
        )
        judges = 0 if faulted == "judges" else JUDGES
        modules = ("bench.sluice.triage", *("bench.sluice.judge",) * judges)
        gate, *others = [
            sides.enter_context(Side(module, errand)) for module in ("bench.sluice.gate", *modules)
        ]
        for other in others:
            other.wait("ready", READY_SECONDS)
        for _ in range(PARTITIONS):
            gate.wait("restored", READY_SECONDS)
        faults = _faults(faulted, errand, seed)
        if faults is not None:
            sides.enter_context(faults)
        direct, hold = _loop(setting, TopicNames(prefix)).run()
    return {
        "direct": direct.summary(),
        "hold": hold.summary(),
        "kills": faults.kills if faults else 0,
        "stops": faults.stops if faults else 0,
    }


def _faults(faulted: Faulted, errand: Errand, seed: int) -> Faults | None:
    if faulted == "nothing":
        return None
    module = "bench.sluice.judge" if faulted == "judges" else "bench.sluice.idle"
    return Faults(lambda: Side(module, errand), JUDGES, seed)


def _loop(setting: Setting, names: TopicNames) -> OpenLoop:
    return OpenLoop(
        bootstrap=setting.bootstrap,
        kind="posts",
        into=names.of(Topic.CONTENT),
        watched=[names.of(Topic.CONTENT), names.of(Topic.VERDICTS)],
        rate=RATE,
        seconds=_seconds(setting),
        settle_s=SETTLE_S,
    )


def _seconds(setting: Setting) -> float:
    return float(setting.size(20, 10))


def _figures(rounds: list[Round], variant: str, side: str, figure: str) -> list[float]:
    return [each[variant][side][figure] for each in rounds]


def _margins(rounds: list[Round]) -> list[Aim]:
    """The hold's time beyond the direct reader's, in the runs without faults."""
    return [
        Aim(
            f"{figure[:3]}: hold beyond direct",
            Bound.AT_MOST,
            most,
            Spread.of(
                hold - direct
                for hold, direct in zip(
                    _figures(rounds, "nothing", "hold", figure),
                    _figures(rounds, "nothing", "direct", figure),
                    strict=True,
                )
            ),
            "ms",
        )
        for figure, most in MARGIN_MS.items()
    ]


def _undisturbed(rounds: list[Round]) -> list[Aim]:
    """With judges at fault, no worse than the worst of the runs with an idle process at fault."""
    return [
        Aim(
            f"{figure[:3]}: hold while judges die; limit: the worst while an idle process dies",
            Bound.AT_MOST,
            Spread.of(_figures(rounds, "idle", "hold", figure)).high,
            Spread.of(_figures(rounds, "judges", "hold", figure)),
            "ms",
        )
        for figure in MARGIN_MS
    ]


def _table(rounds: list[Round]) -> Table:
    rows = tuple(
        (
            variant,
            side,
            Spread.of(_figures(rounds, variant, side, "p50_ms")).shown(),
            Spread.of(_figures(rounds, variant, side, "p99_ms")).shown(),
            "/".join(str(sum(each[variant][kind] for each in rounds)) for kind in ("kills", "stops")),
        )
        for variant in VARIANTS
        for side in ("direct", "hold")
    )
    columns = ("what dies", "seen by", "p50 ms", "p99 ms", "kills/stops")
    return Table("time to hide: median (least - most)", columns, rows)
