"""`sluice policy`: what it prints, writes, and ends with."""

import json
from pathlib import Path
from shutil import copytree

import pytest
from typer.testing import CliRunner

from stream.cli import app
from stream.cli.status import Status

SHIPPED = Path(__file__).parents[3] / "policies"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return copytree(SHIPPED, tmp_path / "policies")


def run(folder: Path, line: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(
        app, line.split(), env={"SLUICE_POLICIES__DIR": str(folder)}, prog_name="sluice"
    )
    return result.exit_code, result.stdout, result.stderr


def test_a_version_is_locked_once_and_its_text_may_not_change_any_more(folder: Path) -> None:
    # Given a folder without a lock, in which each version is then locked
    (folder / "policies.lock").unlink(missing_ok=True)
    assert run(folder, "policy lock --check")[0] == Status.FAILED
    status, out, _ = run(folder, "policy lock")
    assert status == Status.DONE
    assert "harassment@" in out
    assert run(folder, "policy lock --check")[0] == Status.DONE

    # When a text changes under its version
    text = folder / "harassment" / "policy.md"
    text.write_text(text.read_text("utf-8").replace("# SAFE", "\n# SAFE", 1), "utf-8")

    # Then every command that reads it says where, and how to mend it
    status, _, err = run(folder, "policy lock")
    assert status == Status.USAGE
    assert "was locked with another text. Raise `version`" in err


def test_golden_cases_below_the_sets_thresholds_fail(folder: Path) -> None:
    # Given a set that asks for more than comparing texts can do
    (folder / "sets" / "strict.toml").write_text(
        'title = "Strict"\nlanguages = ["en"]\n[thresholds]\nanswered = 1.0\n[policies.harassment]\n'
        '[[routes]]\npolicies = ["harassment"]\n',
        "utf-8",
    )

    # When the exemplar is tried under it
    status, out, _ = run(folder, "policy test --set strict --engine exemplar")

    # Then it falls short, and the figures claim nothing about a model
    assert status == Status.FAILED
    assert "100% are asked for" in out
    assert "say nothing about a model" in out


def test_golden_cases_within_the_thresholds_pass_and_are_told_one_by_one(folder: Path) -> None:
    (folder / "sets" / "mild.toml").write_text(
        'title = "Mild"\nlanguages = ["en"]\n[policies.harassment]\n[[routes]]\npolicies = ["harassment"]\n'
        "[thresholds]\nanswered = 0.0\nrecall = 0.0\nfalse_alarms = 1.0\nmust_pass = false\n",
        "utf-8",
    )
    status, out, _ = run(folder, "policy test harassment --set mild --engine exemplar --json")
    assert status == Status.DONE
    told = json.loads(out)
    assert told["shortfalls"] == []
    assert len(told["cases"]) == told["figures"]["cases"]


def test_a_policy_that_the_set_lacks_is_named_with_the_nearest(folder: Path) -> None:
    status, _, err = run(folder, "policy test harrasment --engine exemplar")
    assert status == Status.USAGE
    assert "`harassment`" in err


def test_a_set_whose_versions_are_not_locked_is_not_promoted(folder: Path) -> None:
    (folder / "policies.lock").unlink()
    status, _, err = run(folder, "policy promote demo")
    assert status == Status.USAGE
    assert "harassment/policy.md:3: version" in err
    assert "is not locked" in err
    assert "Run `sluice policy lock`" in err


def test_a_set_that_no_record_takes_is_refused_before_anything_is_asked(folder: Path) -> None:
    # Given a set larger than a promotion may be / When it is to be promoted, with a broker that is not there
    with (folder / "sets" / "demo.toml").open("a", encoding="utf-8") as file:
        file.write(("# " + "x" * 98 + "\n") * 42_000)
    status, _, err = run(folder, "policy promote demo")
    # Then that is what is said
    assert status == Status.USAGE
    assert "sets/demo.toml:1: with its policies it takes 4,3" in err
    assert "Take policies out of the set" in err
    # And so is a name that no record has
    (folder / "sets" / "demo.toml").rename(folder / "sets" / "Demo.toml")
    status, _, err = run(folder, "policy promote Demo")
    assert status == Status.USAGE
    assert "sets/Demo.toml:1: the file's name has not the form that it must have" in err


def test_golden_cases_are_left_out_for_a_reason_only(folder: Path) -> None:
    status, _, err = run(folder, "policy promote demo --yes --no-test")
    assert status == Status.USAGE
    assert "--reason" in err
