"""`scripts/packages` where it may not install: it names what was asked for, and the line to type."""

import shutil
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "scripts" / "packages"


@pytest.fixture
def mac(tmp_path: Path) -> Path:
    """A PATH with brew and without apt-get."""
    for name in ("bash", "cat", "id", "sed"):
        (tmp_path / name).symlink_to(shutil.which(name) or name)
    (tmp_path / "brew").write_text("#!/bin/sh\n")
    (tmp_path / "brew").chmod(0o755)
    return tmp_path


@pytest.mark.parametrize(
    ("asked", "line"),
    [
        ("prometheus", "type: brew install prometheus"),
        ("openjdk-21-jre-headless maven", "type: brew install openjdk@21 maven"),
    ],
)
def test_on_a_mac_the_line_to_type_installs_what_was_asked_for(mac: Path, asked: str, line: str) -> None:
    told = subprocess.run(
        ["bash", SCRIPT, *asked.split()],
        env={"PATH": str(mac)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 1
    assert told.stderr.strip().endswith(line)
