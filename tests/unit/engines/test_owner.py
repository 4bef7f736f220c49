"""An engine's processes end with the process that owns them."""

import os
import signal
import subprocess
import sys
from subprocess import PIPE

import pytest

from stream.adapters.vllm.owner import OWNER

pytestmark = pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="Linux alone runs vLLM")

WORKER = (
    "from threading import active_count; from stream.adapters.vllm.owner import watch; watch();"
    " print(active_count(), 'threads', flush=True); input()"
)


def worker(owner: int) -> subprocess.Popen[str]:
    environment = {**os.environ, OWNER: str(owner)}
    return subprocess.Popen(
        [sys.executable, "-c", WORKER], env=environment, stdin=PIPE, stdout=PIPE, text=True
    )


def test_a_worker_dies_with_its_owner() -> None:
    # Given an owner and a worker that waits for ever
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=PIPE) as owner, worker(owner.pid) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "2 threads\n"

        # When the owner is killed, which no handler of its own can notice
        owner.kill()

        # Then the worker is gone too
        assert child.wait(timeout=10) == -signal.SIGKILL


def test_a_worker_whose_owner_is_gone_already_dies_at_once() -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as gone:
        gone.wait()

    with worker(gone.pid) as child:
        assert child.wait(timeout=10) == -signal.SIGKILL


@pytest.mark.parametrize("owner", ["0", "str(os.getpid())"], ids=["none of ours", "the owner itself"])
def test_nobody_else_is_watched(owner: str) -> None:
    script = f"import os; os.environ['{OWNER}'] = str({owner}); {WORKER}"

    child = subprocess.run(
        [sys.executable, "-c", script], input="\n", text=True, stdout=PIPE, check=False, timeout=20
    )

    assert (child.returncode, child.stdout) == (0, "1 threads\n")
