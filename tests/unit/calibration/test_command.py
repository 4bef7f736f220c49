"""`sluice policy calibrate --data`: what it prints, reports and writes, and what it refuses."""

import json
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest
from numpy.random import default_rng
from typer.testing import CliRunner, Result

from stream.adapters.policies import PolicyFolder
from stream.cli import app
from stream.cli.status import Status
from stream.core.policy import Autonomy
from stream.ops.calibration.row import Row
from tests.unit.calibration.rows import posts, removals

SHIPPED = Path(__file__).parents[3] / "policies"
POLICY = "spam-and-scams"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return copytree(SHIPPED, tmp_path / "policies")


def lines(rows: list[Row], drawn: str) -> list[str]:
    """Rows as a file of labelled answers has them."""
    return [
        json.dumps(
            {
                "text": row.text,
                "policy": POLICY,
                "would": row.would,
                "truth": row.truth,
                "drawn": drawn,
                "model": "gpt-oss-safeguard-20b",
                "effort": row.basis.effort,
                "first_effort": "low",
                "stated": row.confidence.stated,
                "log_probability": row.confidence.log_probability,
            }
        )
        for row in rows
    ]


@pytest.fixture
def labelled(tmp_path: Path) -> Path:
    """Made answers: a tenth of the removals is wrong; too few drawn ones violate to bound releases."""
    seeded = default_rng(23)
    flagged, drawn = list(removals(seeded, 2_400, 0.1)), list(posts(seeded, 800, 0.1, 0.02))
    file = tmp_path / "labelled.jsonl"
    file.write_text("\n".join([*lines(flagged, "flagged"), *lines(drawn, "random")]) + "\n")
    return file


def run(folder: Path, *line: str) -> Result:
    return CliRunner().invoke(
        app, ["policy", "calibrate", *line], env={"SLUICE_POLICIES__DIR": str(folder)}, prog_name="sluice"
    )


def told(folder: Path, *line: str) -> dict[str, Any]:
    done = run(folder, "--policy", POLICY, "--json", *line)
    assert done.exit_code == 0, done.output
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_it_proposes_what_is_certified_and_writes_nothing_unasked(folder: Path, labelled: Path) -> None:
    before = (folder / "sets" / "default.toml").read_bytes()
    found = told(folder, "--data", str(labelled))

    assert (found["before"], found["autonomy"]) == ("recommend", "remove")
    remove = found["calibration"]["remove"]
    assert (remove["signal"], remove["drawn"]) == ("log_probability", "flagged")
    assert remove["bound"] >= remove["target"] == 0.95
    assert found["claims"][0]["verdict"].startswith("certified: at least 9")
    assert found["claims"][1]["verdict"].startswith("not certified: too few rows; about")
    assert (folder / "sets" / "default.toml").read_bytes() == before


def test_it_writes_the_set_which_then_grants_it_and_keeps_every_remark(folder: Path, labelled: Path) -> None:
    file = folder / "sets" / "default.toml"
    before = file.read_text()
    done = run(folder, "--policy", POLICY, "--data", str(labelled), "--write", "--by", "ana")

    assert done.exit_code == 0, done.output
    assert "recommend → remove" in done.stdout + done.stderr
    loaded = PolicyFolder(folder).policy_set("default")
    assert loaded.autonomy[POLICY] is Autonomy.REMOVE
    assert loaded.calibrations[POLICY].by == "ana"
    remarks = [line for line in before.splitlines() if "#" in line]
    assert [line for line in file.read_text().splitlines() if "#" in line] == remarks
    assert [path.name for path in file.parent.iterdir() if path.name.startswith(".")] == []
    # And the next attempt knows of it
    assert told(folder, "--data", str(labelled))["attempt"] == 2


def test_too_few_rows_are_refused_with_what_is_needed(folder: Path, tmp_path: Path) -> None:
    few = tmp_path / "few.jsonl"
    few.write_text("\n".join(lines(list(removals(default_rng(1), 40, 0.0)), "flagged")))
    found = told(folder, "--data", str(few))

    assert found["autonomy"] == "recommend"
    assert found["calibration"] == {}
    assert "too few rows; about" in found["claims"][0]["verdict"]
    assert "nothing is certified" in run(folder, "--policy", POLICY, "--data", str(few), "--write").stderr


def test_the_report_has_signals_curves_and_no_text(folder: Path, labelled: Path, tmp_path: Path) -> None:
    page = tmp_path / "calibration.html"
    done = run(folder, "--policy", POLICY, "--data", str(labelled), "--report", str(page))

    assert done.exit_code == 0, done.output
    html = page.read_text()
    assert "<svg" in html
    assert "AUROC" in html
    assert "no better than chance" in html


ANSWER = '{"text": "t", "would": "ask", "truth": "safe", "model": "m", "effort": "low", "policy": "%s"}'


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ('{"text": "t"}', "labelled.jsonl:2: no labelled answer: `policy` is missing. Add it."),
        ("{", "labelled.jsonl:2: no labelled answer"),
        (ANSWER % "spam-and-scam", "has no policy `spam-and-scam`. Did you mean `spam-and-scams`?"),
        (ANSWER % "child-safety", "which is restricted"),
    ],
)
def test_a_line_that_does_not_fit_is_named(folder: Path, tmp_path: Path, line: str, says: str) -> None:
    file = tmp_path / "labelled.jsonl"
    file.write_text("\n" + line + "\n")
    done = run(folder, "--data", str(file))

    assert done.exit_code == Status.USAGE
    assert says in done.stderr


def test_restricted_policies_and_half_a_window_are_refused(folder: Path, labelled: Path) -> None:
    done = run(folder, "--policy", "child-safety", "--data", str(labelled))
    assert done.exit_code == Status.USAGE
    assert "nothing of it is kept" in done.stderr
    assert run(folder).exit_code == Status.USAGE
    assert run(folder, "--from", "2026-11-01").exit_code == Status.USAGE


def test_every_policy_but_the_restricted_is_calibrated_where_none_is_named(
    folder: Path, labelled: Path
) -> None:
    done = run(folder, "--data", str(labelled), "--json")
    assert {json.loads(line)["policy"] for line in done.stdout.splitlines()} == {
        policy.name for policy in SHIPPED.iterdir() if (policy / "policy.md").exists()
    } - {"child-safety"}
