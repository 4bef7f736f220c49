"""What any test may ask for: a real broker, the shared data."""

import importlib.util
import logging
import os
import signal
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from stream.adapters.brokers import Broker, BrokerMissing, find_broker

TAIL_LINES = 60


def pytest_configure() -> None:
    """No property is a question of time; and what the tests start hears Ctrl-C.

    A shell begins a background job with SIGINT ignored.
    """
    settings.register_profile("sluice", deadline=None, suppress_health_check=[HealthCheck.too_slow])
    settings.load_profile("sluice")
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--bootstrap-servers", help="a running Kafka for the tests, host:port")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks by what is asked for, so that no one forgets to."""
    for item in items:
        fixtures = getattr(item, "fixturenames", ())
        if "broker" in fixtures:
            item.add_marker("broker")
        if "data_dir" in fixtures:
            item.add_marker("data")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A client without its broker says so twenty times a second: what failed should still be found."""
    report = yield
    report.sections = [(name, _end_of(text)) for name, text in report.sections]
    return report


def _end_of(text: str) -> str:
    lines = text.splitlines(keepends=True)
    left_out = len(lines) - TAIL_LINES
    return text if left_out <= 0 else f"({left_out} lines before these)\n" + "".join(lines[-TAIL_LINES:])


def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("vllm") and importlib.util.find_spec("vllm") is None:
        missing("vLLM is not in this environment: run these tests by `make test`, on Linux on x86-64")


@pytest.fixture(autouse=True)
def _level_of_the_log() -> Iterator[None]:
    """A command that runs within a test sets what is logged; the next test hears all again."""
    root = logging.getLogger()
    level = root.level
    yield
    root.setLevel(level)


@pytest.fixture(scope="session")
def broker(request: pytest.FixtureRequest) -> Iterator[Broker]:
    """A real Kafka, one for the whole run: tests name their topics and groups apart."""
    try:
        found = find_broker(request.config.getoption("--bootstrap-servers"), allow_mock=False)
    except BrokerMissing as why:
        missing(str(why))
    with found:
        yield found


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """The folder of shared data sets, named by SLUICE_DATA."""
    named = os.environ.get("SLUICE_DATA")
    if not named:
        pytest.skip("SLUICE_DATA names no folder of data sets")
    return Path(named)


def missing(what: str) -> None:
    """Skips by name where somebody tries things out; fails where the result counts."""
    if os.environ.get("CI"):
        pytest.fail(what, pytrace=False)
    pytest.skip(what)
