"""The ledger beside a plain loop with the same fold: verdicts a second on one core, recovery, memory."""

import time
from collections.abc import Iterator, Sequence
from typing import Any

import httpx
from msgspec.json import decode

from bench.errand import Errand
from bench.load import Pair, content_id, fill
from bench.measurement import Aim, Bound, Findings, Spread, Table, ratios
from bench.setting import Setting
from bench.sides import Side, SideFailed
from bench.topics import PARTITIONS, topics
from stream.core.ledger import Health
from stream.core.terms import DecidedBy, Decision, Effort, Stage
from stream.core.topics import Topic, TopicNames
from stream.core.verdict import Verdict
from stream.core.wire import encode

POSTS, QUICK_POSTS = 20_000, 5_000
"""Posts that the ledger is timed over, two verdicts each."""
ENTRIES, QUICK_ENTRIES = 100_000, 20_000
"""Posts of the plain loop, whose changelog the ledger then recovers."""
BURST = 500
SIDES = ("ledger", "plain")
PATIENCE = 300.0
PAUSE = 0.05
DIGEST = "sha256:" + "ab" * 32
Result = dict[str, Any]


def measure(setting: Setting) -> Findings:
    """Fold with both, then let the ledger recover what the plain loop has kept."""
    rounds = [_round(setting) for _ in setting.rounds_of("ledger")]
    rates = {side: [each[side]["messages"] / each[side]["seconds"] for each in rounds] for side in SIDES}
    recovery = Spread.of(each["recovery"]["seconds"] for each in rounds)
    memory = Spread.of(each["recovery"]["bytes_an_entry"] for each in rounds)
    entries = setting.size(ENTRIES, QUICK_ENTRIES)
    return Findings(
        conditions={
            "work": f"holds and releases, half each, {PARTITIONS} partitions: decode, fold, entry to the "
            "changelog, acknowledged; read_committed, acks=all, replication 1",
            "one core": "each side is held to one CPU; the broker may use both",
            "recovery": f"{entries:,} entries, from the process's start to its views' being ready (/healthz)",
            "rounds": f"{setting.times()}; sides in turn, ratios within each round",
        },
        tables=(
            _folding(rounds, rates),
            Table(
                "recovery: median (least - most)",
                ("entries", "seconds", "bytes of memory an entry"),
                ((f"{entries:,}", recovery.shown(",.1f"), memory.shown(",.0f")),),
            ),
        ),
        aims=(
            Aim("verdicts/s of the ledger", Bound.AT_LEAST, 1_500, Spread.of(rates["ledger"])),
            Aim(f"recovery of {entries:,} entries", Bound.AT_MOST, 60, recovery, " s"),
            Aim("memory of a live entry", Bound.AT_MOST, 2_048, memory, " B"),
        ),
        rounds=rounds,
        notes=("plain: confluent-kafka, a dict, the same fold; no table, no recovery, no views.",),
    )


def _folding(rounds: Sequence[dict[str, Result]], rates: dict[str, list[float]]) -> Table:
    """Throughput and CPU of both sides."""
    shares = {"ledger": ratios(rates["ledger"], rates["plain"]).shown(",.2f"), "plain": "1"}

    def row(side: str) -> tuple[str, ...]:
        cpu = Spread.of(1e6 * each[side]["cpu_seconds"] / each[side]["messages"] for each in rounds)
        return side, Spread.of(rates[side]).shown(",.0f"), cpu.shown(",.0f"), shares[side]

    header = ("side", "verdicts/s", "CPU us/verdict", "of plain's throughput")
    return Table("ledger: median (least - most)", header, tuple(map(row, SIDES)))


def _round(setting: Setting) -> dict[str, Result]:
    posts = setting.size(POSTS, QUICK_POSTS)
    with topics(setting.bootstrap, "ledger") as prefix:
        ledger = _timed("bench.sluice.ledger", setting, prefix, posts)
    with topics(setting.bootstrap, "ledger") as prefix:
        plain = _timed("bench.rivals.plain_ledger", setting, prefix, setting.size(ENTRIES, QUICK_ENTRIES))
        with Side("bench.sluice.ledger", Errand(bootstrap=setting.bootstrap, prefix=prefix)) as side:
            recovery = _recovery(side)
    return {"ledger": ledger, "plain": plain, "recovery": recovery}


def _recovery(side: Side) -> Result:
    """How long it takes from the start of its process until its views are ready, and what an entry takes."""
    told = side.wait("ready", PATIENCE)
    while not (health := _health(told["port"])).ready:
        if time.monotonic() - side.begun > PATIENCE:
            raise SideFailed(f"the ledger was not ready within {PATIENCE:.0f} s: {health.why}")
        time.sleep(PAUSE)
    seconds = time.monotonic() - side.begun
    grown = (side.resident() - told["resident"]) / health.entries
    return {"seconds": seconds, "bytes_an_entry": grown, "entries": health.entries}


def _health(port: int) -> Health:
    try:
        answer = httpx.get(f"http://127.0.0.1:{port}/healthz", timeout=PATIENCE, trust_env=False)
        return decode(answer.content, type=Health)
    except httpx.TransportError as away:
        return Health(ready=False, partitions=(), entries=0, why=str(away))


def _timed(module: str, setting: Setting, prefix: str, posts: int) -> Result:
    verdicts = 2 * posts
    fill(setting.bootstrap, TopicNames(prefix).of(Topic.VERDICTS), _verdicts(posts))
    warm = verdicts // 8
    errand = Errand(bootstrap=setting.bootstrap, prefix=prefix, warm=warm, count=verdicts - warm)
    with Side(module, errand) as side:
        return side.wait("result", PATIENCE)


def _verdicts(posts: int) -> Iterator[Pair]:
    """Holds of some posts, then their releases, and so on."""
    now = time.time_ns() // 1_000_000
    for start in range(0, posts, BURST):
        numbers = range(start, min(start + BURST, posts))
        yield from (_pair(number, _hold(number, now)) for number in numbers)
        yield from (_pair(number, _release(number, now + 900)) for number in numbers)


def _pair(number: int, verdict: Verdict) -> Pair:
    return content_id(number).encode(), encode(verdict)


def _hold(number: int, at: int) -> Verdict:
    return Verdict(
        id=content_id(number), version=1, decision=Decision.HOLD, at=at, digest=DIGEST, case=f"c0-{number}",
        stage=Stage.AUTOMATIC, due=at + 60_000,
    )  # fmt: skip


def _release(number: int, at: int) -> Verdict:
    return Verdict(
        id=content_id(number), version=1, decision=Decision.RELEASE, at=at, digest=DIGEST,
        case=f"c0-{number}", decided_by=DecidedBy.MODEL, policy_set=DIGEST, model="gpt-oss-safeguard-20b",
        effort=Effort.LOW,
    )  # fmt: skip
