"""The gate beside the least that confluent-kafka can do, and beside the same job on other plumbing."""

from typing import Any

from msgspec import Struct

from bench.errand import Errand
from bench.load import fill, posts
from bench.measurement import Aim, Bound, Findings, Spread, Table, ratios
from bench.setting import Setting
from bench.sides import Side
from bench.topics import PARTITIONS, topics
from stream.core.topics import Topic, TopicNames

PATIENCE = 180.0


class Entrant(Struct, frozen=True):
    """One side: what runs it, how many messages it is timed over, and what the gate owes against it."""

    name: str
    module: str
    guarantee: str
    full: int
    quick: int
    environment: str = ".venv"
    speed: float | None = None
    cpu: float | None = None


GATE = Entrant("gate", "bench.sluice.gate", "one transaction", 150_000, 60_000)
RIVALS = (
    Entrant("bare", "bench.rivals.bare", "one transaction, no state", 150_000, 60_000, speed=0.6, cpu=1.7),
    Entrant(
        "aiokafka", "bench.rivals.aiokafka", "one transaction", 90_000, 40_000, ".venv-bench-aiokafka", 1.2
    ),
    Entrant(
        "quixstreams",
        "bench.rivals.quixstreams",
        "exactly-once",
        45_000,
        20_000,
        ".venv-bench-quixstreams",
        3,
    ),
    Entrant(
        "faust", "bench.rivals.faust", "exactly_once, sends outside", 5_000, 2_500, ".venv-bench-faust", 20
    ),
)
ENTRANTS = (GATE, *RIVALS)

Figures = dict[str, list[float]]


def measure(setting: Setting) -> Findings:
    """Run every side once a round, one after another, and compare round by round."""
    rounds = [{one.name: _run(one, setting) for one in ENTRANTS} for _ in setting.rounds_of("gate")]
    rates = {one.name: [_rate(each[one.name]) for each in rounds] for one in ENTRANTS}
    cpu = {one.name: [_cpu(each[one.name]) for each in rounds] for one in ENTRANTS}
    return Findings(
        conditions={
            "guarantee": "acks=all, replication 1, read_committed, offsets in the transaction",
            "work": f"200 bytes of text to verdict, case, changelog, with headers; {PARTITIONS} partitions",
            "timed": "from the end of the warm-up to the last message, "
            + ", ".join(f"{one.name} {setting.size(one.full, one.quick):,}" for one in ENTRANTS),
            "rounds": f"{setting.times()}, sides in turn; ratios within each round",
        },
        tables=(_table(rates, cpu),),
        aims=_aims(rates, cpu),
        rounds=rounds,
        notes=(
            "bare: decodes and builds the same records; keeps no state, checks nothing, cannot restore.",
            "The others run the gate's own processor on their plumbing.",
            "Faust's exactly_once covers its table, not what it sends.",
        ),
    )


def _run(one: Entrant, setting: Setting) -> dict[str, Any]:
    count = setting.size(one.full, one.quick)
    warm = count // 8
    with topics(setting.bootstrap, one.name) as prefix:
        fill(setting.bootstrap, TopicNames(prefix).of(Topic.CONTENT), posts(warm + count))
        errand = Errand(bootstrap=setting.bootstrap, prefix=prefix, warm=warm, count=count)
        with Side(one.module, errand, one.environment) as side:
            return side.wait("result", PATIENCE)


def _rate(result: dict[str, Any]) -> float:
    return float(result["messages"] / result["seconds"])


def _cpu(result: dict[str, Any]) -> float:
    return float(1e6 * result["cpu_seconds"] / result["messages"])


def _table(rates: Figures, cpu: Figures) -> Table:
    rows = tuple(
        (
            one.name,
            one.guarantee,
            Spread.of(rates[one.name]).shown(",.0f"),
            Spread.of(cpu[one.name]).shown(",.1f"),
            "" if one is GATE else ratios(rates[GATE.name], rates[one.name]).shown(",.2f"),
        )
        for one in ENTRANTS
    )
    columns = ("side", "guarantee", "messages/s", "CPU us/message", "gate's throughput over it")
    return Table("gate: median (least - most)", columns, rows)


def _aims(rates: Figures, cpu: Figures) -> tuple[Aim, ...]:
    speed = [
        Aim(
            f"throughput over {one.name}'s", Bound.AT_LEAST, one.speed, ratios(rates["gate"], rates[one.name])
        )
        for one in RIVALS
        if one.speed is not None
    ]
    spent = [
        Aim(f"CPU a message over {one.name}'s", Bound.AT_MOST, one.cpu, ratios(cpu["gate"], cpu[one.name]))
        for one in RIVALS
        if one.cpu is not None
    ]
    return (*speed, *spent)
