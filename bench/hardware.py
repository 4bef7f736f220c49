"""The machine that the figures are of."""

import os
import platform
import sys
from importlib.metadata import version
from pathlib import Path

import psutil


def hardware() -> dict[str, str]:
    """Processor, memory, system, and the versions that matter."""
    return {
        "processor": f"{os.cpu_count()} x {_processor()}",
        "memory": f"{psutil.virtual_memory().total / 2**30:.0f} GiB",
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "confluent-kafka": version("confluent-kafka"),
    }


def _processor() -> str:
    if sys.platform == "linux":
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
