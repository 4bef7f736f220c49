"""The documents as files: one JSON Schema an event type, and the AsyncAPI document."""

import json
from pathlib import Path

import yaml

from stream.ops.schemas.asyncapi import asyncapi
from stream.ops.schemas.catalogue import EVENTS, type_of
from stream.ops.schemas.json_schema import json_schema

ASYNCAPI = "asyncapi.yaml"


def documents() -> dict[str, str]:
    """Every document by file name; the same events give the same bytes."""
    files = {f"{type_of(event)}.json": _json(json_schema(event)) for event in EVENTS}
    # Copied by value, so that YAML makes no anchors of parts that only happen to be shared.
    document = json.loads(_json(asyncapi()))
    text = yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=110)
    return {**files, ASYNCAPI: text}


def write(folder: Path) -> list[Path]:
    """Write every document, remove schemas of types that are gone; returns the paths written."""
    folder.mkdir(parents=True, exist_ok=True)
    files = documents()
    for old in folder.glob("*.json"):
        if old.name not in files:
            old.unlink()
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return [folder / name for name in files]


def _json(value: object) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"
