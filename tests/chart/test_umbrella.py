"""The chart as a part of another: a parent that switches it on, hands values down, and passes `global`."""

from pathlib import Path

import pytest
import yaml

from tests.chart.rendering import CHART, EXAMPLES, Helm, Object


@pytest.fixture
def parent(tmp_path: Path) -> Path:
    """A parent chart with Sluice as the subchart `holding`, and a template of its own."""
    (tmp_path / "charts").mkdir()
    (tmp_path / "charts" / "sluice").symlink_to(CHART)
    version = yaml.safe_load((CHART / "Chart.yaml").read_text())["version"]
    dependency = {"name": "sluice", "alias": "holding", "version": version, "condition": "holding.enabled"}
    chart: Object = {"apiVersion": "v2", "name": "trust", "version": "1.0.0", "dependencies": [dependency]}
    values: Object = {
        "global": {"imageRegistry": "registry.example.com", "team": {"name": "trust"}},
        "holding": yaml.safe_load(EXAMPLES["minimal"].read_text()) | {"enabled": True},
    }
    (tmp_path / "Chart.yaml").write_text(yaml.safe_dump(chart))
    (tmp_path / "values.yaml").write_text(yaml.safe_dump(values))
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "own.yaml").write_text(
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: own}\n"
    )
    return tmp_path


def test_a_parent_renders_it_beside_its_own(helm: Helm, parent: Path) -> None:
    rendered = helm.render(chart=parent, release="platform")
    assert "own" in rendered.of("ConfigMap")
    assert {part for part, _ in rendered.workloads()} == {"gate", "triage", "judge", "ledger"}
    assert rendered.one("StatefulSet", "gate")["metadata"]["name"] == "platform-holding-gate"


def test_a_parent_switches_it_off(helm: Helm, parent: Path) -> None:
    rendered = helm.render({"holding.enabled": False}, chart=parent)
    assert [found["metadata"]["name"] for found in rendered.objects] == ["own"]


def test_a_parent_s_mistake_is_still_named(helm: Helm, parent: Path) -> None:
    with pytest.raises(Exception, match="additional properties 'replica' not allowed"):
        helm.render({"holding.gate": {"replica": 2}}, chart=parent)
