"""The part of the chart's values.schema.json that is the program's own: `settings`, off its settings tree.

`make schemas` writes it anew.
"""

import json
from pathlib import Path
from typing import Any

from stream.config.keys import Key, Leaf, choices_of, leaves

CHART = Path(__file__).parents[2] / "deploy" / "helm"
SCHEMA = CHART / "values.schema.json"

SECTIONS = ("topics", "gate", "triage", "judge", "shadow", "ledger", "logging")
"""What `settings` takes; the others are the chart's own to fill in, or of no use in a pod."""
OWN = {
    ("gate", "instance"),
    ("judge", "engine"),
    ("judge", "openai", "api_key"),
    ("judge", "openai", "base_url"),
    ("judge", "openai", "model"),
    ("judge", "openai_high", "api_key"),
    ("judge", "openai_high", "base_url"),
    ("judge", "openai_high", "model"),
    ("judge", "sampling_key"),
    ("judge", "vllm", "model"),
    ("judge", "vllm", "name"),
    ("judge", "vllm", "revision"),
    ("judge", "vllm", "tensor_parallel_size"),
    ("ledger", "advertised"),
    ("ledger", "host"),
    ("ledger", "port"),
    ("ledger", "url"),
}
"""Keys that the chart derives from its own values, so that they cannot contradict them; and a secret, which
has no place in a ConfigMap: `judge.pod.extraEnv` takes it from a Secret."""
NEEDED = {("topics", "prefix"), ("topics", "partitions"), ("triage", "drain_s"), ("judge", "drain_s")}
"""Keys that the templates calculate with."""


def settings_schema() -> dict[str, Any]:
    """The JSON Schema of `settings`."""
    root = _section("the program's own settings, as in sluice.toml")
    for name in SECTIONS:
        _enter(root, name)
    for key, leaf in leaves().items():
        if key[0] in SECTIONS and key not in OWN:
            section = root
            for name in key[:-1]:
                section = _enter(section, name)
            section["properties"][key[-1]] = _scalar(leaf)
            if key in NEEDED:
                section.setdefault("required", []).append(key[-1])
    return root | {"required": list(SECTIONS)}


def write() -> None:
    """Put it into the chart's schema."""
    whole = json.loads(SCHEMA.read_text())
    whole["properties"]["settings"] = settings_schema()
    SCHEMA.write_text(json.dumps(whole, indent=2) + "\n")


def _section(description: str = "") -> dict[str, Any]:
    told = {"description": description} if description else {}
    return {**told, "type": "object", "additionalProperties": False, "properties": {}}


def _enter(section: dict[str, Any], name: str) -> dict[str, Any]:
    entered: dict[str, Any] = section["properties"].setdefault(name, _section())
    return entered


def _scalar(leaf: Leaf) -> dict[str, Any]:
    if choices := choices_of(leaf.kind):
        return {"enum": choices}
    bounds = leaf.bounds
    types = {bool: "boolean", int: "integer", float: "number"}
    found = {
        "description": bounds.description,
        "type": types.get(leaf.kind, "string"),
        "minimum": bounds.ge,
        "exclusiveMinimum": bounds.gt,
        "maximum": bounds.le,
        "pattern": bounds.pattern,
        "minLength": bounds.min_length,
        "maxLength": bounds.max_length,
    }
    return {word: value for word, value in found.items() if value is not None}


def own_keys() -> set[Key]:
    """What the chart keeps to itself and the program knows."""
    return OWN & set(leaves())


if __name__ == "__main__":
    write()
