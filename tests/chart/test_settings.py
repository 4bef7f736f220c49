"""What the chart hands to the program is what it reads: its own loader judges every rendered file."""

import json
import tomllib
from pathlib import Path

import pytest

from stream.config import Settings, load
from stream.config.keys import leaves
from stream.wiring.ledger import DRAIN_SECONDS
from tests.chart.container import environment, settings_file
from tests.chart.rendering import CHART, EXAMPLES, Helm, Rendered
from tests.chart.settings_schema import SCHEMA, own_keys, settings_schema

SERVERS = ("openai", "openai_high")
PARTS = ("gate", "triage", "judge", "ledger", "topics")


def loaded(rendered: Rendered, part: str, folder: Path) -> Settings:
    """The settings as a pod's process would load them."""
    return load(settings_file(rendered, part, folder), environment(rendered, part)).settings


def parts_of(rendered: Rendered) -> list[str]:
    return [part for part, _ in rendered.pods()]


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_process_of_every_example_can_load_its_settings(
    helm: Helm, tmp_path: Path, example: str
) -> None:
    rendered = helm.render(example)
    for part in parts_of(rendered):
        settings = loaded(rendered, part, tmp_path)
        assert settings.kafka.bootstrap_servers in rendered.settings(part)


def test_tls_sasl_and_the_topics_reach_every_process(helm: Helm, tmp_path: Path) -> None:
    rendered = helm.render("gpu", {"settings.topics.prefix": "trust."})
    assert sorted(parts_of(rendered)) == sorted(PARTS)
    for part in PARTS:
        settings = loaded(rendered, part, tmp_path)
        assert settings.kafka.tls.enabled
        assert settings.kafka.tls.ca_file == tmp_path / "ca.crt"
        assert settings.kafka.sasl.mechanism == "SCRAM-SHA-512"
        assert settings.kafka.sasl.username == "sluice"
        assert settings.kafka.sasl.password is not None
        assert settings.kafka.sasl.password.reveal() == "secret"
        assert settings.topics.prefix == "trust."
        assert settings.topics.partitions == 24


def test_the_canaries_know_the_set_and_files_that_the_fleet_works_under(helm: Helm, tmp_path: Path) -> None:
    rendered = helm.render("hardened", {"policies.set": "demo"})
    canaries, judge = (loaded(rendered, part, tmp_path) for part in ("canaries", "judge"))
    assert (canaries.policies, canaries.topics) == (judge.policies, judge.topics)
    assert canaries.kafka == judge.kafka


def test_the_shadow_is_the_judge_under_another_set_as_another_user(helm: Helm, tmp_path: Path) -> None:
    values = {"shadow.policies.set": "stricter", "settings.judge.window": 99}
    rendered = helm.render("shadow", values)
    shadow, judge = (loaded(rendered, part, tmp_path) for part in ("shadow", "judge"))
    assert (shadow.judge, shadow.topics, shadow.metrics) == (judge.judge, judge.topics, judge.metrics)
    assert (shadow.policies.set, judge.policies.set) == ("stricter", "default")
    assert (shadow.kafka.sasl.username, judge.kafka.sasl.username) == ("sluice-shadow", "sluice")
    assert (shadow.shadow.share, shadow.shadow.window) == (0.1, 32)
    assert "[shadow]" not in rendered.settings("judge"), "what the shadow is set to rolls no judge"


def test_the_shadow_takes_a_model_server_of_its_own(helm: Helm, tmp_path: Path) -> None:
    """As docs/runtimes.md says."""
    own = {"name": "SLUICE_JUDGE__OPENAI__BASE_URL", "value": "http://vllm-spare.models:8000/v1"}
    values = {"shadow.enabled": True, "shadow.policies.set": "stricter", "shadow.pod.extraEnv": [own]}
    rendered = helm.render("model-server", values)
    servers = [loaded(rendered, part, tmp_path).judge.openai for part in ("shadow", "judge")]
    assert [server.base_url for server in servers] == [own["value"], "http://vllm.models:8000/v1"]


def test_mutual_tls_reaches_the_program(helm: Helm, tmp_path: Path) -> None:
    settings = loaded(helm.render("hardened"), "gate", tmp_path)
    assert settings.kafka.tls.certificate_file == tmp_path / "tls.crt"
    assert settings.kafka.tls.key_file == tmp_path / "tls.key"
    assert settings.kafka.tls.key_password is not None


