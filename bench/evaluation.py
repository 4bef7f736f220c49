"""What `sluice eval` costs beside its engine, and what it keeps of a file however long."""

import asyncio
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bench.measurement import Aim, Bound, Findings, Spread, Table, ratios
from bench.setting import Setting
from stream.adapters.answers import RememberingEngine
from stream.adapters.memory.engine import ScriptedEngine
from stream.adapters.policies import PolicyFolder
from stream.core.judgement import Answer, Question, Usage
from stream.core.policy.policy_set import PolicySet
from stream.ops.evaluation.judging import Judging
from stream.ops.evaluation.labelled.labelling import Labelling, labelling_by_name
from stream.ops.evaluation.labelled.measuring import SAMPLING, content_of
from stream.ops.evaluation.labelled.measuring import measure as judged
from stream.ops.evaluation.labelled.rows import Row, read_rows
from stream.ops.evaluation.labelled.survey import survey
from stream.ops.evaluation.labelled.tally import Tally
from stream.ops.evaluation.silence import Silence
from stream.ops.evaluation.window import in_window

PACK = Path(__file__).parents[1] / "policies" / "eval" / "openai_moderation_2022"
POLICIES = ("sexual", "hate")
WINDOW = 64
SECONDS = 0.5
LEAST = 0.9
MOST = 1.1
SAFE = '{"label":"safe","findings":[],"severity":0,"confidence":"high","rationale":"Fine.","remediation":""}'
ANSWER = Answer(final=SAFE, complete=True, usage=Usage(900, 800, 30))


def measure(setting: Setting) -> Findings:
    """Rows a second beside those of the engine alone; then the memory of a short file and of a long one."""
    rows = setting.size(2_560, 1_024)
    with tempfile.TemporaryDirectory() as folder:
        data = _written(Path(folder) / "rows.jsonl", rows)
        rounds = [_round(data, rows) for _ in setting.rounds_of("evaluation")]
        short, long = setting.size(100_000, 4_000), setting.size(1_000_000, 16_000)
        memory = {count: _memory(_written(Path(folder) / f"{count}.jsonl", count)) for count in (short, long)}
    growth = memory[long] / memory[short]
    return Findings(
        conditions={
            "engine": f"scripted, {1_000 * SECONDS:.0f} ms an answer, {WINDOW} rows at once",
            "work": f"{len(POLICIES)} policies a row, {rows:,} rows; alone it is asked the same questions",
            "memory": f"an engine that answers at once; resident at most, {short:,} and {long:,} rows",
        },
        tables=(
            Table(
                "evaluation: median (least - most)",
                ("side", "rows/s"),
                tuple((side, Spread.of(one[side] for one in rounds).shown()) for side in ("engine", "eval")),
            ),
            Table(
                "evaluation: memory",
                ("rows", "resident MiB"),
                tuple((f"{count:,}", f"{size:,.0f}") for count, size in memory.items()),
            ),
        ),
        aims=(
            Aim(
                "rows/s over the engine alone",
                Bound.AT_LEAST,
                LEAST,
                ratios([one["eval"] for one in rounds], [one["engine"] for one in rounds]),
            ),
            Aim("memory of the long file over the short one", Bound.AT_MOST, MOST, Spread.of([growth])),
        ),
        rounds=[*rounds, {f"{count:,} rows, MiB": size for count, size in memory.items()}],
    )


def _round(data: Path, rows: int) -> dict[str, float]:
    return {"engine": rows / _seconds(_alone(data)), "eval": rows / _seconds(_evaluated(data))}


def parts() -> tuple[PolicySet, Labelling]:
    """A set of two policies, and labels of their names."""
    from stream.core.policy.set_text import parse_set

    folder = PolicyFolder(PACK)
    lines = [f"[policies.{name}]" for name in POLICIES]
    text = [
        'title = "Bench"',
        'languages = ["en"]',
        *lines,
        "[[routes]]",
        f"policies = {json.dumps(POLICIES)}",
    ]
    policy_set = parse_set("\n".join([*text, 'effort = "high"']), "bench", "bench", POLICIES, folder.policy)
    labelling = labelling_by_name(policy_set, POLICIES)
    assert labelling is not None
    return policy_set, labelling


def _scripted(seconds: float) -> ScriptedEngine:
    async def answer(_question: Question) -> Answer:
        await asyncio.sleep(seconds)
        return ANSWER

    return ScriptedEngine(answer)


async def _alone(data: Path) -> None:
    """The same questions with nothing around them."""
    policy_set, _ = parts()
    engine = _scripted(SECONDS)

    async def ask(row: Row) -> None:
        content = content_of(row)
        await asyncio.gather(
            *(
                engine.ask(Question(id=row.id, policies=(policy,), text=content.text))
                for policy in policy_set.policies.values()
            )
        )

    async for _ in in_window(read_rows(data), ask, WINDOW):
        pass


async def _evaluated(data: Path, seconds: float = SECONDS) -> None:
    policy_set, labelling = parts()
    survey(data)
    tally = Tally(labelling, policy_set)
    engine = RememberingEngine(_scripted(seconds), None, tally.hear)
    await judged(read_rows(data), Judging(policy_set, engine, Silence(), SAMPLING), tally, WINDOW)


def _seconds(run: "asyncio._CoroutineLike[None]") -> float:
    begun = time.perf_counter()
    asyncio.run(run)  # type: ignore[arg-type]
    return time.perf_counter() - begun


def _memory(data: Path) -> float:
    """MiB that a process of its own had at most."""
    line = [sys.executable, "-m", "bench.evaluation", str(data)]
    return float(subprocess.run(line, check=True, capture_output=True, text=True).stdout)


def _written(file: Path, rows: int) -> Path:
    with file.open("w") as out:
        out.writelines(_lines(rows))
    return file


def _lines(rows: int) -> Iterator[str]:
    for number in range(rows):
        labels = dict.fromkeys(POLICIES, number // 3 % 2)
        row = {"id": f"r{number}", "text": f"Post {number}: " + "word " * 40, "labels": labels, "lang": "en"}
        yield json.dumps(row) + "\n"


if __name__ == "__main__":
    asyncio.run(_evaluated(Path(sys.argv[1]), 0.0))
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_024)
