"""The judge's packages, installed as the Dockerfile installs them, in a fresh virtual environment."""

import platform
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import missing
from tests.images.image import output

SECONDS = 1_500

USED = """
from importlib.metadata import distributions, entry_points
from openai_harmony import HarmonyEncodingName, load_harmony_encoding
from vllm import AsyncEngineArgs, SamplingParams
from vllm.v1.engine.async_llm import AsyncLLM
import stream.adapters.vllm.engine
load_harmony_encoding(HarmonyEncodingName.HARMONY_GPT_OSS)
print([one.value for one in entry_points(group="vllm.general_plugins") if one.name == "sluice"])
print(sorted(one.name for one in distributions() if "harmony" in one.name.lower()))
"""


@pytest.fixture
def fresh() -> Iterator[Path]:
    """A folder on a disk with room, gone afterwards: the packages take gigabytes."""
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


@pytest.mark.timeout(SECONDS)
def test_the_judge_s_packages_install_by_their_lock_and_hold_what_the_engine_uses(fresh: Path) -> None:
    if sys.platform != "linux":
        missing(f"the judge's packages are for Linux, not {platform.system()}")
    # Given a fresh virtual environment, filled by the very step that the Dockerfile runs
    python, app = fresh / "venv/bin/python", fresh / "app"
    output(sys.executable, "-m", "venv", "--without-pip", str(fresh / "venv"))
    output("scripts/environment", str(fresh / "venv"), "image-judge-cpu")
    # And Sluice beside it, as in the image
    install = [".venv/bin/uv", "pip", "install", "--quiet", "--no-deps", "--offline"]
    output(*install, "--python", str(python), "--target", str(app), ".")
    # When the engine's parts are imported, without a network to fall back on
    alone = {"PYTHONPATH": str(app), "HOME": str(fresh), "PATH": "/usr/bin:/bin", "HF_HUB_OFFLINE": "1"}
    told = subprocess.run(
        [python, "-c", USED], cwd=fresh, env=alone, capture_output=True, text=True, check=False
    )
    # Then they are there, Sluice among vLLM's plugins, and Harmony is the one that carries its vocabulary
    assert told.returncode == 0, told.stderr[-2_000:]
    assert told.stdout.splitlines()[-2:] == ["['stream.adapters.vllm.owner:watch']", "['oss-harmony']"]
