"""`sluice policy render` and `diff`: what people see, and what ends a command."""

import json
import os
import subprocess
from pathlib import Path
from shutil import copytree

import pytest
from typer.testing import CliRunner

from stream.adapters.policies import PolicyFolder
from stream.cli import app
from stream.cli.status import Status
from stream.core.policy.lock import name_of
from tests.unit.policies.sample import line_of

SHIPPED = Path(__file__).parents[3] / "policies"
PARENT = name_of(PolicyFolder(SHIPPED).policy("harassment"))
"""Such as `harassment@1.0`."""
CHILD = """+++
extends = "harassment"
id = "harassment-de"
version = "1.0"

[without]
"HS6" = "warnings are another policy's"
+++

# INTENT
The effect counts.
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    copied = copytree(SHIPPED, tmp_path / "policies")
    (copied / "harassment-de").mkdir()
    (copied / "harassment-de" / "policy.md").write_text(CHILD, "utf-8")
    return copied


def run(folder: Path, *line: str) -> tuple[int, str, str]:
    env = {"SLUICE_POLICIES__DIR": str(folder), "SLUICE_KAFKA__BOOTSTRAP_SERVERS": "127.0.0.1:1"}
    result = CliRunner().invoke(app, ["policy", *line], env=env, prog_name="sluice")
    return result.exit_code, result.stdout, result.stderr


def edit(file: Path, before: str, after: str) -> None:
    text = file.read_text("utf-8")
    assert before in text
    file.write_text(text.replace(before, after), "utf-8")


def test_rendering_shows_the_whole_and_who_wrote_each_line(folder: Path) -> None:
    status, out, _ = run(folder, "render", "harassment-de")

    assert status == Status.DONE
    assert f"harassment-de@1.0 extends {PARENT}" in out
    assert "taken out HS6 by harassment-de@1.0: warnings are another policy's" in out
    assert "harassment-de@1.0:11 │ The effect counts." in out
    line = line_of((SHIPPED / "harassment" / "policy.md").read_text("utf-8"), "HR1.a Degrading")
    assert f"{PARENT}:{line} │ HR1.a Degrading attack." in out
    assert "HS6 Warning" not in out


def test_rendering_gives_scripts_the_prompt_and_the_origin_of_each_clause(folder: Path) -> None:
    told = json.loads(run(folder, "render", "harassment-de", "--json")[1])
    prompt = run(folder, "render", "harassment-de", "--prompt")[1]

    assert told["prompt"] + "\n" == prompt
    assert told["extends"] == [PARENT]
    assert told["without"][0]["clause"] == "HS6"
    assert {one["policy"] for one in told["clauses"]} == {PARENT}
    assert "HS6" not in [one["id"] for one in told["clauses"]]


def test_a_restricted_policys_rules_are_prose_and_are_shown(folder: Path) -> None:
    status, out, _ = run(folder, "render", "child-safety")

    assert status == Status.DONE
    assert "restricted = true" in out


def test_two_policies_of_a_folder_are_compared_without_a_broker(folder: Path) -> None:
    status, out, _ = run(folder, "diff", "harassment", "harassment-de")

    assert status == Status.DONE
    assert f"policy {PARENT} → harassment-de@1.0" in out
    assert "- HS6 removed: [-HS6 Warning" in out
    assert "{+The+}" in out
    assert "tokens" in out


def test_a_folder_is_compared_with_another_policy_by_policy_and_its_set(folder: Path, tmp_path: Path) -> None:
    # Given an edit that is not locked yet
    edit(folder / "harassment" / "policy.md", "illness or assault", "illness or violence")
    edit(folder / "sets" / "default.toml", 'people = "24h"', 'people = "12h"')

    status, out, _ = run(folder, "diff", "--against", str(SHIPPED))

    assert status == Status.DONE
    assert "illness or [-assault,-]{+violence,+} or" in out
    assert "+ policy harassment-de@1.0 is new" in out
    assert "~ deadlines.people: 24h → 12h" in out
    assert "hate" not in out
    lines = [
        json.loads(one) for one in run(folder, "diff", "--against", str(SHIPPED), "--json")[1].splitlines()
    ]
    assert [one["kind"] for one in lines] == ["policy", "policy", "set"]


def test_nothing_changed_is_said(folder: Path) -> None:
    assert run(folder, "diff", "hate", "--against", str(SHIPPED))[1] == "nothing changed\n"


def test_a_set_alone_is_compared(folder: Path) -> None:
    edit(folder / "sets" / "demo.toml", "recall = 0.8", "recall = 0.9")

    status, out, _ = run(folder, "diff", "--set", "demo", "--against", str(SHIPPED))

    assert (status, out) == (Status.DONE, "set demo\n  ~ thresholds.recall: 0.8 → 0.9\n\n")


def test_a_revision_of_git_is_compared(folder: Path) -> None:
    # Given a folder that is committed, and edited since
    def git(*line: str) -> None:
        identity = {"GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@b", "GIT_CONFIG_GLOBAL": "/dev/null"}
        identity |= {"GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@b"}
        subprocess.run(["git", "-C", str(folder.parent), *line], check=True, env={**os.environ, **identity})

    git("init", "-q")
    git("add", ".")
    git("commit", "-qm", "before")
    edit(folder / "hate" / "policy.md", "# INTENT\n", "# INTENT\nAlways. ")

    # When it is compared with its revision
    status, out, _ = run(folder, "diff", "hate", "--against", "HEAD")

    # Then the edit is told, and a revision that is none is an error
    assert status == Status.DONE
    assert "section INTENT: {+Always.+}" in out.replace("{+Always. +}", "{+Always.+}")
    status, _, err = run(folder, "diff", "hate", "--against", "nothing")
    assert status == Status.USAGE
    assert "`nothing` is neither a folder nor a revision" in err
    status, _, err = run(folder, "diff", "hate", "--against=--output=x")
    assert status == Status.USAGE
    assert "is no folder" in err


def test_without_a_broker_it_says_what_else_can_be_compared_with(folder: Path) -> None:
    status, _, err = run(folder, "diff", "hate")

    assert status == Status.UNAVAILABLE
    assert "--against" in err


@pytest.mark.parametrize(
    "line",
    [
        ("render", "harassment-de"),
        ("diff", "harassment-de", "--against", str(SHIPPED)),
        ("diff", "harassment", "harassment-de"),
    ],
)
def test_a_broken_policy_is_one_error_with_file_and_line(folder: Path, line: tuple[str, ...]) -> None:
    file = folder / "harassment-de" / "policy.md"
    edit(file, '"HS6"', '"HS9"')

    status, out, err = run(folder, *line)

    assert status == Status.USAGE
    assert out == ""
    assert err.startswith(f"sluice: {file}:7: takes out clause HS9, which {PARENT} has not.")
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    "line", [("render", "hat"), ("diff", "hat", "--against", str(SHIPPED)), ("diff", "a", "b", "c")]
)
def test_a_name_that_nothing_has_is_an_error(folder: Path, line: tuple[str, ...]) -> None:
    status, out, err = run(folder, *line)

    assert status == Status.USAGE
    assert out == ""
    assert err
