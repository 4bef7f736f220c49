"""Lets vLLM's processes die with the process that started them.

A judge killed with SIGKILL cannot stop its engine, whose processes would go on holding the GPU's memory, so
that no other judge could start. vLLM calls `watch` in each of them by the entry point that pyproject.toml
names (group vllm.general_plugins: loaded in the engine's process and in every worker).
"""

import os
import select
import signal
from threading import Thread

OWNER = "SLUICE_ENGINE_OWNER"


def claim() -> None:
    """Make this process the owner of the engine that it is about to start."""
    os.environ[OWNER] = str(os.getpid())


def watch() -> None:
    """In a process of an engine that Sluice started, end with its owner. Elsewhere do nothing."""
    owner = int(os.environ.get(OWNER, "0"))
    if owner in (0, os.getpid()) or not hasattr(os, "pidfd_open"):
        return
    Thread(target=_outlive_no_longer, args=(owner,), name="engine-owner", daemon=True).start()


def _outlive_no_longer(owner: int) -> None:
    try:
        descriptor = os.pidfd_open(owner)
    except ProcessLookupError:
        pass
    else:
        ended = select.poll()
        ended.register(descriptor, select.POLLIN)
        ended.poll()
    os.kill(os.getpid(), signal.SIGKILL)
