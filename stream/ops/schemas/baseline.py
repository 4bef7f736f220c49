"""The schemas as last released (`schemas/released/`), which later ones must not break."""

import json
from collections.abc import Mapping
from pathlib import Path

from stream.ops.schemas.catalogue import EVENTS, read_outside, type_of
from stream.ops.schemas.compatibility import Reader, breaking_changes
from stream.ops.schemas.json_schema import Schema, json_schema

RELEASED = "released"


def broken(folder: Path) -> list[str]:
    """What today's event types break of the released ones; empty if nothing."""
    return broken_against(load(folder / RELEASED), {type_of(event): json_schema(event) for event in EVENTS})


def broken_against(released: Mapping[str, Schema], current: Mapping[str, Schema]) -> list[str]:
    """What `current` breaks of `released`, both by event type. A new type breaks nothing."""
    outside = read_outside()
    found: list[str] = []
    for name, old in released.items():
        if name not in current:
            found.append(f"{name}: the event type is gone, and old records of it are not")
            continue
        reader = Reader.OTHERS if name in outside else Reader.OURSELVES
        found += [f"{name}: {change}" for change in breaking_changes(old, current[name], reader)]
    return found


def load(folder: Path) -> dict[str, Schema]:
    """The released schemas by event type."""
    return {path.stem: json.loads(path.read_text("utf-8")) for path in sorted(folder.glob("*.json"))}


def release(folder: Path) -> None:
    """Make today's schemas the baseline; a released type stays even when it is no longer written."""
    target = folder / RELEASED
    target.mkdir(parents=True, exist_ok=True)
    for event in EVENTS:
        name = f"{type_of(event)}.json"
        (target / name).write_bytes((folder / name).read_bytes())
