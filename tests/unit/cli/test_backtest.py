"""What is wrong with a line is said before anything is asked or read."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from stream.cli import app
from stream.cli.status import Status

SHIPPED = Path(__file__).parents[3] / "policies"
LINE = ("policy", "backtest", "--from", "2026-11-03T08:00Z", "--today", "demo")


@pytest.mark.parametrize(
    ("more", "status", "said"),
    [
        (("--candidate", "demo", "--price-in", "1"), Status.USAGE, "--price-out"),
        (("--candidate", "demo", "--report", "nowhere/at/all.html"), Status.USAGE, "there is no folder"),
        (
            ("--candidate", "demo", "--candidate-dir", "nowhere"),
            Status.USAGE,
            "no policies at nowhere",
        ),
        (("--candidate", "strikt"), Status.USAGE, "there is no set `strikt`"),
        (("--candidate", "demo"), Status.USAGE, "the same text"),
        (("--candidate", "demo", "--to", "noon"), Status.USAGE, "is no time"),
    ],
)
def test_a_line_that_cannot_work_is_refused(more: tuple[str, ...], status: Status, said: str) -> None:
    """Given a line with one mistake, when it is run, then the mistake is named."""
    environ = {"SLUICE_POLICIES__DIR": str(SHIPPED), "COLUMNS": "200"}
    done = CliRunner().invoke(app, (*LINE, *more), env=environ)
    assert done.exit_code == status, done.output
    assert said in done.output


@pytest.mark.parametrize(
    "line",
    [
        ("policy", "backtest", "--candidate", "demo"),
        ("recheck", "--policy", "hate"),
        ("revert", "--digest", "sha256:1"),
        ("policy", "calibrate"),
    ],
    ids=lambda line: line[-2],
)
def test_a_window_with_nothing_in_it_is_a_mistake_and_no_result(line: tuple[str, ...]) -> None:
    result = CliRunner().invoke(app, [*line, "--from", "2026-11-24", "--to", "2026-11-20"])
    assert result.exit_code == Status.USAGE
    assert "must lie before --to" in result.stderr
