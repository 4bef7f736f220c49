"""Every command, setting, file and heading that a page names is there."""

from typing import Any

import pytest
import typer
import yaml

from stream.cli.application import app
from stream.config.keys import leaves
from tests.unit.documents.pages import PAGES, commands, headings, keys, links, settings

ROOT: Any = typer.main.get_command(app)
NAMED = sorted({(page, *words) for page, text in PAGES.items() for words in commands(text)})
CHART: dict[str, Any] = yaml.safe_load(PAGES["deploy/helm/values.yaml"])
HISTORY = "CHANGELOG.md"


def fault(words: tuple[str, ...]) -> str:
    """What of a command is not there; empty if it is sound."""
    command, options, left = ROOT, _options(ROOT), list(words)
    while left and hasattr(command, "commands"):
        word = left.pop(0)
        if word in command.commands:
            command = command.commands[word]
            options |= _options(command)
        elif not word.startswith("-"):
            return f"no command {word}"
        elif word not in options:
            return f"no option {word}"
    left = [word.strip("[]") for word in left]
    unknown = [word for word in left if word.startswith("--") and word.partition("=")[0] not in options]
    return f"no option {unknown[0]}" if unknown else ""


def _options(command: Any) -> set[str]:  # noqa: ANN401 - typer brings a click of its own
    every = {"--help"}
    return every.union(*((*one.opts, *one.secondary_opts) for one in command.params))


@pytest.mark.parametrize("named", NAMED, ids=" ".join)
def test_every_command_that_a_page_names_is_there(named: tuple[str, ...]) -> None:
    assert fault(named[1:]) == ""


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("$ sluice policy demote x", "no command demote"),
        ("$ SLUICE_A__B=c sluice run judge --sett x", "no option --sett"),
        ("Then `sluice trace ID --show-texts` says.", "no option --show-texts"),
        ("$ kubectl exec sts/gate -- sluice topic check", "no command topic"),
        ("$ cat posts | sluice publish --file - | sluice verdict", "no command verdict"),
    ],
)
def test_given_a_command_that_is_not_there_it_is_found(line: str, told: str) -> None:
    assert told in [fault(tuple(words)) for words in commands(line)]


def test_the_pages_name_most_of_the_commands() -> None:
    """Else nothing was looked at."""
    assert len(NAMED) > 150
    assert {named[1] for named in NAMED} >= set(ROOT.commands) - {"version"}


@pytest.mark.parametrize("page", PAGES)
def test_every_variable_that_a_page_names_is_a_setting(page: str) -> None:
    known = {".".join(key) for key in leaves()}
    assert [name for name in settings(PAGES[page]) if name not in known] == []


def test_every_setting_and_value_of_the_chart_that_a_page_names_is_there() -> None:
    known = {".".join(key[:end]) for key in leaves() for end in range(1, len(key) + 1)}
    sections = {name.partition(".")[0] for name in known} | set(CHART)
    named = {(page, name) for page, text in PAGES.items() if page != HISTORY for name in keys(text)}
    ours = {(page, name) for page, name in named if name.partition(".")[0] in sections}
    assert len(ours) > 50
    assert {(page, name) for page, name in ours if name not in known and not in_chart(name)} == set()


def in_chart(name: str) -> bool:
    """Whether the chart's values have it; a map that an operator fills may have anything."""
    found: Any = CHART
    for key in name.split("."):
        if found == {}:
            return True
        if not isinstance(found, dict) or key not in found:
            return False
        found = found[key]
    return True


@pytest.mark.parametrize("page", [page for page in PAGES if page.endswith(".md")])
def test_every_link_leads_to_a_file_and_a_heading(page: str) -> None:
    for file, heading in links(page):
        assert file.exists(), file
        if heading and file.suffix == ".md":
            assert heading in headings(file.read_text("utf-8")), (file, heading)
