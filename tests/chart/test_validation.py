"""Values that contradict each other, or name nothing there is: Helm refuses them with a sentence that says what to set."""

import pytest

from tests.chart.rendering import OLDEST, Helm, Object, Refused

COMMIT = "0123456789abcdef0123456789abcdef01234567"

SENTENCES: dict[str, tuple[str, Object, str]] = {
    "no registry": (
        "minimal",
        {"image.registry": ""},
        "image.registry is empty: set it to the registry that holds your images, because none of Sluice's are published.",
    ),
    "no bootstrap servers": (
        "minimal",
        {"kafka.bootstrapServers": ""},
        "kafka.bootstrapServers is empty: set it to host:port of your Kafka.",
    ),
    "TLS secrets without TLS": (
        "minimal",
        {"kafka.tls.ca.secret": "kafka-ca"},
        "kafka.tls names secrets but is not enabled: set kafka.tls.enabled=true too.",
    ),
    "SASL without its secret": (
        "minimal",
        {"kafka.sasl.mechanism": "SCRAM-SHA-512"},
        "kafka.sasl.mechanism is SCRAM-SHA-512 but no secret holds the password: set kafka.sasl.secret to one's name.",
    ),
    "a SASL secret without a mechanism": (
        "minimal",
        {"kafka.sasl.secret": "sluice"},
        "kafka.sasl.secret has no effect alone: set kafka.sasl.mechanism too, for example to SCRAM-SHA-512.",
    ),
    "PLAIN without TLS": (
        "minimal",
        {"kafka.sasl.mechanism": "PLAIN", "kafka.sasl.secret": "sluice"},
        "kafka.sasl.mechanism PLAIN shows the password to the network: set kafka.tls.enabled=true, or take SCRAM-SHA-512.",
    ),
    **{
        f"more replicas than partitions: {part}": (
            "minimal",
            {f"{part}.replicas": 13},
            f"{part}.replicas is 13 but a topic has 12 partitions, and the rest would idle: set it to 12 at most.",
        )
        for part in ("gate", "triage", "judge", "ledger")
    },
    **{
        f"grace shorter than drain: {part}": (
            "minimal",
            {f"{part}.terminationGracePeriodSeconds": least - 1},
            f"{part}.terminationGracePeriodSeconds is {least - 1}, shorter than preStop + drain + 10: "
            f"set it to {least} or more, or leave it out.",
        )
        for part, least in {"gate": 20, "triage": 25, "judge": 40, "ledger": 25}.items()
    },
    "grace shorter than a longer drain": (
        "minimal",
        {
            "judge.terminationGracePeriodSeconds": 60,
            "judge.preStopSeconds": 5,
            "settings.judge.drain_s": 59.5,
        },
        "judge.terminationGracePeriodSeconds is 60, shorter than preStop + drain + 10: set it to 75 or more, or leave it out.",
    ),
    "a budget with both bounds": (
        "minimal",
        {"gate.podDisruptionBudget": {"minAvailable": 0, "maxUnavailable": 0}},
        "gate.podDisruptionBudget has both minAvailable and maxUnavailable: set one of them.",
    ),
    "KEDA and HPA together": (
        "minimal",
        {"triage.keda.enabled": True, "triage.hpa.enabled": True},
        "triage.keda and triage.hpa are both enabled and would fight over the replicas: set triage.hpa.enabled=false.",
    ),
    **{
        f"more at most than partitions: {path}": (
            "gpu" if "keda" in path else "minimal",
            {f"{path}.enabled": True, f"{path}.maxReplicas": 13, "settings.topics.partitions": 12},
            f"{path}.maxReplicas is 13 but a topic has 12 partitions, and the rest would idle: set it to 12 at most.",
        )
        for path in ("triage.keda", "triage.hpa", "judge.keda")
    },
    **{
        f"more at least than at most: {path}": (
            "gpu" if "keda" in path else "minimal",
            {f"{path}.enabled": True, f"{path}.minReplicas": 5, f"{path}.maxReplicas": 4},
            f"{path}.minReplicas is 5, above maxReplicas (4): set it to 4 at most.",
        )
        for path in ("triage.keda", "triage.hpa", "judge.keda")
    },
    "KEDA without Prometheus": (
        "gpu",
        {"judge.keda.prometheus.url": ""},
        "judge.keda.prometheus.url is empty: set it to your Prometheus, "
        "for example http://prometheus-operated.monitoring:9090.",
    ),
    "the exemplar engine unasked": (
        "minimal",
        {"settings.judge.exemplar.serve": False},
        "judge.engine is exemplar, which knows no language and sends most posts to people: "
        "set settings.judge.exemplar.serve=true if you mean it, or engine vllm-gpu.",
    ),
    "weights in no claim": (
        "gpu",
        {"judge.weights.pvc.claim": ""},
        "judge.weights.from is pvc: set judge.weights.pvc.claim to the claim that holds the model.",
    ),
    "weights in no image": (
        "gpu",
        {"judge.weights.from": "image"},
        "judge.weights.from is image: set judge.weights.image.reference to the image that holds the model.",
    ),
    "weights fetched by nothing": (
        "gpu",
        {"judge.weights.from": "initContainer"},
        "judge.weights.from is initContainer: set judge.weights.initContainer.image to one that fills /weights.",
    ),
    "weights of no revision": (
        "gpu",
        {"judge.weights.from": "hf"},
        "judge.weights.from is hf: set judge.weights.hf.revision to the commit of openai/gpt-oss-safeguard-20b, "
        "40 hex digits, so that every replica has the same model.",
    ),
    "a set that values do not hold": (
        "gpu",
        {"policies.set": "strict"},
        'policies.values has no set of the name in policies.set: put the set\'s text at policies.values."sets/strict.toml".',
    ),
    "policies in no ConfigMap": (
        "minimal",
        {"policies.from": "configMap"},
        "policies.from is configMap: set policies.configMap.name, and in policies.configMap.items the path of each key.",
    ),
    "policies in no image": (
        "minimal",
        {"policies.from": "image"},
        "policies.from is image: set policies.image.reference to the image that holds the policies.",
    ),
}


