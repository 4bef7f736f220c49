"""What lies in the built images, and what does not."""

import subprocess

import pytest

from tests.images.image import Image
from tests.unit.images.test_locks import pins

BUILT = ("core", "ledger", "judge-exemplar")
each = pytest.mark.parametrize("target", BUILT)

NAMES = (
    "from importlib.metadata import distributions as d; print(*(one.metadata['Name'].lower() for one in d()))"
)
LARGEST = {"core": 64, "ledger": 128, "judge-exemplar": 400}
"""MB of packages, Sluice and policies, beside the base."""


@each
def test_it_holds_its_lock_and_sluice_and_nothing_else(image: Image, target: str) -> None:
    # Given what the image's own Python finds
    status, said = image.tell("/opt/sluice/venv/bin/python", "-c", NAMES)

    assert status == 0, said
    assert set(said.replace("_", "-").split()) == {*pins(f"image-{target}"), "sluice"}


@each
def test_it_carries_nothing_of_cuda(image: Image) -> None:
    _, said = image.tell(
        "find", "/opt", "/usr/local", "/usr/lib", "-iname", "*cuda*", "-o", "-iname", "*nvidia*"
    )

    assert said.split() == []


@each
def test_nothing_in_it_builds_or_installs(image: Image) -> None:
    for tool in ("cc", "gcc", "g++", "clang", "make", "uv"):
        assert image.tell("sh", "-c", f"command -v {tool}") == (127, ""), tool
    assert image.tell("/opt/sluice/venv/bin/python", "-m", "pip")[0] == 1
    _, said = image.tell(
        "find", "/root", "/home", "/build", "/var/lib/apt/lists", "-type", "f", "-path", "*cache*"
    )
    assert [line for line in said.splitlines() if not line.startswith("find:")] == []


@each
def test_every_module_is_compiled(image: Image) -> None:
    _, sources = image.tell("find", "/opt/sluice", "-name", "*.py")
    _, compiled = image.tell("find", "/opt/sluice", "-name", "*.pyc")

    assert len(sources.split()) > 500
    assert len(compiled.split()) == len(sources.split())


@each
def test_its_user_can_change_nothing(image: Image) -> None:
    # Given an image whose files belong to root
    assert image.tell(
        "find", "/opt/sluice", "!", "-user", "root", "-o", "-perm", "/022", "!", "-type", "l"
    ) == (0, "")
    # When something is written / Then /tmp takes it, and the root does not
    assert image.tell("touch", "/tmp/scratch") == (0, "")
    for place in ("/opt/sluice", "/home/sluice", "/etc"):
        status, said = image.tell("touch", f"{place}/scratch")
        assert (status, "Read-only file system" in said) == (1, True), said


@each
def test_it_says_what_it_is(image: Image, version: str) -> None:
    config = image.config
    commit = subprocess.run(
        ["git", "rev-parse", "HEAD"], capture_output=True, text=True, check=True
    ).stdout.strip()

    assert (config["User"], config["WorkingDir"]) == ("10001:10001", "/opt/sluice")
    assert config["Entrypoint"] == ["sluice"]
    assert config["Healthcheck"]["Test"] == ["CMD", "sluice", "health"]
    assert image.tell("id", "-u") == (0, "10001\n")
    labels = {name.rpartition(".")[2]: text for name, text in config["Labels"].items()}
    assert (labels["version"], labels["revision"], labels["licenses"]) == (version, commit, "Apache-2.0")
    assert image.sluice("version").split()[:2] == ["sluice", version]


@each
def test_it_is_no_larger_than_stated(image: Image, target: str) -> None:
    _, said = image.tell("du", "-sm", "/opt/sluice")

    assert int(said.split()[0]) <= LARGEST[target]