def test_a_gate_is_named_by_its_pod(helm: Helm, tmp_path: Path) -> None:
    assert loaded(helm.render("minimal"), "gate", tmp_path).gate.instance == "gate-0"


def test_the_longest_release_name_still_names_a_gate(helm: Helm) -> None:
    """A pod's name is the gate's instance, and the program takes 60 characters of it."""
    release = "a-release.with-the-longest-name-that-helm-would-take1"
    name = helm.render("minimal", release=release).one("StatefulSet", "gate")["metadata"]["name"]
    pattern = leaves()[("gate", "instance")].bounds.pattern
    assert pattern == "^[A-Za-z0-9_-]{1,60}$"
    assert len(f"{name}-1000") <= 60
    assert "." not in name


@pytest.mark.parametrize(
    ("example", "model", "revision", "engine"),
    [
        ("gpu", "/weights/gpt-oss-safeguard-20b", None, "vllm"),
        ("air-gapped", "/weights/models/gpt-oss-safeguard-20b", None, "vllm"),
        ("hardened", "/weights/model", None, "vllm"),
        ("umbrella", "openai/gpt-oss-safeguard-20b", "0123456789abcdef0123456789abcdef01234567", "vllm"),
    ],
)
def test_the_judge_finds_its_model(
    helm: Helm, tmp_path: Path, example: str, model: str, revision: str | None, engine: str
) -> None:
    judge = loaded(helm.render(example), "judge", tmp_path).judge
    assert (judge.engine, judge.vllm.model, judge.vllm.revision) == (engine, model, revision)
    assert judge.vllm.name == "openai/gpt-oss-safeguard-20b", "verdicts name it so, wherever it lies"


def test_the_judge_finds_its_model_servers_and_their_keys(helm: Helm, tmp_path: Path) -> None:
    judge = loaded(helm.render("model-server"), "judge", tmp_path).judge
    assert judge.engine == "openai"
    assert (judge.openai.base_url, judge.openai.is_local) == ("http://vllm.models:8000/v1", True)
    assert judge.openai.api_key is None
    assert judge.openai_high.base_url == "https://api.example.com/openai/v1"
    assert judge.openai_high.api_key is not None
    assert judge.openai_high.api_key.reveal() == "secret"
    assert not judge.openai_high.is_local


def test_one_box_with_ollama_is_the_operator_s_own(helm: Helm, tmp_path: Path) -> None:
    judge = loaded(helm.render("ollama"), "judge", tmp_path).judge
    assert (judge.openai.model, judge.openai.is_local) == ("gpt-oss-safeguard:20b", True)
    assert not judge.openai_high.base_url


def test_a_server_for_high_effort_stands_beside_any_engine(helm: Helm, tmp_path: Path) -> None:
    high = {"judge.openaiHigh": {"baseUrl": "https://a/v1", "model": "large"}}
    for example, engine in (("gpu", "vllm"), ("minimal", "exemplar")):
        judge = loaded(helm.render(example, high), "judge", tmp_path).judge
        assert (judge.engine, judge.openai_high.model) == (engine, "large")


def test_the_model_is_spread_over_the_gpus_that_are_asked_for(helm: Helm, tmp_path: Path) -> None:
    rendered = helm.render("gpu", {"judge.gpus": 4, "judge.gpuResource": "nvidia.com/mig-3g.40gb"})
    limits = rendered.pod("judge")["containers"][0]["resources"]["limits"]
    assert limits["nvidia.com/mig-3g.40gb"] == 4
    assert loaded(rendered, "judge", tmp_path).judge.vllm.tensor_parallel_size == 4


def test_numbers_stay_what_they_are(helm: Helm, tmp_path: Path) -> None:
    """Helm reads every number as a float; TOML tells the two apart, and so does the program."""
    values = {
        "settings.judge.vllm": {"kv_cache_memory_bytes": 68_719_476_736, "gpu_memory_utilization": 0.85}
    }
    vllm = loaded(helm.render("gpu", values), "judge", tmp_path).judge.vllm
    assert (vllm.kv_cache_memory_bytes, vllm.gpu_memory_utilization) == (68_719_476_736, 0.85)


