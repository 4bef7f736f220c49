"""Names, units and help by Prometheus's conventions, as its own linter reads them; and docs/metrics.md."""

import re
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry, Gauge, generate_latest

from stream.adapters.metrics import BY_PROCESS
from stream.ops.metrics.catalogue import Described, catalogue
from stream.ops.metrics.page import ADVICE, page
from tests.metrics.conftest import Promtool
from tests.metrics.faults import Told

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/metrics.md"
CHART = ROOT / "deploy/helm"
METRICS = {one.name: one for one in catalogue()}


@pytest.mark.parametrize("process", BY_PROCESS)
def test_prometheus_finds_no_fault_with_a_page(process: str, promtool: Promtool) -> None:
    assert promtool("check", "metrics", given=generate_latest(BY_PROCESS[process]().registry)) == ""


def test_prometheus_would_find_a_fault(promtool: Promtool) -> None:
    registry = CollectorRegistry()
    Gauge("sluice_wait_milliseconds", "In the wrong unit", registry=registry)
    with pytest.raises(AssertionError, match="use base unit"):
        promtool("check", "metrics", given=generate_latest(registry))


@pytest.mark.parametrize("metric", METRICS.values(), ids=METRICS)
def test_each_name_ends_in_what_it_counts_and_says_whose_it_is(metric: Described) -> None:
    # Given a metric, without the ending of its kind
    bare = metric.name.removesuffix("_total").removesuffix("_info")
    # Then it names its process or what several processes share
    owner = bare.split("_")[1]
    shared = {"lane", "policy", "control", "build"}
    assert owner in shared or owner in metric.processes or (owner, metric.processes) == ("engine", ("judge",))
    # And a gauge or histogram has a unit, unless it is a flag
    assert metric.unit or metric.kind in ("counter", "info") or metric.name.endswith("_stale")
    # And it is described by a phrase, without a full stop
    assert metric.about[0].isupper() or metric.about[0].isdigit()
    assert not metric.about.endswith(".")


def test_each_metric_comes_with_advice_and_no_advice_is_left_over() -> None:
    assert set(ADVICE) == set(METRICS)
    assert all(text.endswith(".") for text in ADVICE.values())


def test_whatever_the_chart_asks_prometheus_for_is_told() -> None:
    told = Told().values
    files = [path for path in CHART.rglob("*") if path.is_file()]
    asked = {name for path in files for name in re.findall(r"\bsluice_\w+", path.read_text("utf-8"))}
    assert asked
    assert asked - set(told) == set()


def test_the_page_is_what_the_registries_say_now() -> None:
    assert PAGE.read_text("utf-8") == page(catalogue()), "run `make metrics`"
