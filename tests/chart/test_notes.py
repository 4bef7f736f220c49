"""What Helm prints after an install: the next step, in commands that exist."""

import re
import shlex

import pytest
import typer

from stream.cli.application import app
from tests.chart.rendering import EXAMPLES, ROOT, Helm


def notes(helm: Helm, example: str, *values: str) -> str:
    """As `helm install` would print them."""
    done = helm.run(
        *("install", "sluice", "deploy/helm", "--dry-run=client", "--namespace", "trust"),
        *("--values", EXAMPLES[example]),
        *(word for value in values for word in ("--set", value)),
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.partition("NOTES:\n")[2]


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_command_of_sluice_in_the_notes_exists(helm: Helm, example: str) -> None:
    told = re.findall(r"-- (sluice .*)", notes(helm, example))
    assert len(told) >= 3
    root = typer.main.get_command(app)
    for line in told:
        words = shlex.split(line)[1:]
        command = root
        while words and (found := getattr(command, "commands", {}).get(words[0])):
            command, words = found, words[1:]
        assert command is not root, line
        command.make_context("sluice", words, resilient_parsing=False)


def test_what_the_notes_name_is_rendered(helm: Helm) -> None:
    names = {found["metadata"]["name"] for found in helm.render("gpu").objects}
    named = re.findall(r"\b(?:sts|deploy|svc)/(\S+)", notes(helm, "gpu"))
    assert named
    assert set(named) <= names


def test_the_notes_say_how_to_read_why_the_topics_job_failed(helm: Helm) -> None:
    # Given the command that the notes name, and the install page's for release and namespace `trust`
    [selector] = re.findall(r"kubectl -n trust logs --prefix -l (\S+)", notes(helm, "minimal"))
    page = (ROOT / "docs/install.md").read_text("utf-8")
    assert f"logs --prefix -l {selector.replace('instance=sluice', 'instance=trust')}" in page
    # Then it asks for the job's pods and no others
    asked = dict(pair.split("=") for pair in selector.split(","))
    workloads = [found for found in helm.render("minimal").objects if "template" in found.get("spec", {})]
    matched = [
        found["kind"]
        for found in workloads
        if asked.items() <= found["spec"]["template"]["metadata"]["labels"].items()
    ]
    assert matched == ["Job"]


def test_the_notes_say_what_still_lacks(helm: Helm) -> None:
    assert "Nobody is told when verdicts stop" in notes(helm, "minimal")
    assert "Nobody is told when verdicts stop" not in notes(helm, "gpu")
    assert "exemplar engine" in notes(helm, "minimal")


@pytest.mark.parametrize(("url", "told"), [("", True), ("http://prometheus", False)])
def test_the_notes_say_that_without_a_prometheus_lag_alone_decides(helm: Helm, url: str, told: bool) -> None:
    said = notes(helm, "gpu", f"judge.keda.prometheus.url={url}")
    assert ("The judge scales on lag alone" in said) is told