def test_the_drains_in_values_are_the_program_s_own(helm: Helm, tmp_path: Path) -> None:
    """The grace is calculated from values, so values must say what the program does."""
    rendered = helm.render("minimal")
    assert loaded(rendered, "triage", tmp_path).triage.drain_s == Settings().triage.drain_s
    assert loaded(rendered, "judge", tmp_path).judge.drain_s == Settings().judge.drain_s


def test_the_ledger_s_grace_is_its_pre_stop_the_program_s_drain_and_ten_seconds(helm: Helm) -> None:
    pod = helm.render("minimal", {"ledger.preStopSeconds": 7}).pod("ledger")
    assert pod["terminationGracePeriodSeconds"] == 7 + DRAIN_SECONDS + 10


def test_the_page_that_probes_ask_listens_where_they_ask(helm: Helm, tmp_path: Path) -> None:
    rendered = helm.render("minimal")
    for part in PARTS[:-1]:
        metrics = loaded(rendered, part, tmp_path).metrics
        [port] = [port for port in rendered.pod(part)["containers"][0]["ports"] if port["name"] == "metrics"]
        assert (metrics.enabled, metrics.host, metrics.port) == (True, "0.0.0.0", port["containerPort"])


def test_the_ledger_is_reached_by_others_and_by_commands(helm: Helm, tmp_path: Path) -> None:
    rendered = helm.render("minimal")
    ledger = loaded(rendered, "ledger", tmp_path).ledger
    assert ledger.advertised == "ledger-0.sluice-ledger-pods.trust:6066"
    assert rendered.one("StatefulSet", "ledger")["spec"]["serviceName"] == "sluice-ledger-pods"
    assert rendered.one("Service", "ledger-pods")["spec"]["clusterIP"] == "None"
    for part in ("gate", "triage", "judge", "ledger"):
        assert loaded(rendered, part, tmp_path).ledger.url == "http://sluice-ledger.trust:6066"
    assert rendered.one("Service", "ledger")["spec"]["ports"][0]["port"] == 6066


def test_a_setting_rolls_the_process_that_reads_it_and_no_other(helm: Helm) -> None:
    def checksums(rendered: Rendered) -> dict[str, str]:
        return {
            part: workload["spec"]["template"]["metadata"]["annotations"]["checksum/settings"]
            for part, workload in rendered.workloads()
        }

    before = checksums(helm.render("gpu"))
    after = checksums(helm.render("gpu", {"settings.triage.window": 99}))
    assert {part for part in before if before[part] != after[part]} == {"triage"}


def test_a_new_policy_text_restarts_nothing(helm: Helm) -> None:
    """The files are read again where they are: a GPU's model need not be loaded anew for a word."""
    before = helm.render("gpu")
    after = helm.render("gpu", {"policies.values": {"sets/default.toml": "x", "spam/policy.md": "y"}})
    assert dict(before.workloads()) == dict(after.workloads())
    assert before.one("ConfigMap", "policies") != after.one("ConfigMap", "policies")


def test_the_schema_s_settings_are_the_program_s() -> None:
    written = json.loads(SCHEMA.read_text())["properties"]["settings"]
    assert written == settings_schema(), "run `make schemas`"


def test_what_the_chart_keeps_to_itself_exists(helm: Helm) -> None:
    """A key that was renamed in the program would otherwise stay reserved for nothing."""
    assert own_keys() == {
        ("gate", "instance"),
        ("judge", "engine"),
        *(("judge", part, key) for part in SERVERS for key in ("api_key", "base_url", "model")),
        ("judge", "sampling_key"),
        ("judge", "vllm", "model"),
        ("judge", "vllm", "name"),
        ("judge", "vllm", "revision"),
        ("judge", "vllm", "tensor_parallel_size"),
        *(("ledger", name) for name in ("advertised", "host", "port", "url")),
    }


def test_the_settings_that_are_in_values_are_the_program_s_defaults(helm: Helm) -> None:
    topics = tomllib.loads(helm.render("minimal").settings("topics"))["topics"]
    defaults = Settings().topics
    assert topics == {
        "prefix": defaults.prefix,
        "partitions": defaults.partitions,
        "replication": defaults.replication,
    }
    assert (CHART / "values.yaml").read_text().count("drain_s") == 2
