"""`sluice recheck`: what its line must say."""

import pytest
from typer.testing import CliRunner

from stream.cli import app
from stream.cli.status import Status

LINE = "recheck --policy hate --from 2026-11-16 --to 2026-11-23"


@pytest.mark.parametrize(
    "more",
    [
        "--yes",
        "--yes --reason r",
        "--yes --ticket t",
        "--yes --reason r --ticket t --dry-run",
        "--rate 5",
        "--waiting -1",
    ],
)
def test_what_is_not_whole_is_refused_before_anything_is_read(more: str) -> None:
    done = CliRunner().invoke(app, f"{LINE} {more}".split(), prog_name="sluice")

    assert done.exit_code == Status.USAGE, done.output


def test_a_time_that_is_none_is_refused() -> None:
    done = CliRunner().invoke(app, ["recheck", "--policy", "hate", "--from", "monday", "--to", "2026-11-23"])

    assert done.exit_code == Status.USAGE
    assert "2026-11-03T08:00Z" in done.stderr