@pytest.mark.parametrize("case", SENTENCES)
def test_values_that_contradict_are_refused_by_one_sentence(helm: Helm, case: str) -> None:
    example, values, sentence = SENTENCES[case]
    said = helm.sentence(example, values)
    assert [line for line in said.splitlines() if line.strip()][1:2] == [sentence], said


@pytest.mark.parametrize("case", SENTENCES)
def test_without_the_contradiction_the_example_renders(helm: Helm, case: str) -> None:
    example, _, _ = SENTENCES[case]
    assert helm.render(example).objects


def test_given_several_contradictions_all_are_told_at_once(helm: Helm) -> None:
    said = helm.sentence("minimal", {"image.registry": "", "kafka.bootstrapServers": "", "gate.replicas": 99})
    for begin in ("image.registry is", "kafka.bootstrapServers is", "gate.replicas is"):
        assert begin in said


def test_given_a_kubernetes_without_image_volumes_they_are_refused(helm: Helm) -> None:
    said = helm.sentence("air-gapped", kube=OLDEST)
    assert "Volumes of OCI images need Kubernetes 1.33 and this is v1.30.0: set judge.weights.from to pvc" in said


def test_given_a_kubernetes_too_old_for_the_chart_it_is_refused(helm: Helm) -> None:
    assert "kubeVersion: >=1.30.0-0" in helm.sentence("minimal", kube="1.29.0")


@pytest.mark.parametrize(
    ("values", "where", "what"),
    [
        ({"gate.replica": 3}, "/gate", "replica"),
        ({"settings.judge.windw": 3}, "/settings/judge", "windw"),
        ({"settings.kafka": {"bootstrap_servers": "a:1"}}, "/settings", "kafka"),
        ({"settings.gate.instance": "0"}, "/settings/gate", "instance"),
        ({"judge.hpa": {"enabled": True}}, "/judge", "hpa"),
        ({"judge.weights.hf.revison": "main"}, "/judge/weights/hf", "revison"),
        ({"metric": {}}, "/", "metric"),
    ],
)
def test_given_an_unknown_key_it_is_named_and_refused(helm: Helm, values: Object, where: str, what: str) -> None:
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
