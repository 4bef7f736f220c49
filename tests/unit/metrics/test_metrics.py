"""What Prometheus gets when it asks a process, over real HTTP."""

from urllib.request import urlopen

import pytest
from msgspec.structs import replace
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample

from stream.adapters.by_effort import ByEffort
from stream.adapters.memory.engine import ScriptedEngine
from stream.adapters.metrics import GateMetrics, JudgeMetrics, TriageMetrics, serve
from stream.adapters.metrics.lanes import LaneMetrics
from stream.adapters.openai import ServerStats
from stream.adapters.vllm import VllmEngine, VllmOptions
from stream.core.cascade import Why
from stream.core.errors import Misconfigured
from stream.core.judgement import Answer, Question, Usage
from stream.core.policy import PolicyResult
from stream.core.terms import Effort
from stream.runtime.concurrent import Ending, Tally
from stream.runtime.transactional import Tally as TransactionTally
from tests.unit.metrics.levels import GATE_LEVELS, LEVELS

Metrics = GateMetrics | TriageMetrics | JudgeMetrics
KINDS = [GateMetrics, TriageMetrics, JudgeMetrics]


def samples_of(text: str) -> dict[str, float]:
    """Every sample of a page, as `name{label=value,…}`."""
    samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
    return {f"{sample.name}{{{_labels(sample)}}}": sample.value for sample in samples}


def _labels(sample: Sample) -> str:
    return ",".join(f"{name}={value}" for name, value in sorted(sample.labels.items()))


def told(registry: CollectorRegistry) -> dict[str, float]:
    return samples_of(generate_latest(registry).decode())


@pytest.mark.parametrize("kind", KINDS)
def test_each_process_tells_of_itself_over_http_on_a_port_of_its_own(kind: type[Metrics]) -> None:
    # When a process's page is asked for
    with serve(kind().registry, "127.0.0.1", 0) as page:
        answer = urlopen(f"http://127.0.0.1:{page.port}/metrics", timeout=5)
        with answer:
            samples = samples_of(answer.read().decode())
    # Then it tells what any process tells, and which one it is
    assert samples["process_resident_memory_bytes{}"] > 1_000_000
    process = kind.__name__.removesuffix("Metrics").lower()
    assert any(name.startswith("sluice_build_info{") and f"process={process}" in name for name in samples)


def test_a_port_that_is_taken_is_said_so_and_how_to_mend_it() -> None:
    with serve(GateMetrics().registry, "127.0.0.1", 0) as page, pytest.raises(Misconfigured) as caught:
        serve(GateMetrics().registry, "127.0.0.1", page.port)
    assert "Set metrics.port to a free one" in str(caught.value)


def test_a_closed_page_gives_its_port_back() -> None:
    page = serve(GateMetrics().registry, "127.0.0.1", 0)
    page.close()
    serve(GateMetrics().registry, "127.0.0.1", page.port).close()


def test_the_gate_tells_what_was_held_decided_dropped_and_refused() -> None:
    # Given a gate that held two posts, released one, dropped two outcomes, and refused a record
    metrics = GateMetrics()
    for note, text in (("held", 200), ("held", 30), ("release", 0), *2 * [("dropped:closed", 0)]):
        metrics.stepped(note, text)
    metrics.decided("release", "model", 2.0)
    metrics.refused("unreadable")
    # Then each is there
    samples = told(metrics.registry)
    assert samples["sluice_gate_steps_total{step=held}"] == 2
    assert samples["sluice_gate_steps_total{step=release}"] == 1
    assert samples["sluice_gate_arrived_text_bytes_total{}"] == 230
    assert samples["sluice_gate_dropped_outcomes_total{reason=closed}"] == 2
    assert samples["sluice_gate_dead_letters_total{error=unreadable}"] == 1
    assert samples["sluice_gate_case_seconds_count{by=model,decision=release}"] == 1
    assert samples["sluice_gate_case_seconds_sum{by=model,decision=release}"] == 2.0


def test_the_gate_tells_of_urgent_tasks_and_of_what_its_brake_held() -> None:
    # Given a gate that asked about danger, was not answered, and braked a removal
    metrics = GateMetrics()
    metrics.urgent(overdue=False)
    metrics.urgent(overdue=True)
    metrics.braked(("spam", "hate"), "feed")
    metrics.levels(GATE_LEVELS)
    # Then each is there
    samples = told(metrics.registry)
    assert samples["sluice_gate_urgent_tasks_total{event=asked}"] == 1
    assert samples["sluice_gate_urgent_tasks_total{event=overdue}"] == 1
    assert samples["sluice_gate_braked_removals_total{policy=spam}"] == 1
    assert samples["sluice_gate_braked_removals_total{policy=other}"] == 0


