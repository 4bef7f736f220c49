"""The check of expressions can fail: what no process tells is found, whatever stands around it."""

import pytest

from tests.metrics.faults import Told

GOOD = [
    'sum by (namespace) (rate(sluice_gate_steps_total{step=~"release|remove"}[15m])) == 0',
    "sluice_gate_lag_records / rate(sluice_gate_records_total[5m]) > 60 and sluice_gate_lag_records > 10",
    'histogram_quantile(0.95, sum by (le, by) (rate(sluice_gate_case_seconds_bucket{pod=~"$pod"}[5m])))',
    "rate(process_cpu_seconds_total[5m]) * on (pod) group_left (process) sluice_build_info",
    'sum(increase(sluice_triage_escalated_total{reason="anything"}[1h])) > 1e3',
]
BAD = {
    "sum(sluice_gate_held_total)": "no process tells sluice_gate_held_total",
    "sluice_gate_case_seconds > 1": "no process tells sluice_gate_case_seconds",
    "sluice_gate_records > 1": "no process tells sluice_gate_records",
    'sluice_gate_steps_total{stage="held"}': "sluice_gate_steps_total has no label stage",
    'sluice_gate_steps_total{step="heId"}': "sluice_gate_steps_total never has step=heId",
    'sluice_lane_lag_records{lane=~"judge|judges"}': "sluice_lane_lag_records never has lane=judges",
    "sum by (lane) (sluice_gate_lag_records)": "no metric here has the label lane",
    "sluice_gate_lag_records unless on (lanes) sluice_lane_lag_records": "no metric here has the label lanes",
    "kafka_lag > 1": "no process tells kafka_lag",
    "1 > 0": "it asks for no metric",
}


@pytest.mark.parametrize("expression", GOOD)
def test_a_good_expression_has_no_faults(expression: str) -> None:
    assert Told().faults(expression) == []


@pytest.mark.parametrize("expression", BAD)
def test_what_no_process_tells_is_found(expression: str) -> None:
    assert Told().faults(expression) == [BAD[expression]]
