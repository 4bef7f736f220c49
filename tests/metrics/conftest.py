"""The real Prometheus and its promtool."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import missing

Promtool = Callable[..., str]


def program(name: str) -> str:
    """Where one of Prometheus's programs lies."""
    found = shutil.which(name)
    if found is None:
        missing(f"{name} is not installed: run scripts/promtool")
    assert found is not None
    return found


@pytest.fixture(scope="session")
def promtool() -> Promtool:
    """Runs promtool; returns what it said, and fails where it found fault."""
    path = program("promtool")

    def run(*words: str | Path, given: bytes = b"") -> str:
        done = subprocess.run([path, *map(str, words)], input=given, capture_output=True, check=False)
        said = (done.stdout + done.stderr).decode()
        assert done.returncode == 0, said
        return said

    return run
