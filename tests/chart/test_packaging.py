"""The chart as a whole: its package, its lint, and what it agrees on with the rest of the project."""

import json
import re
import subprocess
import tarfile
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.chart.rendering import CHART, EXAMPLES, ROOT, Helm

SCHEMA = json.loads((CHART / "values.schema.json").read_text())


@pytest.mark.parametrize("example", EXAMPLES)
def test_helm_lints_it_strictly(helm: Helm, example: str) -> None:
    done = helm.run("lint", "--strict", CHART, "--values", EXAMPLES[example])
    assert done.returncode == 0, done.stdout
    assert "[WARNING]" not in done.stdout


def test_the_suites_of_helm_unittest_pass(tools: Path) -> None:
    command: list[str | Path] = [tools / "helm-unittest", "--strict", "--color=false", CHART]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout
    assert re.search(r"Tests: +[1-9]\d* passed", done.stdout), done.stdout


def test_the_package_holds_no_tests_and_all_that_templates_read(helm: Helm, tmp_path: Path) -> None:
    assert helm.run("package", CHART, "--destination", tmp_path).returncode == 0
    [package] = tmp_path.glob("*.tgz")
    with tarfile.open(package) as archive:
        held = {name.removeprefix("sluice/") for name in archive.getnames()}
    assert {
        "Chart.yaml",
        "values.yaml",
        "values.schema.json",
        "files/alerts.yaml",
        "files/dashboard.json",
    } <= held
    assert not [name for name in held if name.startswith(("ci/", "tests/"))]


def test_it_runs_the_images_that_the_dockerfile_makes(helm: Helm) -> None:
    """Their names, the user, and where the policies lie that they bring."""
    dockerfile = (ROOT / "Dockerfile").read_text()
    targets = set(re.findall(r"^FROM .* AS (\S+)$", dockerfile, re.MULTILINE))
    images = yaml.safe_load((CHART / "values.yaml").read_text())["image"]
    named = {
        image["repository"].removeprefix("sluice-") for image in images.values() if isinstance(image, dict)
    }
    assert named == {"core", "ledger", "judge-exemplar", "judge-cpu", "judge-gpu"}
    assert named <= targets
    rendered = helm.render("minimal")
    user = rendered.pod("gate")["securityContext"]
    assert f"USER {user['runAsUser']}:{user['runAsGroup']}" in dockerfile
    assert 'ENTRYPOINT ["sluice"]' in dockerfile
    assert "WORKDIR /opt/sluice" in dockerfile
    assert "COPY policies policies" in dockerfile
    assert 'dir = "/opt/sluice/policies"' in rendered.settings("gate")


def test_it_installs_this_version_of_the_program() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert yaml.safe_load((CHART / "Chart.yaml").read_text())["appVersion"] == version


def objects(schema: object, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every object type in a schema with its path."""
    if isinstance(schema, dict):
        if schema.get("type") == "object":
            yield path, schema
        for key, value in schema.items():
            yield from objects(value, f"{path}/{key}")
    elif isinstance(schema, list):
        for place, value in enumerate(schema):
            yield from objects(value, f"{path}/{place}")


def test_no_object_of_the_schema_takes_unknown_keys_but_a_parent_s_and_kubernetes_own() -> None:
    open_ones = {path for path, schema in objects(SCHEMA) if schema.get("additionalProperties", True) is True}
    assert open_ones == {"/properties/global", "/definitions/kubernetesObject"}


def leaves(values: object, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The path of every value."""
    if isinstance(values, dict) and values:
        for key, value in values.items():
            yield from leaves(value, (*path, key))
    else:
        yield path


def test_every_value_is_used_by_a_template() -> None:
    templates = "\n".join(path.read_text() for path in (CHART / "templates").iterdir())
    values = yaml.safe_load((CHART / "values.yaml").read_text())
    handed_on = (
        "settings",
        "networkPolicy",
        "resources",
        "securityContext",
        "containerSecurityContext",
        "image",
        "labels",
    )
    unused = [
        ".".join(path)
        for path in leaves(values)
        if not set(handed_on) & set(path) and not re.search(rf"\.{path[-1]}\b", templates)
    ]
    assert unused == []


def test_every_default_has_its_place_in_the_schema(helm: Helm) -> None:
    """Helm itself judges values.yaml by the schema when it renders; here: none could be forgotten in it."""
    values = yaml.safe_load((CHART / "values.yaml").read_text())
    assert set(SCHEMA["properties"]) == {*values, "global", "enabled"}
    assert set(SCHEMA["required"]) == set(values)
