"""The alerts as the chart gives them to the operator: each release's own absences, whatever others run."""

from pathlib import Path

import pytest
import yaml

from tests.chart.rendering import CHART, Helm, Object
from tests.metrics.conftest import Promtool, promtool  # noqa: F401 - fixtures

PARTS = ("gate", "triage", "judge", "ledger")
FIRING = 'count by (alertname, release, namespace, process) (ALERTS{alertstate="firing"})'


def groups(helm: Helm, values: Object, release: str = "sluice", namespace: str = "trust") -> list[Object]:
    rendered = helm.render("gpu", values, release=release, namespace=namespace)
    found: list[Object] = rendered.one("PrometheusRule", "alerts")["spec"]["groups"]
    return found


def missing(helm: Helm, values: Object) -> list[str]:
    """The processes whose absence is told."""
    rules = [rule for group in groups(helm, values) for rule in group["rules"]]
    told = "".join(rule["expr"] for rule in rules if rule["alert"].endswith("Missing"))
    return [part for part in PARTS if f'process="{part}"' in told]


@pytest.mark.parametrize(
    ("release", "namespace"), [("north", "elsewhere"), ("south", "trust")], ids=["namespace", "release"]
)
@pytest.mark.parametrize("part", PARTS)
def test_given_another_installation_one_s_missing_process_is_still_told(
    helm: Helm,
    promtool: Promtool,  # noqa: F811
    tmp_path: Path,
    release: str,
    namespace: str,
    part: str,
) -> None:
    # Given two installations that Prometheus scrapes
    files, series = [], []
    for name, where in (("north", "trust"), (release, namespace)):
        file = tmp_path / f"{name}-{where}.yaml"
        file.write_text(yaml.safe_dump({"groups": groups(helm, {}, name, where)}))
        files.append(file.name)
        for process in PARTS:
            # When the first lacks one process
            gone = (name, where, process) == ("north", "trust", part)
            labels = f'namespace="{where}", pod="{name}-sluice-{process}-0", process="{process}"'
            series.append({"series": f"sluice_build_info{{{labels}}}", "values": "_x40" if gone else "1x40"})
    alert = "SluiceLedgerMissing" if part == "ledger" else "SluiceProcessMissing"
    fires = f'{{alertname="{alert}", release="north", namespace="trust", process="{part}"}}'
    asked: Object = {"expr": FIRING, "eval_time": "20m", "exp_samples": [{"labels": fires, "value": 1}]}
    cases = tmp_path / "cases.yaml"
    test: Object = {"interval": "1m", "input_series": series, "promql_expr_test": [asked]}
    cases.write_text(yaml.safe_dump({"rule_files": files, "evaluation_interval": "1m", "tests": [test]}))
    # Then it alone is told
    assert "SUCCESS" in promtool("test", "rules", cases)


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({}, ["gate", "triage", "judge", "ledger"]),
        ({"ledger.enabled": False}, ["gate", "triage", "judge"]),
        ({"judge.keda.minReplicas": 0}, ["gate", "triage", "ledger"]),
        ({"triage.keda.minReplicas": 0}, ["gate", "judge", "ledger"]),
        ({"judge.keda.enabled": False, "judge.replicas": 0}, ["gate", "triage", "ledger"]),
    ],
    ids=["all", "no ledger", "judge to zero", "triage to zero", "judge switched off"],
)
def test_what_may_be_away_is_not_missing(helm: Helm, values: Object, told: list[str]) -> None:
    assert missing(helm, values) == told


def test_all_other_alerts_are_those_of_the_file(helm: Helm) -> None:
    def others(found: list[Object]) -> list[Object]:
        return [rule for group in found for rule in group["rules"] if "Missing" not in rule["alert"]]

    file = yaml.safe_load((CHART / "files/alerts.yaml").read_text("utf-8"))
    assert others(groups(helm, {})) == others(file["groups"])
