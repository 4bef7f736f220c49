"""What one version of an event's JSON Schema breaks of an earlier one. Pure: schemas in, sentences out.

Records outlive their writers, so whatever was accepted must stay acceptable: a narrowing always breaks.
Where others read an event, nothing may be said that their code has never heard of: then a widening breaks
too, except a new optional field, which readers ignore. Knows the keywords that msgspec writes.
"""

from collections.abc import Iterator
from enum import Enum
from typing import Any

from msgspec import Struct

Node = dict[str, Any]

_UPPER = ("maximum", "maxLength", "maxItems")
_LOWER = ("minimum", "minLength", "minItems")
_FIXED = ("pattern", "contentEncoding")


class Reader(Enum):
    """Who reads an event besides the log itself."""

    OURSELVES = "Sluice's own processes, upgraded with its writers"
    OTHERS = "programs that know only what was released"


class _Pair(Struct, frozen=True):
    """The two documents, for following references, and who reads."""

    old: Node
    new: Node
    reader: Reader


def breaking_changes(old: Node, new: Node, reader: Reader) -> list[str]:
    """Compare two versions of one event type.

    Args:
        old: the released schema, complete with its `$defs`.
        new: the present one.
        reader: who reads such events.

    Returns:
        One sentence a break, each beginning with the path of the field; empty where nothing breaks.
    """
    return list(_compared("$", old, new, _Pair(old, new, reader)))


def _compared(path: str, old: Node, new: Node, pair: _Pair) -> Iterator[str]:
    before, after = _alternatives(old, pair.old), _alternatives(new, pair.new)
    for kind in sorted(before.keys() - after.keys()):
        if not (kind == "integer" and "number" in after):
            yield f"{path}: no longer accepts {kind}"
    for kind in sorted(after.keys() - before.keys()) if pair.reader is Reader.OTHERS else ():
        if not (kind == "integer" and "number" in before):
            yield f"{path}: may now be {kind}, which readers do not expect"
    if old.get("default") != new.get("default") and "default" in old and "default" in new:
        yield f"{path}: a missing field now means {new['default']!r}, not {old['default']!r}"
    for kind in sorted(before.keys() & after.keys()):
        yield from _same_kind(path, before[kind], after[kind], pair)


def _alternatives(node: Node, document: Node) -> dict[str, Node]:
    """What a value may be, by kind: a JSON type, or `object` and the name of the event or structure."""
    node = _resolved(node, document)
    if "anyOf" in node:
        parts = [_alternatives(part, document) for part in node["anyOf"]]
        return {kind: found for part in parts for kind, found in part.items()}
    kind = str(node.get("type", "string" if "enum" in node else "anything"))
    if kind == "object" and "properties" in node:
        tag = node["properties"].get("type", {}).get("enum")
        kind = f"object {tag[0]}" if tag else kind
    return {kind: node}


def _resolved(node: Node, document: Node) -> Node:
    if "$ref" not in node:
        return node
    name = node["$ref"].rsplit("/", 1)[-1]
    found: Node = document["$defs"][name]
    return found


def _same_kind(path: str, old: Node, new: Node, pair: _Pair) -> Iterator[str]:
    yield from _bounds(path, old, new, pair.reader)
    yield from _values(path, old, new, pair.reader)
    if "properties" in old or "properties" in new:
        yield from _fields(path, old, new, pair)
    for part, step in (("items", "[]"), ("additionalProperties", ".*")):
        if isinstance(old.get(part), dict) and isinstance(new.get(part), dict):
            yield from _compared(path + step, old[part], new[part], pair)


def _bounds(path: str, old: Node, new: Node, reader: Reader) -> Iterator[str]:
    for name in (*_UPPER, *_LOWER):
        sign = 1 if name in _UPPER else -1
        none = sign * float("inf")
        before, after = old.get(name, none), new.get(name, none)
        if sign * after < sign * before:
            yield f"{path}: {name} narrowed from {before} to {after}"
        elif sign * after > sign * before and reader is Reader.OTHERS:
            yield f"{path}: {name} widened from {before} to {after}, beyond what readers made room for"
    for name in _FIXED:
        if old.get(name) != new.get(name):
            yield f"{path}: {name} changed from {old.get(name)!r} to {new.get(name)!r}"


def _values(path: str, old: Node, new: Node, reader: Reader) -> Iterator[str]:
    before, after = old.get("enum"), new.get("enum")
    if after is not None and (before is None or set(before) - set(after)):
        gone = sorted(set(before) - set(after)) if before is not None else "anything else"
        yield f"{path}: no longer accepts {gone}"
    if before is not None and reader is Reader.OTHERS and (after is None or set(after) - set(before)):
        added = sorted(set(after) - set(before)) if after is not None else "anything"
        yield f"{path}: may now be {added}, which readers do not know"


def _fields(path: str, old: Node, new: Node, pair: _Pair) -> Iterator[str]:
    before, after = old.get("properties", {}), new.get("properties", {})
    needed, needs = set(old.get("required", ())), set(new.get("required", ()))
    for name in before:
        if name not in after:
            yield f"{path}.{name}: the field is gone"
    for name in sorted(needs - needed):
        yield f"{path}.{name}: now required, and old records lack it"
    if pair.reader is Reader.OTHERS:
        for name in sorted(needed - needs & after.keys()):
            yield f"{path}.{name}: no longer always there, and readers count on it"
    for name in sorted(before.keys() & after.keys()):
        yield from _compared(f"{path}.{name}", before[name], after[name], pair)