def test_the_gate_tells_its_transactions_restores_and_levels() -> None:
    # Given a gate that committed twice, aborted once, and restored a partition
    metrics = GateMetrics()
    metrics.committed(500, 2, 1_000, 0.03)
    metrics.committed(1, 0, 2, 0.01)
    metrics.tally(TransactionTally.ABORTED)
    metrics.restored(3, 120_000, 0.8)
    metrics.levels(GATE_LEVELS)
    # Then each is there
    samples = told(metrics.registry)
    assert samples["sluice_gate_transaction_seconds_count{}"] == 2
    assert samples["sluice_gate_records_total{}"] == 501
    assert samples["sluice_gate_aborts_total{}"] == 1
    assert samples["sluice_gate_events_total{event=records_lost}"] == 0
    assert samples["sluice_gate_restored_entries_total{}"] == 120_000
    assert samples["sluice_gate_restore_remaining_offsets{}"] == 40
    assert samples["sluice_gate_oldest_hold_seconds{}"] == 12.5
    assert samples["sluice_gate_state_entries{}"] == 9_000
    assert samples["sluice_gate_lag_records{}"] == 17
    assert samples["sluice_gate_open_text_bytes{}"] == 2_000_000


def test_what_an_alert_asks_for_is_there_before_it_happens() -> None:
    gate = told(GateMetrics().registry)
    assert gate["sluice_gate_dead_letters_total{error=misrouted}"] == 0
    assert gate["sluice_gate_dropped_outcomes_total{reason=closed}"] == 0
    assert told(TriageMetrics().registry)["sluice_triage_routed_total{lane=bulk}"] == 0
    assert told(JudgeMetrics().registry)["sluice_judge_case_seconds_count{proposal=review}"] == 0


def test_a_lane_tells_its_levels_endings_and_events() -> None:
    # Given a lane at second 1,000, whose oldest record is from second 940
    registry = CollectorRegistry()
    metrics = LaneMetrics(registry, ["judge"], clock=lambda: 1_000.0)
    metrics.levels("judge", LEVELS)
    metrics.tally("judge", Tally.RETRIED, 2)
    metrics.ended("judge", Ending.COMPLETED, 0.3)
    # Then each is there, and what has not happened is there as zero
    samples = told(registry)
    assert samples["sluice_lane_in_window_records{lane=judge}"] == 3
    assert samples["sluice_lane_lag_records{lane=judge}"] == 40
    assert samples["sluice_lane_oldest_record_age_seconds{lane=judge}"] == 60
    assert samples["sluice_lane_events_total{event=retried,lane=judge}"] == 2
    assert samples["sluice_lane_events_total{event=records_lost,lane=judge}"] == 0
    assert samples["sluice_lane_window_seconds_count{ending=completed,lane=judge}"] == 1


def test_the_age_of_the_oldest_record_is_zero_again_once_nothing_waits() -> None:
    registry = CollectorRegistry()
    metrics = LaneMetrics(registry, ["triage"])
    metrics.levels("triage", LEVELS)
    metrics.levels("triage", replace(LEVELS, oldest_timestamp=-1))
    assert told(registry)["sluice_lane_oldest_record_age_seconds{lane=triage}"] == 0


def test_free_texts_make_few_series() -> None:
    # Given a hundred different reasons, one of them with a detail behind a colon
    metrics = TriageMetrics()
    metrics.escalated("required signals are missing: hash-match")
    for number in range(100):
        metrics.escalated(f"reason {number}")
    # Then the first ones have names, and the rest share one
    samples = told(metrics.registry)
    reasons = [name for name in samples if name.startswith("sluice_triage_escalated_total{")]
    assert "sluice_triage_escalated_total{reason=required signals are missing}" in reasons
    assert len(reasons) == 41
    assert samples["sluice_triage_escalated_total{reason=other}"] == 61


