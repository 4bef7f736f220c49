"""What the ledger tells of its census, with few series whatever is posted where."""

from msgspec.structs import replace

from stream.adapters.metrics import LedgerMetrics
from stream.core.ledger import Summary
from tests.unit.ledger.lives import AT, MINUTE, folded, hold, routed
from tests.unit.metrics.test_metrics import told

NOW = AT + 2 * MINUTE


def counted(surfaces: int, policies: tuple[str, ...] = ("spam",)) -> dict[str, float]:
    """What is told of one open case on each of so many surfaces."""
    summary = Summary(at=NOW)
    for number in range(surfaces):
        summary.add(folded([hold(), replace(routed(surface=f"s-{number}"), policies=policies)]))
    metrics = LedgerMetrics()
    metrics.counted(summary, 0.1)
    return told(metrics.registry)


def test_open_cases_are_told_by_surface_policy_and_stage() -> None:
    samples = counted(2)
    for surface in ("s-0", "s-1"):
        labels = f"{{policy=spam,stage=automatic,surface={surface}}}"
        assert samples["sluice_ledger_open_cases" + labels] == 1
        assert samples["sluice_ledger_overdue_cases" + labels] == 1
        assert samples["sluice_ledger_oldest_case_seconds" + labels] == 120


def test_surfaces_beyond_the_first_ones_are_told_together_and_no_case_is_lost() -> None:
    samples = counted(5_000)
    rows = {name: value for name, value in samples.items() if name.startswith("sluice_ledger_open_cases")}
    assert len(rows) < 100
    assert sum(rows.values()) == 5_000
    assert rows["sluice_ledger_open_cases{policy=spam,stage=automatic,surface=other}"] > 4_900


def test_policies_beyond_the_first_ones_are_told_together_too() -> None:
    samples = counted(1, tuple(f"p-{number}" for number in range(500)))
    assert sum("sluice_ledger_oldest_case_seconds" in name for name in samples) < 100
    assert samples["sluice_ledger_overdue_cases{policy=other,stage=automatic,surface=s-0}"] > 400
