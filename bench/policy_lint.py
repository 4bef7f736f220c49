"""`sluice policy lint` over fifty policies with golden cases and sets: a process, from start to end."""

import os
import re
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.measurement import Aim, Bound, Findings, Spread, Table
from bench.setting import Setting
from stream.adapters.policies import PolicyFolder
from stream.core.fields import MAX_POLICIES

POLICIES = 50
SECONDS = 2.0
SHIPPED = Path(__file__).parents[1] / "policies"


def measure(setting: Setting) -> Findings:
    """Lint fifty policies, seven and none, in turn; none is the price of the process and the vocabulary."""
    with TemporaryDirectory() as made:
        folders = {number: _folder(Path(made) / str(number), number) for number in (0, 7, POLICIES)}
        rounds = [
            {str(number): _linted(folder) for number, folder in folders.items()}
            for _ in setting.rounds_of("policy_lint")
        ]
    spreads = {
        name: {what: Spread.of(each[name][what] for each in rounds) for what in ("wall", "cpu")}
        for name in rounds[0]
    }
    return Findings(
        conditions={
            "policies": f"{POLICIES} copies of the shipped ones that are not restricted, under other ids and "
            "clause letters, with their golden cases; sets of as many policies a route as a route may have",
            "rounds": f"{setting.times()}; the whole process `sluice policy lint --json`, on one core",
        },
        tables=(
            Table(
                "policy lint: seconds of the process, median (least - most)",
                ("policies", "wall", "CPU"),
                tuple(
                    (name, one["wall"].shown(",.2f"), one["cpu"].shown(",.2f"))
                    for name, one in spreads.items()
                ),
            ),
        ),
        aims=(
            Aim(
                f"lint of {POLICIES} policies, CPU",
                Bound.AT_MOST,
                SECONDS,
                spreads[str(POLICIES)]["cpu"],
                "s",
            ),
        ),
        rounds=rounds,
        notes=("0 policies: Python, the commands, and the vocabulary of gpt-oss.",),
    )


def _folder(root: Path, number: int) -> Path:
    """A folder of so many policies, of which no two share an id or a clause's letters."""
    (root / "sets").mkdir(parents=True)
    shipped = PolicyFolder(SHIPPED)
    sources = [one for one in shipped.ids() if not shipped.policy(one).restricted]
    further = (f"{sources[place % len(sources)]}-{place}" for place in range(len(sources), number))
    ids = [*sources, *further][:number]
    for place, (policy_id, letters) in enumerate(zip(ids, _letters(), strict=False)):
        _copy(SHIPPED / sources[place % len(sources)], root / policy_id, policy_id, letters)
    for start in range(0, number, MAX_POLICIES):
        _set(root / "sets" / f"set-{start}.toml", ids[start : start + MAX_POLICIES])
    return root


def _letters() -> Iterator[str]:
    return (one + other for one in "QVWXYZJK" for other in "ABCDEFGHIJKLMNOPQRSTUVWXYZ")


def _copy(source: Path, target: Path, policy_id: str, letters: str) -> None:
    """The last letter but one of an id tells VIOLATES from SAFE: keep them apart by the number."""
    target.mkdir()
    for name in ("policy.md", "tests.jsonl", "notices.toml"):
        text = (source / name).read_text("utf-8")
        safe = re.findall(r"^([A-Z]{2})1 ", (source / "policy.md").read_text("utf-8"), re.MULTILINE)[0]
        text = re.sub(rf"\b{safe}([0-9])\b", rf"{letters}9\1", text)
        text = re.sub(r"\b[A-Z]{2}([0-9](?:\.[a-z])?)\b", rf"{letters}\1", text)
        (target / name).write_text(text.replace(f'id = "{source.name}"', f'id = "{policy_id}"'), "utf-8")


def _set(file: Path, ids: list[str]) -> None:
    policies = "\n".join(f"[policies.{policy_id}]" for policy_id in ids)
    routed = ", ".join(f'"{policy_id}"' for policy_id in ids)
    file.write_text(
        f'title = "Bench"\nlanguages = ["en"]\n{policies}\n[[routes]]\npolicies = [{routed}]\n', "utf-8"
    )


def _linted(folder: Path) -> dict[str, float]:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begun = time.perf_counter()
    done = subprocess.run(
        [Path(sys.executable).with_name("sluice"), "policy", "lint", "--json"],
        env={**os.environ, "SLUICE_POLICIES__DIR": str(folder)},
        capture_output=True,
        check=False,
    )
    wall = time.perf_counter() - begun
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode not in (0, 1) or done.stderr:
        raise RuntimeError(done.stderr.decode())
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"wall": wall, "cpu": cpu}
