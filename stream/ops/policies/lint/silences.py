"""Findings that somebody answered for: `lint.toml` beside the lock.

A comment in `policy.md` would be part of its digest, and ask for a new version where no decision changes. So
silences lie in a file of their own. They name a line by its words, move with it, and lapse when it changes.
"""

from collections.abc import Iterable, Sequence
from typing import Annotated

from msgspec import Meta, Struct

from stream.core.toml_text import decode_toml, lines_of
from stream.ops.policies.lint.finding import Finding, Found, Level, Place
from stream.ops.policies.lint.rule import Rule

FILE = "lint.toml"


class Silence(Struct, frozen=True):
    """One silence, as written.

    Attributes:
        rule: whose findings.
        file: in which file of the folder, such as `hate/policy.md`.
        line: words that the line has.
        reason: why the rule is wrong there, or who decided to live with it.
    """

    rule: str
    file: str
    line: Annotated[str, Meta(min_length=4)]
    reason: str = ""

    def covers(self, finding: Finding, root: str) -> bool:
        """Whether it speaks of this finding; `root` is the folder's path as findings have it."""
        return (
            finding.rule == self.rule
            and finding.file.removeprefix(root).lstrip("/") == self.file
            and self.line in finding.text
        )


class Silences(Struct, frozen=True):
    """All silences of a folder."""

    silence: tuple[Silence, ...] = ()


class Silenced(Struct, frozen=True):
    """A finding that is not told, and why."""

    finding: Finding
    reason: str


class Split(Struct, frozen=True):
    """What is told, what is not."""

    told: list[Finding]
    silenced: list[Silenced]


def read_silences(text: str, file: str) -> Silences:
    """Read `lint.toml`.

    Raises:
        PolicyInvalid: it is no TOML, or a key is unknown or missing.
    """
    return decode_toml(text, file, Silences)


def split(findings: Iterable[Finding], silences: Silences, root: str) -> Split:
    """Take out what is silenced with a reason."""
    result = Split([], [])
    for finding in findings:
        covering = next(
            (one for one in silences.silence if one.reason.strip() and one.covers(finding, root)), None
        )
        if covering is None:
            result.told.append(finding)
        else:
            result.silenced.append(Silenced(finding, covering.reason))
    return result


def faults(
    silences: Silences,
    findings: Sequence[Finding],
    text: str,
    file: str,
    looked_at: frozenset[str],
    root: str,
) -> list[Finding]:
    """What is wrong with the silences themselves; of files that were not looked at nothing is said."""
    lines, written = lines_of(text), text.splitlines()
    told = []
    for number, silence in enumerate(silences.silence):
        if silence.file not in looked_at:
            continue
        line = lines.get(("silence", number), 1)
        place = Place(file, line, written[line - 1], 1, len(written[line - 1]) + 1)
        if not silence.reason.strip():
            what = f"`{silence.rule}` is silenced without a reason, so it is not"
            told.append(SILENCE_WITHOUT_REASON.finding(Found(place, what, 'Write `reason = "…"`')))
        elif not any(silence.covers(finding, root) for finding in findings):
            what = f"`{silence.rule}` finds nothing on such a line of {silence.file} any more"
            told.append(STALE_SILENCE.finding(Found(place, what, "Take the silence out")))
    return told


SILENCE_WITHOUT_REASON: Rule[None] = Rule(
    "silence-without-reason",
    Level.ERROR,
    "Whoever reads the policy next cannot tell a decision from a shrug.",
    "Write in `reason` why the rule is wrong there, or who decided to live with it.",
    lambda _: iter(()),
)
STALE_SILENCE: Rule[None] = Rule(
    "stale-silence",
    Level.ERROR,
    "A silence that covers nothing will cover the next mistake on a line with the same words.",
    "Take it out of `lint.toml`, or quote the line as it reads now.",
    lambda _: iter(()),
)
