"""The grammar of one answer: reasoning within a budget, then JSON of one form, and nothing else.

Written as a structural tag of xgrammar: a tree of formats. vLLM's own `json=` binds the first token and so
forbids all reasoning. Inside the tag the JSON is spelled out too, where `json_schema` would do: with
xgrammar 0.2.8 a text bounded by characters (`maxLength`, `{0,600}`) takes 5 to 8 seconds to compile, or
does not compile, and 0.5 ms for each token's mask; and a text bounded by nothing but a pattern may hold
Harmony's marks as control tokens. A budget of tokens costs 0.05 ms and excludes them.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from stream.adapters.vllm.harmony import Marks

Format = dict[str, Any]

CHARACTERS_A_TOKEN = 10
"""A text's `maxLength` over this is its budget in tokens: few enough that the text stays within it."""

# JSON's two, which the answer's form forbids; the start of every control token; what JSON must escape.
FORBIDDEN_IN_TEXT = ['"', "\\", "<|", *map(chr, range(0x20)), "\x7f"]


def answer_tag(schema: Mapping[str, Any], reasoning_tokens: int, marks: Marks) -> str:
    """Return the structural tag, as JSON, of `[analysis channel] final channel with JSON by the schema`.

    Args:
        schema: objects with all properties required, arrays with `maxItems`, enums and bounded strings.
        reasoning_tokens: the most tokens of the analysis channel; the grammar closes it there.
        marks: Harmony's control tokens.

    Raises:
        ValueError: the schema has something else.
    """
    thought = {"type": "any_tokens", "exclude_tokens": list(marks.all), "max_tokens": reasoning_tokens}
    closing = [_token(marks.end), _token(marks.start), _text("assistant")]
    analysis = _optional(_sequence([*_opening("analysis", marks), thought, *closing]))
    answer = _sequence([analysis, *_opening("final", marks), _json(schema)])
    return json.dumps({"type": "structural_tag", "format": answer})


def _json(schema: Mapping[str, Any]) -> Format:
    """Spell out a schema, with the white space that models are used to: after commas and colons."""
    if "enum" in schema:
        return {"type": "or", "elements": [_text(json.dumps(value)) for value in schema["enum"]]}
    match schema.get("type"):
        case "object":
            return _object(schema["properties"])
        case "array":
            return _array(_json(schema["items"]), schema["maxItems"])
        case "string":
            return _string(schema["maxLength"] // CHARACTERS_A_TOKEN)
    raise ValueError(f"An answer's grammar cannot express {schema}.")


def _object(properties: Mapping[str, Mapping[str, Any]]) -> Format:
    parts: list[Format] = []
    for name, schema in properties.items():
        parts += [_text(f"{', ' if parts else '{'}{json.dumps(name)}: "), _json(schema)]
    return _sequence([*parts, _text("}")])


def _array(item: Format, most: int) -> Format:
    further = {"type": "repeat", "min": 0, "max": most - 1, "content": _sequence([_text(", "), item])}
    return _sequence([_text("["), _optional(_sequence([item, further])), _text("]")])


def _string(tokens: int) -> Format:
    content = {"type": "any_text", "excludes": FORBIDDEN_IN_TEXT, "max_tokens": tokens}
    return _sequence([_text('"'), content, _text('"')])


def _opening(channel: str, marks: Marks) -> list[Format]:
    return [_token(marks.channel), _text(channel), _token(marks.message)]


def _token(token: int) -> Format:
    return {"type": "token", "token": token}


def _text(value: str) -> Format:
    return {"type": "const_string", "value": value}


def _optional(content: Format) -> Format:
    return {"type": "optional", "content": content}


def _sequence(parts: Sequence[Format]) -> Format:
    return {"type": "sequence", "elements": list(parts)}
