"""`make pin-bases`: digests stand behind tags, or the file stays as it is."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.images.registry import Registry, registry

SCRIPT = Path(__file__).parents[3] / "scripts" / "pin-bases"
OLD, NEW, OTHER = (f"sha256:{letter * 64}" for letter in "abc")
REST = 'FROM ${PYTHON} AS build\nARG NAME=not:abase\nRUN echo "ARG X=y:z"\n'


@pytest.fixture
def there() -> Iterator[Registry]:
    with registry() as serving:
        serving.digests = {"library/python:3.13-slim": NEW, "team/cuda:13": OTHER}
        yield serving


def pin(dockerfile: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, SCRIPT, dockerfile], capture_output=True, text=True, check=False)


def written(folder: Path, *bases: str) -> Path:
    path = folder / "Dockerfile"
    path.write_text("# The images.\n" + "".join(f"ARG {base}\n" for base in bases) + "\n" + REST)
    return path


def test_each_base_gets_the_digest_of_its_tag(there: Registry, tmp_path: Path) -> None:
    # Given two bases, one of them pinned to a digest that its tag has left behind
    python, cuda = f"PYTHON={there.name}/library/python:3.13-slim", f"CUDA={there.name}/team/cuda:13"
    dockerfile = written(tmp_path, python, f"{cuda}@{OLD}")
    # When they are pinned
    result = pin(dockerfile)
    # Then each carries its tag's digest of now, and nothing else of the file has changed
    pinned = [f"{python}@{NEW}", f"{cuda}@{OTHER}"]
    assert (result.returncode, result.stdout.splitlines()) == (0, pinned)
    assert dockerfile.read_text() == written(tmp_path, *pinned).read_text()
    # And the digests are those of an index of all architectures, where there is one
    assert all("application/vnd.oci.image.index.v1+json" in accepted for accepted in there.asked)
    # When they are pinned again, then nothing changes
    assert pin(dockerfile).returncode == 0
    assert dockerfile.read_text() == written(tmp_path, *pinned).read_text()


def test_where_one_registry_does_not_answer_no_base_is_changed(there: Registry, tmp_path: Path) -> None:
    known, far = f"A={there.name}/library/python:3.13-slim", "B=127.0.0.1:1/python:3.13"
    dockerfile = written(tmp_path, known, far)
    before = dockerfile.read_text()

    result = pin(dockerfile)

    assert result.returncode == 1
    assert "Dockerfile is left as it is: 127.0.0.1:1 cannot be reached from here" in result.stderr
    assert dockerfile.read_text() == before


def test_a_tag_that_the_registry_does_not_know_is_named(there: Registry, tmp_path: Path) -> None:
    dockerfile = written(tmp_path, f"A={there.name}/library/python:2.0")
    before = dockerfile.read_text()

    result = pin(dockerfile)

    assert result.returncode == 1
    assert "answers 404 for library/python:2.0" in result.stderr
    assert dockerfile.read_text() == before


def test_a_registry_that_names_no_digest_is_not_believed(there: Registry, tmp_path: Path) -> None:
    there.digests["library/python:3.13-slim"] = "sha256:short"
    dockerfile = written(tmp_path, f"A={there.name}/library/python:3.13-slim")

    result = pin(dockerfile)

    assert result.returncode == 1
    assert "names no digest for library/python:3.13-slim" in result.stderr


def test_a_file_without_bases_is_refused(tmp_path: Path) -> None:
    result = pin(written(tmp_path))

    assert result.returncode == 1
    assert "it names no base" in result.stderr


def test_the_project_s_own_base_is_found(tmp_path: Path) -> None:
    # Given the project's Dockerfile, its base moved to a registry that nobody answers for
    text = (SCRIPT.parents[1] / "Dockerfile").read_text().replace("ARG PYTHON=", "ARG PYTHON=127.0.0.1:1/")
    dockerfile = tmp_path / "Dockerfile"
    dockerfile.write_text(text)

    assert "127.0.0.1:1 cannot be reached" in pin(dockerfile).stderr
