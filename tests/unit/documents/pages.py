"""What people read about Sluice, and the commands and settings that it names."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[3]
_PAGES = (
    "*.md",
    "docs/**/*.md",
    "policies/**/*.md",
    "policies/**/*.toml",
    "rules/*",
    "examples/**/*.md",
    "bench/*.md",
    "deploy/helm/values.yaml",
    "deploy/helm/files/alerts.yaml",
    "deploy/helm/templates/NOTES.txt",
    "deploy/strimzi/*.yaml",
)
PAGES = {
    str(page.relative_to(ROOT)): page.read_text("utf-8")
    for pattern in _PAGES
    for page in sorted(ROOT.glob(pattern))
    if page.is_file()
}
"""Their texts by path."""

_FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
_QUOTED = re.compile(r"`([^`]+)`")
_ENDS = {"|", "||", "&&", ";", "&", ">", "2>", "\n"}


def commands(text: str) -> Iterator[list[str]]:
    """The words after `sluice`, of each command that a page shows at a prompt or quotes in a sentence."""
    joined = text.replace("\\\n", " ")
    for line in re.findall(r"^\$ (.*)$", joined, re.MULTILINE):
        yield from _commands_of(_words(line))
    for quoted in _QUOTED.findall(_FENCED.sub(" ", joined)):
        words = [word for word in quoted.split() if not re.match(r"SLUICE_\w+=", word)]
        if words[:1] == ["sluice"] and len(words) > 1:
            yield words[1:]


def settings(text: str) -> Iterator[str]:
    """The settings that a page names by a variable, `SLUICE_JUDGE__WINDOW`, as `judge.window`."""
    for name in re.findall(r"\bSLUICE_([A-Z_]*__[A-Z_]*[A-Z])\b", text):
        yield name.lower().replace("__", ".")


def _words(line: str) -> list[str]:
    lexer = shlex.shlex(line, posix=True, punctuation_chars="|&;")
    lexer.whitespace_split = True
    try:
        return list(lexer)
    except ValueError:  # a quotation that goes on in the next line
        return line.split()


def _commands_of(words: list[str]) -> Iterator[list[str]]:
    for place, word in enumerate(words):
        first = place == 0 or words[place - 1] in (*_ENDS, "--", "sudo") or "=" in words[place - 1]
        if first and word.rpartition("/")[2] == "sluice":
            rest = words[place + 1 :]
            end = next((at for at, one in enumerate(rest) if one in _ENDS), len(rest))
            yield rest[:end]


def keys(text: str) -> Iterator[str]:
    """What a page quotes as `section.key`, with or without a value; the chart has them under `settings`."""
    for name in re.findall(r"`([a-z]+(?:\.[A-Za-z_]+)+)(?:[ =:][^`]*)?`", text):
        if not name.endswith((".py", ".lock")):
            yield name.removeprefix("settings.").removesuffix("_file")


def links(page: str) -> Iterator[tuple[Path, str]]:
    """The files and headings that a page points at."""
    for link in re.findall(r"\]\(([^)\s]+)\)", _FENCED.sub("", PAGES[page])):
        if ":" not in link:
            name, _, heading = link.partition("#")
            yield (ROOT / page).parent / name if name else ROOT / page, heading


def headings(text: str) -> set[str]:
    """How a page's headings are linked to."""
    found = re.findall(r"^#+ (.*)$", _FENCED.sub("", text), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", one.lower()).replace(" ", "-") for one in found}
