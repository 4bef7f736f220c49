"""The policy set, as every process tells of it."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from prometheus_client import generate_latest

from stream.adapters.metrics import GateMetrics, JudgeMetrics, TriageMetrics
from stream.adapters.policies import LivePolicySet, PolicyFolder, PolicySetInForce
from stream.core.control.state import ControlState
from tests.unit.control.told import promoted

SHIPPED = Path(__file__).parents[3] / "policies"
KINDS = [GateMetrics, TriageMetrics, JudgeMetrics]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The shipped policies, to be edited."""
    return Path(shutil.copytree(SHIPPED, tmp_path / "policies"))


def told(metrics: GateMetrics | TriageMetrics | JudgeMetrics) -> dict[str, str]:
    """What the page says of the set, by series."""
    lines = generate_latest(metrics.registry).decode().splitlines()
    series = (line.rpartition(" ") for line in lines if line.startswith("sluice_policy_set"))
    return {name.removeprefix("sluice_policy_set_"): value for name, _, value in series}


def edits(metrics: GateMetrics, source: str) -> list[str]:
    """How many were taken up and refused, and whether the last one was."""
    series = told(metrics)
    return [series[f'{what}{{source="{source}"}}'] for what in ("reloads_total", "refusals_total", "stale")]


@pytest.mark.parametrize("kind", KINDS)
def test_its_series_are_there_before_it_is(kind: Callable[[], GateMetrics]) -> None:
    assert told(kind()) == {
        **{
            f'{what}{{source="{source}"}}': "0.0"
            for what in ("reloads_total", "refusals_total", "stale")
            for source in ("folder", "control")
        },
        'deadline_seconds{stage="automatic"}': "0.0",
        'deadline_seconds{stage="people"}': "0.0",
        'info{digest="none",source="none"}': "1.0",
    }


def test_edits_that_came_into_force_or_were_refused_are_told_with_what_is_in_force(folder: Path) -> None:
    # Given a gate under the demo's set
    policies, metrics = PolicySetInForce(LivePolicySet(PolicyFolder(folder), "demo")), GateMetrics()
    metrics.policies.watch(policies)
    first = policies.current()
    assert told(metrics)[f'info{{digest="{first.digest}",source="folder"}}'] == "1.0"
    assert told(metrics)['deadline_seconds{stage="people"}'] == str(first.terms.people / 1_000)
    # When an edit breaks the set / Then it is refused, and the page says so for as long as it is so
    text = (folder / "sets" / "demo.toml").read_text()
    (folder / "sets" / "demo.toml").write_text("nonsense = ")
    policies.refresh()
    assert edits(metrics, "folder") == ["0.0", "1.0", "1.0"]
    # When it is mended, with a deadline of its own
    mended = text.replace("[policies.", '[deadlines]\nautomatic = "90s"\n\n[policies.', 1)
    (folder / "sets" / "demo.toml").write_text(mended)
    policies.refresh()
    # Then the new set is what is told
    after = told(metrics)
    assert edits(metrics, "folder") == ["1.0", "1.0", "0.0"]
    assert edits(metrics, "control") == ["0.0", "0.0", "0.0"]
    assert after['deadline_seconds{stage="automatic"}'] == "90.0"
    assert f'info{{digest="{policies.current().digest}",source="folder"}}' in after
    assert f'info{{digest="{first.digest}",source="folder"}}' not in after


def test_an_edit_that_is_taken_back_leaves_nothing_stale(folder: Path) -> None:
    # Given a refused edit
    policies = LivePolicySet(PolicyFolder(folder), "demo")
    text = (folder / "sets" / "demo.toml").read_text()
    (folder / "sets" / "demo.toml").write_text("nonsense = ")
    policies.refresh()
    # When the file is as it was / Then nothing came into force, and nothing is refused any more
    (folder / "sets" / "demo.toml").write_text(text)
    assert not policies.refresh()
    assert (policies.stale, policies.reloads, policies.refused) == (False, 0, 1)


def test_promotions_are_told_by_their_own_source(folder: Path) -> None:
    # Given a gate / When a set is promoted, and then a broken one
    policies, metrics = PolicySetInForce(LivePolicySet(PolicyFolder(folder), "demo")), GateMetrics()
    metrics.policies.watch(policies)
    policies.heard(ControlState(promoted("default")))
    policies.heard(ControlState(promoted("demo", title="=")))
    # Then its page tells where the set in force comes from, and that the last promotion was refused
    assert edits(metrics, "control") == ["1.0", "1.0", "1.0"]
    assert edits(metrics, "folder") == ["0.0", "0.0", "0.0"]
    assert f'info{{digest="{promoted("default").digest}",source="control"}}' in told(metrics)
