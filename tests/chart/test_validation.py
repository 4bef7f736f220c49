"""Values that contradict each other, or name nothing: refused with a sentence that says what to set."""

from pathlib import Path

import pytest
import yaml

from tests.chart.rendering import OLDEST, Helm, Object, Refused

CONTRADICTIONS = yaml.safe_load((Path(__file__).parent / "contradictions.yaml").read_text())


@pytest.mark.parametrize("told", CONTRADICTIONS, ids=lambda told: str(told["case"]))
def test_values_that_contradict_are_refused_by_one_sentence(helm: Helm, told: Object) -> None:
    """The example alone renders: test_kubernetes_schemas does so."""
    said = helm.sentence(told["example"], told["values"])
    first, *sentences = [line for line in said.splitlines() if line and "--debug" not in line]
    assert first.startswith("Error: execution error")
    assert sentences == [told["says"]]


def test_given_several_contradictions_all_are_told_at_once(helm: Helm) -> None:
    said = helm.sentence("minimal", {"image.registry": "", "kafka.bootstrapServers": "", "gate.replicas": 99})
    for begin in ("image.registry is", "kafka.bootstrapServers is", "gate.replicas is"):
        assert begin in said


def test_given_a_kubernetes_without_image_volumes_they_are_refused(helm: Helm) -> None:
    said = helm.sentence("air-gapped", kube=OLDEST)
    assert (
        "Volumes of OCI images need Kubernetes 1.33 and this is v1.30.0: set judge.weights.from to pvc"
        in said
    )


def test_given_a_kubernetes_too_old_for_the_chart_it_is_refused(helm: Helm) -> None:
    assert "kubeVersion: >=1.30.0-0" in helm.sentence("minimal", kube="1.29.0")


@pytest.mark.parametrize(
    ("values", "where", "what"),
    [
        ({"gate.replica": 3}, "/gate", "replica"),
        ({"settings.judge.windw": 3}, "/settings/judge", "windw"),
        ({"settings.kafka": {"bootstrap_servers": "a:1"}}, "/settings", "kafka"),
        ({"settings.judge.vllm.name": "ours"}, "/settings/judge/vllm", "name"),
        ({"settings.gate.instance": "0"}, "/settings/gate", "instance"),
        ({"ledger.drainSeconds": 60}, "/ledger", "drainSeconds"),
        ({"judge.hpa": {"enabled": True}}, "/judge", "hpa"),
        ({"judge.weights.hf.revison": "main"}, "/judge/weights/hf", "revison"),
        ({"metric": {}}, "/", "metric"),
    ],
)
def test_given_an_unknown_key_it_is_named_and_refused(
    helm: Helm, values: Object, where: str, what: str
) -> None:
    said = helm.sentence("minimal", values)
    assert f"additional properties '{what}' not allowed" in said
    assert f"at '{where.removesuffix('/')}'" in said


@pytest.mark.parametrize(
    "values",
    [
        {"gate.replicas": "two"},
        {"gate.replicas": None},
        {"settings.topics.partitions": 0},
        {"settings.judge.drain_s": -1},
        {"kafka.bootstrapServers": "http://kafka:9092"},
        {"judge.weights.hf.revision": "main"},
        {"image.core.digest": "sha256:abc"},
        {"judge.engine": "vllm"},
        {"policies.values": {"policy.md": "not in a folder"}},
    ],
)
def test_given_a_value_out_of_its_bounds_it_is_refused(helm: Helm, values: Object) -> None:
    assert "values don't meet the specifications of the schema" in helm.sentence("minimal", values)


def test_given_the_least_grace_it_renders(helm: Helm) -> None:
    rendered = helm.render("minimal", {"judge.terminationGracePeriodSeconds": 40})
    assert rendered.pod("judge")["terminationGracePeriodSeconds"] == 40


def test_the_chart_alone_is_refused_and_says_what_it_needs(helm: Helm) -> None:
    with pytest.raises(Refused) as refused:
        helm.render()
    for needed in ("image.registry", "kafka.bootstrapServers", "judge.weights.hf.revision"):
        assert needed in str(refused.value)
