"""Findings as SARIF 2.1.0 (OASIS), which code review shows beside the lines."""

from collections.abc import Mapping
from importlib.metadata import version
from typing import Any

from stream.ops.policies.lint.finding import Finding, Level
from stream.ops.policies.lint.linting import Linted
from stream.ops.policies.lint.rules import RULES
from stream.ops.policies.lint.silences import Silenced

Sarif = Mapping[str, Any]
VERSION = "2.1.0"
_LEVELS = {Level.ERROR: "error", Level.WARNING: "warning"}
_PLACES = {rule.id: number for number, rule in enumerate(RULES)}


def sarif(linted: Linted) -> Sarif:
    """The whole log: one run, with every rule and what each found; silenced findings carry their reason."""
    results = [_result(finding) for finding in linted.findings]
    results += [_suppressed(silenced) for silenced in linted.silenced]
    return {
        "version": VERSION,
        "runs": [
            {
                "tool": {
                    "driver": {"name": "sluice-policy-lint", "version": version("sluice"), "rules": _rules()}
                },
                "columnKind": "unicodeCodePoints",
                "results": results,
            }
        ],
    }


def _rules() -> list[Sarif]:
    return [
        {
            "id": rule.id,
            "shortDescription": {"text": rule.id.replace("-", " ")},
            "fullDescription": {"text": rule.why},
            "help": {"text": rule.mend},
            "defaultConfiguration": {"level": _LEVELS[rule.level]},
        }
        for rule in RULES
    ]


def _result(finding: Finding) -> dict[str, Any]:
    region: dict[str, Any] = {
        "startLine": finding.line,
        "startColumn": finding.column,
        "endColumn": finding.end,
    }
    if finding.text:
        region["snippet"] = {"text": finding.text}
    place = {"artifactLocation": {"uri": _uri(finding.file)}, "region": region}
    return {
        "ruleId": finding.rule,
        "ruleIndex": _PLACES[finding.rule],
        "level": _LEVELS[finding.level],
        "message": {"text": f"{finding.what}. {finding.mend}."},
        "locations": [{"physicalLocation": place}],
    }


def _suppressed(silenced: Silenced) -> dict[str, Any]:
    why = {"kind": "external", "justification": silenced.reason}
    return {**_result(silenced.finding), "suppressions": [why]}


def _uri(file: str) -> str:
    """A path from where the command runs is a relative reference; each part is escaped as RFC 3986 asks."""
    from urllib.parse import quote

    return quote(file.replace("\\", "/"))
