"""What lint found, for people: by file, each finding with its line and a mark under what is meant."""

from itertools import groupby

from rich.text import Text

from stream.cli.output import console, say
from stream.core.printable import printable
from stream.ops.policies.lint import Finding, Level, Linted

_STYLES = {Level.ERROR: "bold red", Level.WARNING: "yellow"}
_MARGIN = 6
_NARROWEST = 40


def show(linted: Linted) -> None:
    """Print all findings."""
    for file, findings in groupby(linted.findings, key=lambda finding: finding.file):
        say((file, "bold underline"))
        for finding in findings:
            _show(finding)


def _show(finding: Finding) -> None:
    at = f"{finding.line}".rjust(_MARGIN - 2)
    level = (f"{finding.level}: ", _STYLES[finding.level])
    say(f"{at}  ", level, printable(finding.what), (f"  [{finding.rule}]", "dim"))
    if finding.text:
        line, mark = window(finding, console().width - _MARGIN - 2)
        say(" " * _MARGIN, ("│ ", "dim"), line)
        say(" " * _MARGIN, ("│ ", "dim"), Text(mark, _STYLES[finding.level]))
    say(" " * _MARGIN, (printable(finding.mend), "italic"))


def window(finding: Finding, width: int) -> tuple[str, str]:
    """The line as wide as the terminal, cut around what is meant, and the marks under it.

    Every character that is not plainly visible is one `·`, so that marks stay under what they mean.
    """
    width = max(width, _NARROWEST)
    seen = "".join(one if one.isprintable() else "·" for one in finding.text)
    start, end = finding.column - 1, min(finding.end - 1, len(seen))
    left = 0 if len(seen) <= width else max(0, min(start - width // 3, len(seen) - width))
    shown = seen[left : left + width]
    if left:
        shown = "…" + shown[1:]
    if left + width < len(seen):
        shown = shown[:-1] + "…"
    marks = "^" * max(1, min(end - left, len(shown)) - (start - left))
    return shown, " " * (start - left) + marks
