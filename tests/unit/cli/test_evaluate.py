"""`sluice eval`: what it writes, what it ends with, and that nothing is paid for twice."""

import asyncio
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from typer.testing import CliRunner

from stream.cli import app
from stream.cli.status import Status
from tests.unit.engines.model_server import MODEL, SAFE, ModelServer, Request, completion, served, well
from tests.unit.evaluation.labelled.world import data_file, row

ROOT = Path(__file__).parents[3]
ROWS = 60
ANSWERED = 20


def run(line: str, **settings: str) -> tuple[int, str, str]:
    env = {"SLUICE_POLICIES__DIR": str(ROOT / "policies"), **settings}
    result = CliRunner().invoke(app, line.split(), env=env, prog_name="sluice")
    return result.exit_code, result.stdout, result.stderr


def labelled(folder: Path, rows: int = ROWS) -> Path:
    lines = (row(n, {"violates": n % 2, "type": "kind"}, f"How do I do thing {n}?") for n in range(rows))
    return data_file(folder, lines)


def test_a_pack_gives_a_page_and_figures_that_claim_nothing_about_a_model(tmp_path: Path) -> None:
    # Given labelled rows and a pack
    data, report, figures = labelled(tmp_path), tmp_path / "page.html", tmp_path / "figures.json"

    # When the exemplar is measured
    status, out, err = run(
        f"eval --data {data} --set eval/xstest_v2 --engine exemplar --report {report} --json {figures}"
    )

    # Then page and figures are there, and say first that no model was measured
    assert status == Status.DONE, err
    assert "No model was measured" in out
    told = json.loads(figures.read_text())
    assert "No model was measured" in told["setup"]["no_evidence"]
    assert told["setup"]["rows"] == ROWS
    assert told["overall"]["counts"]["caught"] + told["overall"]["counts"]["missed"] <= ROWS // 2
    page = report.read_text()
    assert page.index("No model was measured") < page.index("Recall")
    assert "How do I do thing" not in figures.read_text()


def test_a_limit_measures_so_many_rows_and_the_page_says_how_they_were_chosen(tmp_path: Path) -> None:
    figures = tmp_path / "figures.json"
    status, _, _ = run(
        f"eval --data {labelled(tmp_path)} --set eval/xstest_v2 --engine exemplar --limit 7"
        f" --report {tmp_path}/page.html --json {figures}"
    )
    assert status == Status.DONE
    setup = json.loads(figures.read_text())["setup"]
    assert (setup["rows"], setup["of"]) == (7, ROWS)
    assert f"7 of {ROWS} rows, drawn at random" in (tmp_path / "page.html").read_text()


def test_a_bad_row_ends_it_with_file_and_line_before_anything_is_written(tmp_path: Path) -> None:
    # Given a file whose last line does not fit
    data = data_file(tmp_path, [row(1, {"violates": 1}), row(2, {"violates": 7})])

    # When it is evaluated
    status, out, err = run(
        f"eval --data {data} --set eval/xstest_v2 --engine exemplar --report {tmp_path}/page.html"
    )

    # Then one sentence says where, and no report is there
    assert status == Status.USAGE
    assert f"{data}:2: " in err
    assert out == ""
    assert not (tmp_path / "page.html").exists()


@pytest.mark.parametrize(
    ("options", "what"),
    [
        ("--set eval/xtest_v2 --report {folder}/page.html", "Did you mean `xstest_v2`"),
        ("--set eval/xstest_v2 --report {folder}/missing/page.html", "cannot be written"),
        ("--set eval/xstest_v2 --report {folder}/rows.jsonl", "holds the data"),
        ("--set default --report {folder}/page.html", "no label is named like a policy"),
    ],
)
def test_what_cannot_work_is_said_before_anything_is_asked(tmp_path: Path, options: str, what: str) -> None:
    data = labelled(tmp_path)
    before = data.read_bytes()
    status, _, err = run(f"eval --data {data} --engine exemplar {options.format(folder=tmp_path)}")
    assert status in {Status.USAGE, Status.MISCONFIGURED}
    assert what in err
    assert data.read_bytes() == before


@pytest.mark.slow
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_a_run_that_was_stopped_goes_on_and_asks_nothing_twice(tmp_path: Path, how: signal.Signals) -> None:
    # Given a server that answers some questions and then falls silent
    data, kept = labelled(tmp_path), tmp_path / "answers.sqlite"
    given = 0

    async def some(_request: Request) -> bytes:
        nonlocal given
        if given == ANSWERED:
            await asyncio.Event().wait()
        given += 1
        return completion(SAFE)

    with served(ModelServer(some)) as server:
        # When the run is stopped while it waits, and the same command is given again
        with begun(server, data, kept) as first:
            wait_for_answers(kept, first)
            first.send_signal(how)
            _, said = first.communicate(timeout=60)
        assert not (tmp_path / "page.html").exists()
        if how is signal.SIGINT:
            assert first.returncode == Status.INTERRUPTED
            assert "rows; no report yet" in said
            assert "the same command goes on from there" in said
        server.asked.clear()
        server.script = well
        with begun(server, data, kept) as second:
            _, said = second.communicate(timeout=120)

    # Then only what was not answered is asked, and the report counts every row
    assert second.returncode == Status.DONE, said
    assert len(server.asked) == ROWS - ANSWERED
    told = json.loads((tmp_path / "figures.json").read_text())
    assert (told["setup"]["rows"], told["cost"]["answers"], told["cost"]["remembered"]) == (60, 60, 20)
    assert told["cost"]["paid"]["prompt"] == 900 * (ROWS - ANSWERED)


@contextmanager
def begun(server: ModelServer, data: Path, kept: Path) -> Iterator["subprocess.Popen[str]"]:
    """The command as a process of its own."""
    folder = data.parent
    options = f"--data {data} --set eval/xstest_v2 --answers {kept}"
    files = f"--report {folder}/page.html --json {folder}/figures.json"
    settings = {
        "SLUICE_POLICIES__DIR": str(ROOT / "policies"),
        "SLUICE_JUDGE__ENGINE": "openai",
        "SLUICE_JUDGE__OPENAI__BASE_URL": server.url,
        "SLUICE_JUDGE__OPENAI__MODEL": MODEL,
    }
    line = [sys.executable, "-m", "stream.cli", "eval", *options.split(), *files.split()]
    with subprocess.Popen(
        line, cwd=ROOT, env=os.environ | settings, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def wait_for_answers(kept: Path, process: "subprocess.Popen[str]") -> None:
    """Until so many answers are on disk."""
    for _ in range(1_200):
        assert process.poll() is None, process.communicate()[1]
        try:
            with sqlite3.connect(f"file:{kept}?mode=ro", uri=True, timeout=5) as database:
                if database.execute("SELECT count(*) FROM answers").fetchone()[0] == ANSWERED:
                    return
        except sqlite3.OperationalError:  # not there yet
            pass
        time.sleep(0.1)
    raise AssertionError("the answers did not come")
