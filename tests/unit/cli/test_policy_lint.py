"""`sluice policy lint`: for people, for scripts, for code review, and how it ends."""

import json
from pathlib import Path
from shutil import copytree

import pytest
from typer.testing import CliRunner

from stream.cli import app
from stream.cli.lint_text import window
from stream.cli.status import Status
from stream.ops.policies.lint import RULES, Finding, Level

SHIPPED = Path(__file__).parents[3] / "policies"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The shipped policies, of which one has a vague word."""
    root = copytree(SHIPPED, tmp_path / "policies")
    (root / "policies.lock").unlink()
    text = root / "harassment" / "policy.md"
    text.write_text(
        text.read_text("utf-8").replace("Belittles", "", 1).replace("looks or body.", "looks, etc. or body.")
    )
    return root


def run(folder: Path, line: str) -> tuple[int, str]:
    env = {"SLUICE_POLICIES__DIR": str(folder)}
    result = CliRunner().invoke(app, line.split(), env=env, prog_name="sluice")
    return result.exit_code, result.stdout


def test_people_are_shown_the_line_and_a_mark_under_the_word(folder: Path) -> None:
    status, out = run(folder, "policy lint harassment")
    assert status == Status.FAILED
    shown = out.splitlines()
    place = next(n for n, line in enumerate(shown) if "[vague-word]" in line)
    assert "62  warning: `etc` hands the decision back" in shown[place]
    line, marks = shown[place + 1], shown[place + 2]
    assert line[marks.index("^") : marks.rindex("^") + 1] == "etc"
    assert shown[-1] == "1 finding"


@pytest.mark.parametrize("form", ["--format json", "--json"])
def test_scripts_get_an_object_a_finding(folder: Path, form: str) -> None:
    status, out = run(folder, f"policy lint harassment {form}")
    assert status == Status.FAILED
    (finding,) = map(json.loads, out.splitlines())
    assert set(finding) == set(Finding.__struct_fields__)
    assert (finding["rule"], finding["line"], finding["level"]) == ("vague-word", 62, "warning")
    assert finding["text"][finding["column"] - 1 : finding["end"] - 1] == "etc"


def test_code_review_gets_sarif(folder: Path) -> None:
    status, out = run(folder, "policy lint --format sarif")
    assert status == Status.FAILED
    (ran,) = json.loads(out)["runs"]
    assert [one["ruleId"] for one in ran["results"] if "suppressions" not in one] == ["vague-word"]
    assert any("suppressions" in one for one in ran["results"])


def test_what_cannot_be_read_ends_with_2_and_is_told_in_every_form(folder: Path) -> None:
    text = folder / "hate" / "policy.md"
    text.write_text(text.read_text("utf-8").replace("# SAFE", "# SAVE"), "utf-8")
    for form in ("text", "json", "sarif"):
        status, out = run(folder, f"policy lint --format {form}")
        assert status == 2
        assert "unknown section `SAVE`" in out


def test_the_shipped_policies_end_with_0() -> None:
    status, out = run(SHIPPED, "policy lint")
    assert status == Status.DONE
    assert "0 findings" in out


def test_every_rule_can_be_listed_with_why(folder: Path) -> None:
    status, out = run(folder, "policy lint --rules")
    assert status == Status.DONE
    assert [rule.id for rule in RULES if rule.id not in out] == []


def test_a_policy_that_is_not_there_is_named_with_the_nearest(folder: Path) -> None:
    result = CliRunner().invoke(
        app, ["policy", "lint", "harrasment"], env={"SLUICE_POLICIES__DIR": str(folder)}, prog_name="sluice"
    )
    assert result.exit_code == Status.USAGE
    assert "`harassment`" in result.stderr


@pytest.mark.parametrize("start", [0, 30, 190])
def test_a_long_line_is_cut_around_what_is_meant(start: int) -> None:
    text = "a" * start + "WORD" + "b" * (196 - start)
    finding = Finding("r", Level.ERROR, "f", 1, start + 1, start + 5, "what", "mend", text)
    line, marks = window(finding, 60)
    assert len(line) == 60
    assert line[marks.index("^") : len(marks)] == "WORD"


def test_a_line_cannot_command_the_terminal() -> None:
    finding = Finding("r", Level.ERROR, "f", 1, 2, 3, "what", "mend", "a\x1b[2Jb")
    assert window(finding, 60)[0] == "a·[2Jb"
