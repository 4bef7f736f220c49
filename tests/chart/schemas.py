"""JSON Schemas for kubeconform, of what is at hand: Kubernetes' own, and others' resource definitions."""

import json
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml

LOCATION = "{{.ResourceKind}}{{.KindSuffix}}.json"
"""How kubeconform is told to name the files."""

Schema = dict[str, Any]


def kubernetes_schemas(version: str, folder: Path) -> Path:
    """Kubernetes' types of one version, as kubernetes-validate bundles them, made references to files."""
    bundle = files("kubernetes_validate") / "kubernetes-json-schema" / f"v{version}-local-strict"
    for source in bundle.iterdir():
        schema = json.loads(source.read_text().replace('"/api/_definitions.json', '"_definitions.json'))
        schema.pop("$id", None)
        schema.pop("$schema", None)
        (folder / source.name).write_text(json.dumps(schema))
    return folder


def definition_schemas(definitions: Path, folder: Path) -> Path:
    """The types of custom resources, closed: the API server would drop an unknown field in silence."""
    for source in definitions.glob("*.yaml"):
        spec = yaml.safe_load(source.read_text())["spec"]
        for version in spec["versions"]:
            group = spec["group"].split(".")[0]
            name = f"{spec['names']['singular']}-{group}-{version['name']}.json"
            (folder / name).write_text(json.dumps(closed(version["schema"]["openAPIV3Schema"])))
    return folder


def closed(schema: Any) -> Any:  # noqa: ANN401 - any node of a schema
    """The same schema, in which an object takes only the properties that it names."""
    if isinstance(schema, list):
        return [closed(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    found: Schema = {key: closed(value) for key, value in schema.items()}
    lists_them = isinstance(schema.get("properties"), dict) and schema.get("type") == "object"
    if lists_them and not schema.get("x-kubernetes-preserve-unknown-fields"):
        found.setdefault("additionalProperties", False)
    if schema.get("x-kubernetes-int-or-string"):
        found.pop("type", None)
    return found
