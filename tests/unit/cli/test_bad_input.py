"""A name or a file that is not there: one status in every command, and how to mend it."""

import re
from pathlib import Path
from shutil import copytree

import pytest
from typer.testing import CliRunner

from stream.cli import app, context
from stream.cli.status import ABOUT, Status

ROOT = Path(__file__).parents[3]
NOWHERE = "127.0.0.1:1"
"""A broker that nothing listens at: what is typed wrong is said before anybody asks it."""
WINDOW = "--from 2026-11-16 --to 2026-11-23"

POLICIES = [
    "policy test harrassment",
    "policy lint harrassment",
    "policy render harrassment",
    "policy diff harrassment",
    "policy diff harrassment hate",
    "policy diff hate harrassment",
    f"policy calibrate {WINDOW} --policy harrassment",
    "policy calibrate --data rows.jsonl --policy harrassment",
    "canary --policy harrassment",
    "decide post-1 remove --reason x --clause harrassment/hr1.a",
]
SETS = [
    "policy test --set defualt",
    "policy promote defualt",
    "policy diff --set defualt",
    f"policy calibrate {WINDOW} --set defualt",
    f"policy backtest {WINDOW} --candidate defualt",
    f"policy backtest {WINDOW} --candidate strict --today defualt",
    "eval --data rows.jsonl --report r.html --set defualt",
    "demo --policies defualt --engine exemplar",
]
PACKS = ["eval --data rows.jsonl --report r.html --set eval/xstest_v3"]
MISSING = [
    "policy import nowhere.md",
    "policy test --against nowhere",
    "policy test --junit nowhere/golden.xml",
    "policy test --engine openai --answers policies",
    "policy diff --against nowhere",
    "policy calibrate --data nowhere.jsonl",
    "policy calibrate --data rows.jsonl --report nowhere/page.html",
    f"policy backtest {WINDOW} --candidate default --candidate-dir nowhere",
    f"policy backtest {WINDOW} --candidate default --report nowhere/page.html",
    "eval --data nowhere.jsonl --report r.html --set default",
    "eval --data rows.jsonl --report nowhere/page.html",
    "rules check nowhere.toml",
    "rules publish nowhere.toml",
    "rules try nowhere",
    "publish --file nowhere.jsonl",
]
MALFORMED = [
    "policy import broken",
    "policy test --against broken",
    "policy calibrate --data broken",
    "eval --data broken --report r.html --set default",
    "rules check broken.toml",
    "rules publish broken.toml",
    "rules try broken.toml",
]
MENDS = re.compile(
    r"Did you mean `|Valid here: |[Nn]ame (one|another|it|a )|Mend|there is no folder|Head a section|Write "
)


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder of policies of one's own, with a second set, a row of data, and files that do not hold."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(context, "PATIENCE_SECONDS", 0.2)
    copytree(ROOT / "policies", tmp_path / "policies")
    sets = tmp_path / "policies" / "sets"
    (sets / "strict.toml").write_text((sets / "default.toml").read_text("utf-8"), "utf-8")
    (tmp_path / "rows.jsonl").write_text("")
    for name in ("broken", "broken.toml"):
        (tmp_path / name).write_text("{[\n")


def run(line: str) -> tuple[int, str]:
    environ = {
        "SLUICE_KAFKA__BOOTSTRAP_SERVERS": NOWHERE,
        "SLUICE_POLICIES__DIR": "policies",
        "SLUICE_JUDGE__OPENAI__BASE_URL": f"http://{NOWHERE}/v1",
        "SLUICE_JUDGE__OPENAI__MODEL": "none",
        "COLUMNS": "400",
    }
    result = CliRunner().invoke(app, line.split(), env=environ, prog_name="sluice")
    return result.exit_code, result.stderr


@pytest.mark.parametrize("line", [*POLICIES, *SETS, *PACKS, *MISSING, *MALFORMED])
def test_what_is_not_there_or_does_not_hold_ends_with_two_and_says_how_to_mend_it(line: str) -> None:
    status, err = run(line)
    assert status == Status.USAGE, err
    assert MENDS.search(err), err


@pytest.mark.parametrize("line", POLICIES)
def test_a_policy_that_is_not_there_is_told_with_the_nearest(line: str) -> None:
    _, err = run(line)
    assert re.search(r"Did you mean `harassment(/hr1\.a)?`\?", err), err


@pytest.mark.parametrize("line", SETS)
def test_a_set_that_is_not_there_is_told_with_the_nearest(line: str) -> None:
    _, err = run(line)
    assert "there is no set `defualt`. Did you mean `default`?" in err


def test_where_no_packs_lie_it_says_where_they_would() -> None:
    _, err = run("eval --data rows.jsonl --report r.html --set eval/xstest_v3")
    assert "Did you mean `xstest_v2`?" in err
    for pack in Path("policies/eval").iterdir():
        pack.rename(Path(pack.name))
    _, err = run("eval --data rows.jsonl --report r.html --set eval/xstest_v2")
    assert "policies/eval has no pack `xstest_v2`. Packs lie in the folder `eval` of policies.dir" in err


def test_no_sentence_ends_twice() -> None:
    for line in [*POLICIES, *SETS, *MISSING]:
        _, err = run(line)
        assert not re.search(r"[.?!:][.]\s", err.replace("…", "")), err


def test_the_page_has_every_exit_status() -> None:
    page = (ROOT / "docs" / "install.md").read_text("utf-8")
    rows = dict(re.findall(r"^\| `(\d+)` \| (.*?) \|", page, re.MULTILINE))
    assert rows == {str(status.value): about for status, about in ABOUT.items()}
