"""SARIF: the parts of the 2.1.0 schema that we use, held against what is written."""

from jsonschema import Draft7Validator

from stream.ops.policies.lint import RULES, Linted, sarif
from stream.ops.policies.lint.silences import Silenced
from tests.unit.policies.lint.sample import broken, draft, findings

TEXT = {"type": "object", "required": ["text"], "properties": {"text": {"type": "string", "minLength": 1}}}
LEVEL = {"enum": ["none", "note", "warning", "error"]}
RULE = {
    "type": "object",
    "additionalProperties": False,
    "required": ["id"],
    "properties": {
        "id": {"type": "string"},
        "shortDescription": TEXT,
        "fullDescription": TEXT,
        "help": TEXT,
        "defaultConfiguration": {"type": "object", "properties": {"level": LEVEL}},
    },
}
COUNTED = {"type": "integer", "minimum": 1}
REGION = {
    "type": "object",
    "additionalProperties": False,
    "properties": {"startLine": COUNTED, "startColumn": COUNTED, "endColumn": COUNTED, "snippet": TEXT},
}
LOCATION = {
    "type": "object",
    "properties": {
        "physicalLocation": {
            "type": "object",
            "required": ["artifactLocation"],
            "properties": {
                "artifactLocation": {"type": "object", "properties": {"uri": {"type": "string"}}},
                "region": REGION,
            },
        }
    },
}
SUPPRESSION = {
    "type": "object",
    "required": ["kind"],
    "properties": {"kind": {"enum": ["inSource", "external"]}, "justification": {"type": "string"}},
}
RESULT = {
    "type": "object",
    "additionalProperties": False,
    "required": ["message"],
    "properties": {
        "ruleId": {"type": "string"},
        "ruleIndex": {"type": "integer", "minimum": 0},
        "level": LEVEL,
        "message": TEXT,
        "locations": {"type": "array", "items": LOCATION, "minItems": 1},
        "suppressions": {"type": "array", "items": SUPPRESSION, "minItems": 1},
    },
}
RUN = {
    "type": "object",
    "required": ["tool"],
    "properties": {
        "tool": {
            "type": "object",
            "required": ["driver"],
            "properties": {
                "driver": {
                    "type": "object",
                    "required": ["name"],
                    "properties": {"rules": {"type": "array", "items": RULE, "uniqueItems": True}},
                }
            },
        },
        "columnKind": {"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
        "results": {"type": "array", "items": RESULT},
    },
}
LOG = {
    "type": "object",
    "required": ["version", "runs"],
    "properties": {"version": {"const": "2.1.0"}, "runs": {"type": "array", "items": RUN}},
}


def test_what_is_written_fits_the_schema_and_names_its_rules() -> None:
    found = findings(draft(broken("Of the work.", "Of the work, usually.")))
    silenced = findings(draft(broken("who is named.", "who is generally named.")))

    log = sarif(Linted(found, [Silenced(silenced[0], "a saying")], unreadable=False))

    Draft7Validator(LOG).validate(log)
    (run,) = log["runs"]
    told, quiet = run["results"]
    assert len(run["tool"]["driver"]["rules"]) == len(RULES)
    assert run["tool"]["driver"]["rules"][told["ruleIndex"]]["id"] == told["ruleId"] == "vague-word"
    assert "suppressions" not in told
    assert quiet["suppressions"] == [{"kind": "external", "justification": "a saying"}]
    region = told["locations"][0]["physicalLocation"]["region"]
    assert region["snippet"]["text"][region["startColumn"] - 1 : region["endColumn"] - 1] == "usually"
