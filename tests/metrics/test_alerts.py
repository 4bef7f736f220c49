"""The alerts: Prometheus takes them, they ask for what is there, and fire when they should and only then."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from stream.core.topics import SPECS, Topic
from tests.metrics.conftest import Promtool
from tests.metrics.faults import Told

ROOT = Path(__file__).parents[2]
RULES = ROOT / "deploy/helm/files/alerts.yaml"
CASES = Path(__file__).with_name("alerts_test.yaml")
RUNBOOK = ROOT / "docs/alerts.md"

ALERTS: dict[str, dict[str, Any]] = {
    rule["alert"]: rule
    for group in yaml.safe_load(RULES.read_text("utf-8"))["groups"]
    for rule in group["rules"]
}
TESTS: dict[str, dict[str, Any]] = {
    test["name"]: test for test in yaml.safe_load(CASES.read_text("utf-8"))["tests"]
}


def test_prometheus_takes_the_rules(promtool: Promtool) -> None:
    assert f"{len(ALERTS)} rules found" in promtool("check", "rules", RULES)


def test_each_alert_fires_when_it_should_and_only_then(promtool: Promtool) -> None:
    assert "SUCCESS" in promtool("test", "rules", CASES)


@pytest.mark.parametrize("name", ALERTS)
def test_the_cases_see_each_alert_silent_then_firing_then_silent_again(name: str) -> None:
    asked = TESTS[name]["promql_expr_test"]
    fires = [
        any(f'alertname="{name}"' in sample["labels"] for sample in one.get("exp_samples", ()))
        for one in asked
    ]
    assert fires == [False, True, False]
    left_out = [re.findall(r'alertname!~"([^"]*)"', one["expr"]) for one in asked]
    assert not any(re.fullmatch(pattern, name) for patterns in left_out for pattern in patterns)


@pytest.mark.parametrize("name", ALERTS)
def test_each_alert_asks_for_what_processes_tell_from_their_start(name: str) -> None:
    assert Told().faults(ALERTS[name]["expr"]) == []


@pytest.mark.parametrize("name", ALERTS)
def test_each_alert_says_how_bad_it_is_what_it_means_and_where_to_read_on(name: str) -> None:
    alert, headings = ALERTS[name], re.findall(r"^## (\w+)$", RUNBOOK.read_text("utf-8"), re.MULTILINE)
    assert alert["labels"]["severity"] in ("critical", "warning")
    assert {"summary", "description", "runbook"} == set(alert["annotations"])
    assert alert["annotations"]["runbook"] == f"docs/alerts.md#{name.lower()}"
    assert name in headings


def test_the_runbook_tells_of_no_alert_that_is_not_there_and_of_no_metric_either() -> None:
    text = RUNBOOK.read_text("utf-8")
    assert set(re.findall(r"\bSluice[A-Z]\w+", text)) == set(ALERTS)
    told = Told().values
    for name in re.findall(r"`(sluice_\w+)", text):
        assert name in told, name


def test_the_documents_name_no_alert_that_is_not_there() -> None:
    text = (ROOT / "docs/metrics.md").read_text("utf-8")
    assert set(re.findall(r"\bSluice[A-Z]\w+", text)) <= set(ALERTS)


def test_retention_is_near_at_half_of_what_work_topics_have() -> None:
    limit = float(ALERTS["SluiceRetentionNear"]["expr"].rpartition("> ")[2])
    for topic in (
        Topic.CASES_TRIAGE,
        Topic.CASES_JUDGE,
        Topic.CASES_JUDGE_PRIORITY,
        Topic.CASES_JUDGE_URGENT,
    ):
        assert limit == SPECS[topic].retention / 2 / 1_000
