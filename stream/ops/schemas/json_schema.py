"""One event type as a JSON Schema 2020-12, from the struct that the gate itself decodes with."""

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct
from msgspec.json import decode, schema_components

from stream.core.wire import encode
from stream.ops.schemas.catalogue import type_of
from stream.ops.schemas.examples import EXAMPLES

DIALECT = "https://json-schema.org/draft/2020-12/schema"

Schema = dict[str, Any]

# `$(?!\n)` closes a loophole of Python's `$`; Go's validators know no lookahead, and need none.
_PYTHON_END = "$(?!\\n)"
_NEVER_SENT = {"Decision": "unknown"}
"""Enum values of the gate's own memory, which no record carries."""


def json_schema(event: type[Struct]) -> Schema:
    """The schema of one event type, complete in itself: what it refers to stands under `$defs`."""
    definitions = components((event,), "#/$defs/{name}")
    root = definitions.pop(event.__name__)
    schema = {
        "$schema": DIALECT,
        "$id": type_of(event),
        **root,
        "examples": [payload(example) for example in EXAMPLES[event]],
    }
    return {**schema, "$defs": definitions} if definitions else schema


def components(events: Sequence[type[Struct]], template: str) -> dict[str, Schema]:
    """The schemas of these types and of all they use, by name.

    Args:
        events: structs of the contract.
        template: how one refers to another, with `{name}`.
    """
    _, found = schema_components(events, ref_template=template)
    return {name: _cleaned(name, found[name]) for name in sorted(found)}


def payload(event: Struct) -> Any:  # noqa: ANN401 - any JSON value
    """An event as the JSON value that travels."""
    return decode(encode(event))


def _cleaned(name: str, schema: Mapping[str, Any]) -> Schema:
    cleaned: Schema = _portable(schema)
    if name in _NEVER_SENT:
        cleaned["enum"] = [value for value in cleaned["enum"] if value != _NEVER_SENT[name]]
    return cleaned


def _portable(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    """The same for every language: no Python regular expressions, no indented docstrings."""
    if isinstance(value, Mapping):
        # OpenAPI's `discriminator` is no JSON Schema, and AsyncAPI gives the word another meaning.
        return {key: _portable(item) for key, item in value.items() if key != "discriminator"}
    if isinstance(value, list | tuple):
        return [_portable(item) for item in value]
    if not isinstance(value, str):
        return value
    lines = value.replace(_PYTHON_END, "$").splitlines()
    return "\n".join(line.strip() for line in lines)
