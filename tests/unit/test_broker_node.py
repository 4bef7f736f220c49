"""The broker's process where its launcher is interrupted at the worst moment."""

import subprocess
from io import BytesIO
from pathlib import Path
from typing import Any

import psutil
import pytest

from stream.adapters.brokers.access import Access
from stream.adapters.brokers.node import Node
from tests.fleet.waiting import eventually


class Silent(BytesIO):
    """What the launcher reads while Ctrl-C comes."""

    def readline(self, _size: int | None = -1, /) -> bytes:
        raise KeyboardInterrupt


class Keeper(subprocess.Popen[bytes]):
    """A true keeper; what it tells of its child comes too late for the launcher."""

    child: psutil.Process

    def __init__(self, *args: Any, **more: Any) -> None:  # noqa: ANN401 - whatever Popen takes
        super().__init__(*args, **more)
        assert self.stdout is not None
        with self.stdout:
            Keeper.child = psutil.Process(int(self.stdout.readline()))
        self.stdout = Silent()


def ended(process: psutil.Process) -> bool:
    """A container without an init keeps what has ended as a zombie."""
    return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE


def test_interrupted_before_it_knows_the_brokers_process_it_ends_that_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a stand-in for Java that only waits
    java = tmp_path / "java"
    java.write_text("#!/bin/sh\nexec sleep 600\n")
    java.chmod(0o755)
    killed: list[int] = []
    monkeypatch.setattr("stream.adapters.brokers.node.os.kill", lambda pid, _signal: killed.append(pid))
    monkeypatch.setattr("stream.adapters.brokers.node.subprocess.Popen", Keeper)
    node = Node(java, tmp_path, Access())
    # When Ctrl-C comes while the launcher waits to be told the process's id
    with pytest.raises(KeyboardInterrupt):
        node.start()
    node.close()
    # Then that process ends, and no signal went to id 0, which would be everybody in our own group
    assert killed == []
    eventually(lambda: ended(Keeper.child), 10, "the process's end")