def test_the_judge_tells_tokens_cache_hits_and_failed_checks() -> None:
    metrics = JudgeMetrics()
    metrics.judged("remove", 3.0, 140)
    metrics.judged("review", 3.0)
    metrics.used(Usage(100, 80, 20), Effort.LOW, Why.FIRST)
    metrics.used(Usage(100, 90, 5), Effort.HIGH, Why.RAISED)
    metrics.failed("quote_not_found", "spam")
    metrics.audited("spam", PolicyResult.VIOLATES)
    samples = told(metrics.registry)
    assert samples["sluice_judge_text_bytes_total{}"] == 140
    assert samples["sluice_judge_prompt_tokens_total{}"] == 200
    assert samples["sluice_judge_cached_tokens_total{}"] == 170
    assert samples["sluice_judge_output_tokens_total{}"] == 25
    assert samples["sluice_judge_failed_checks_total{check=quote_not_found,policy=spam}"] == 1
    assert samples["sluice_judge_cascade_tokens_total{effort=high,what=output,why=raised}"] == 5
    assert samples["sluice_judge_cascade_tokens_total{effort=low,what=cached,why=first}"] == 80
    assert samples["sluice_judge_cascade_audited_answers_total{policy=spam,result=violates}"] == 1


def test_an_engines_own_counts_are_told_as_they_are_at_the_scrape() -> None:
    # Given a judge that watches the in-process engine
    metrics, engine = JudgeMetrics(), VllmEngine(VllmOptions(name="gpt-oss-safeguard-20b"))
    metrics.watch(engine)
    # When the engine dies once after that
    engine.stats.deaths += 1
    engine.stats.count(Usage(10, 5, 2), complete=False)
    # Then the next scrape knows
    samples = told(metrics.registry)
    assert samples["sluice_engine_deaths_total{}"] == 1
    assert samples["sluice_engine_incomplete_total{}"] == 1
    assert samples["sluice_judge_engine_info{model=gpt-oss-safeguard-20b}"] == 1


def test_why_a_question_cannot_be_answered_is_logged_once_a_minute_by_kind(
    caplog: pytest.LogCaptureFixture,
) -> None:
    # Given a judge whose questions are too long, one after the other, and one that is for another model
    now = 100.0
    metrics = JudgeMetrics(lambda: now)
    metrics.unanswerable("too long: 9000 tokens")
    metrics.unanswerable("too long: 9001 tokens")
    metrics.unanswerable("another model: larger")
    # Then each kind is told once, in the engine's words
    assert [vars(record)["reason"] for record in caplog.records] == [
        "too long: 9000 tokens",
        "another model: larger",
    ]
    # And again a minute later
    now += 60
    metrics.unanswerable("too long: 9002 tokens")
    assert vars(caplog.records[-1])["reason"] == "too long: 9002 tokens"


def test_the_log_of_the_brake_is_paced_too(caplog: pytest.LogCaptureFixture) -> None:
    now = 100.0
    metrics = GateMetrics(lambda: now)
    for surface in ("feed", "feed", "market"):
        metrics.braked(("spam",), surface)
    assert [vars(record)["surface"] for record in caplog.records] == ["feed"]
    now += 60
    metrics.braked(("spam",), "market")
    assert len(caplog.records) == 2


def test_both_servers_of_two_steps_are_told_apart() -> None:
    # Given a judge that asks one server, and another at high effort
    usual, high = Serving("judge.openai", answers=3), Serving("judge.openai_high", answers=2)
    metrics = JudgeMetrics()
    metrics.watch(ByEffort(usual, high))
    # When the second is away
    high.stats.away = True
    high.stats.limit = 4
    high.stats.faults["rate_limited"] += 5
    # Then a scrape says so of it alone, and what both answered is one sum
    samples = told(metrics.registry)
    assert samples["sluice_engine_answers_total{}"] == 5
    assert samples["sluice_engine_away_servers{server=judge.openai_high}"] == 1
    assert samples["sluice_engine_away_servers{server=judge.openai}"] == 0
    assert samples["sluice_engine_limit_requests{server=judge.openai_high}"] == 4
    assert samples["sluice_engine_faults_total{reason=rate_limited,server=judge.openai_high}"] == 5
    assert samples["sluice_engine_faults_total{reason=timeout,server=judge.openai}"] == 0


class Serving(ScriptedEngine):
    """An engine whose server's counts are set by the test."""

    def __init__(self, section: str, answers: int) -> None:
        super().__init__(_never, "served")
        self.section = section
        self.stats = ServerStats(answers=answers)


async def _never(_question: Question) -> Answer:
    raise AssertionError("nobody asks")
