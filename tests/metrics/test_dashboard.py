"""The dashboard: real Prometheus takes its expressions, and they ask for what is there."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.metrics.conftest import Promtool
from tests.metrics.faults import Told

BOARD: dict[str, Any] = json.loads(
    (Path(__file__).parents[2] / "deploy/helm/files/dashboard.json").read_text("utf-8")
)
PANELS: dict[str, dict[str, Any]] = {
    panel["title"]: panel for panel in BOARD["panels"] if panel["type"] != "row"
}
EXPRESSIONS = [target["expr"] for panel in PANELS.values() for target in panel["targets"]]


def concrete(expression: str) -> str:
    """An expression with Grafana's variables filled in, as Prometheus is asked."""
    return expression.replace("$__rate_interval", "5m").replace("$namespace", ".*")


def test_it_has_a_row_for_flow_holds_people_the_judge_and_kafka() -> None:
    rows = [panel["title"] for panel in BOARD["panels"] if panel["type"] == "row"]
    assert rows == ["Flow", "Holds", "People", "Judge and engine", "Kafka", "Processes"]
    assert len(PANELS) == sum(panel["type"] != "row" for panel in BOARD["panels"])


def test_prometheus_takes_every_expression(promtool: Promtool, tmp_path: Path) -> None:
    # Given the expressions as rules that record
    rules = [{"record": f"panel:{number}", "expr": concrete(one)} for number, one in enumerate(EXPRESSIONS)]
    file = tmp_path / "rules.yaml"
    file.write_text(yaml.safe_dump({"groups": [{"name": "dashboard", "rules": rules}]}))
    # Then each parses
    assert f"{len(EXPRESSIONS)} rules found" in promtool("check", "rules", file)


@pytest.mark.parametrize("title", PANELS)
def test_each_panel_asks_for_what_processes_tell_and_draws_by_labels_that_are_there(title: str) -> None:
    told = Told()
    for target in PANELS[title]["targets"]:
        assert told.faults(target["expr"]) == []
        groups = re.findall(r"\bby \(([^)]*)\)", target["expr"])
        kept = set(groups[0].split(", ")) if groups else set()
        assert set(re.findall(r"\{\{(\w+)\}\}", target["legendFormat"])) <= kept


@pytest.mark.parametrize("title", PANELS)
def test_each_panel_says_what_it_shows_and_asks_the_source_and_namespaces_that_were_chosen(
    title: str,
) -> None:
    panel = PANELS[title]
    assert panel["description"].endswith(".")
    for part in (panel, *panel["targets"]):
        assert part["datasource"] == {"type": "prometheus", "uid": "${datasource}"}
    assert all('namespace=~"$namespace"' in target["expr"] for target in panel["targets"])


def test_the_dead_letters_of_every_process_are_drawn() -> None:
    drawn = " ".join(target["expr"] for target in PANELS["Dead letters"]["targets"])
    counted = {name for name in Told().values if name.endswith("_dead_letters_total")}
    assert counted == {"sluice_gate_dead_letters_total", "sluice_ledger_dead_letters_total"}
    assert all(name in drawn for name in (*counted, 'ending="dead_lettered"'))


def test_source_and_namespaces_can_be_chosen() -> None:
    variables = {one["name"]: one for one in BOARD["templating"]["list"]}
    assert (variables["datasource"]["type"], variables["datasource"]["query"]) == ("datasource", "prometheus")
    # All namespaces, and series that have none
    assert variables["namespace"]["allValue"] == ".*"


def test_panels_have_ids_of_their_own_and_do_not_overlap() -> None:
    ids = [panel["id"] for panel in BOARD["panels"]]
    assert len(set(ids)) == len(ids)
    taken: set[tuple[int, int]] = set()
    for panel in BOARD["panels"]:
        place = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert place["x"] + place["w"] <= 24
        assert not cells & taken, panel["title"]
        taken |= cells
