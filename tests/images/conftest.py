"""The images that `make images` built, each unpacked once."""

import tomllib
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path

import pytest

from tests.images.image import ROOT, Image, built

Images = Callable[[str], Image]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All tests here need what only `make images` builds."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker("images")


@pytest.fixture(scope="session")
def version() -> str:
    """The project's, which is the images' tag."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return str(project["version"])


@pytest.fixture(scope="session")
def images(version: str) -> Iterator[Images]:
    """An image by its target's name."""
    with ExitStack() as closing:
        yield cache(lambda target: closing.enter_context(built(target, version)))


@pytest.fixture
def image(images: Images, target: str) -> Image:
    """The image of the target that a test is parametrized with."""
    return images(target)
