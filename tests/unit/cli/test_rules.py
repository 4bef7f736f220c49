"""`sluice rules`: what holds, what does not and where; what would be tried and cannot."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from stream.cli import app
from stream.cli.status import Status
from tests.unit.rules.sample import written

ROOT = Path(__file__).parents[3]


SOON = (datetime.now(UTC) + timedelta(days=30)).date().isoformat()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An operator's working folder, with a folder of rules."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SLUICE_CONFIG", raising=False)
    (tmp_path / "rules").mkdir()
    return tmp_path / "rules"


def write(path: Path, *texts: str) -> None:
    path.write_text("\n".join(texts).replace("2024-12-01", SOON), encoding="utf-8")


def sluice(*line: str) -> Result:
    return CliRunner().invoke(app, line, prog_name="sluice")


def test_rules_that_hold_are_told_with_what_they_do_whose_and_until_when(folder: Path) -> None:
    write(folder / "a.toml", written("a"), written("b", then='{ route = { policies = ["nosuch"] } }'))
    result = sluice("rules", "check")
    assert result.exit_code == Status.DONE
    assert "in force a  hold" in result.stdout
    assert "night-shift" in result.stdout
    assert "the set lacks nosuch" in result.stdout
    assert "2 rules in force, 0 ended, 0 faults" in result.stdout


def test_a_rule_that_has_ended_is_told_as_such_and_is_no_fault(folder: Path) -> None:
    (folder / "a.toml").write_text(written("a"))
    result = sluice("rules", "check", "--json")
    [told] = map(json.loads, result.stdout.splitlines())
    assert result.exit_code == Status.DONE
    assert (told["rule"], told["in_force"], told["does"]) == ("a", False, "hold")


def test_what_is_wrong_is_said_with_file_and_line_and_the_rest_is_told(folder: Path) -> None:
    write(folder / "a.toml", written("a"))
    write(folder / "b.toml", written("b", "patterns = ['(']"))
    write(folder / "c.toml", written("a"))
    result = sluice("rules", "check")
    assert result.exit_code == Status.USAGE
    assert "rules/b.toml:5: rule `b`: pattern `(`" in result.stderr
    assert "rule `a` is in" in result.stderr
    assert "1 rule in force, 0 ended, 2 faults" in result.stdout


def test_a_rule_that_is_not_there_is_one_sentence_with_the_nearest(folder: Path) -> None:
    write(folder / "a.toml", written("wave"))
    result = sluice("rules", "try", "wav")
    assert result.exit_code == Status.USAGE
    assert result.stderr.strip().endswith("neither a file nor a rule `wav`. Did you mean `wave`?")


def test_the_shipped_examples_hold_and_none_of_them_is_in_force() -> None:
    result = sluice("rules", "check", str(ROOT / "rules" / "examples" / "wave.toml"))
    assert result.exit_code == Status.DONE, result.stderr
    assert list((ROOT / "rules").glob("*.toml")) == []
