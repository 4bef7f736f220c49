"""What is rendered fits Kubernetes' own types, KEDA's and the Prometheus operator's, offline."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.chart.rendering import EXAMPLES, NEWEST, OLDEST, USUAL, Helm
from tests.chart.schemas import LOCATION, definition_schemas, kubernetes_schemas

VERSIONS = (OLDEST, USUAL, NEWEST)
MATRIX = [(name, kube) for name in EXAMPLES for kube in VERSIONS if (name, kube) != ("air-gapped", OLDEST)]

Judge = Callable[[str, str], subprocess.CompletedProcess[str]]


@pytest.fixture(scope="session")
def kubeconform(tools: Path, tmp_path_factory: pytest.TempPathFactory) -> Judge:
    """Judges a text of objects by a version's types and the custom ones. A kind without one is an error."""
    custom = definition_schemas(tools / "crds", tmp_path_factory.mktemp("custom"))
    own = {version: kubernetes_schemas(version, tmp_path_factory.mktemp(version)) for version in VERSIONS}

    def judge(text: str, kube: str) -> subprocess.CompletedProcess[str]:
        command: list[str | Path] = [tools / "kubeconform", "-strict", "-summary", "-verbose"]
        for folder in (own[kube], custom):
            command += ["-schema-location", f"{folder}/{LOCATION}"]
        return subprocess.run(command, input=text, capture_output=True, text=True, timeout=60, check=False)

    return judge


@pytest.mark.parametrize(("example", "kube"), MATRIX)
def test_every_example_fits_every_version(helm: Helm, kubeconform: Judge, example: str, kube: str) -> None:
    rendered = helm.render(example, kube=kube)
    done = kubeconform(rendered.text, kube)
    assert done.returncode == 0, done.stdout
    assert f"Valid: {len(rendered.objects)}, Invalid: 0, Errors: 0, Skipped: 0" in done.stdout


def test_given_an_unknown_field_of_kubernetes_it_is_refused(helm: Helm, kubeconform: Judge) -> None:
    text = helm.render("minimal").text
    done = kubeconform(text.replace("enableServiceLinks: false", "enableServiceLink: false", 1), USUAL)
    assert done.returncode == 1
    assert "enableServiceLink" in done.stdout


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("maxReplicaCount:", "maxReplicas:"),
        ("offsetResetPolicy: earliest", "offsetResetPolicy: {}"),
        ("behavior: scalingModifiers", "behavior: scalingModifier"),
        ("scalingModifiers:\n", "scalingModifier:\n"),
        ("authenticationRef: {name: sluice-kafka}", "authenticationRef: {}"),
        ("secretTargetRef:", "secretTargetRefs:"),
        ("interval: 15s", "interval: often"),
        ("sourceLabels:", "sources:"),
        ("groups:", "group:"),
    ],
)
def test_given_a_field_that_a_custom_resource_lacks_it_is_refused(
    helm: Helm, kubeconform: Judge, right: str, wrong: str
) -> None:
    text = helm.render("gpu").text
    assert right in text
    done = kubeconform(text.replace(right, wrong, 1), USUAL)
    assert done.returncode == 1, done.stdout


def test_given_a_kind_whose_type_is_not_at_hand_it_is_an_error_and_no_warning(kubeconform: Judge) -> None:
    done = kubeconform("apiVersion: example.org/v1\nkind: Gadget\nmetadata: {name: a}\n", USUAL)
    assert done.returncode == 1
    assert "Gadget" in done.stdout
