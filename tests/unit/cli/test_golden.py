"""`sluice policy test` on a folder of its own, against a model server that answers by a script."""

import json
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from shutil import copytree
from xml.etree import ElementTree as ET

import pytest
from typer.testing import CliRunner, Result

from stream.adapters.policies import PolicyFolder
from stream.cli import app, golden_gate
from stream.cli.golden_gate import passes
from stream.cli.status import Status
from stream.config import load
from stream.ops.evaluation import judging
from tests.unit.engines.model_server import MODEL, ModelServer, Request, completion, response, served
from tests.unit.policies.sample import POLICY

SHIPPED = Path(__file__).parents[3] / "policies"
SET = """title = "Mine"
languages = ["en", "de"]
[thresholds]
recall = 0.5
[policies.rude]
[policies.loud]
[[routes]]
policies = ["rude", "loud"]
"""
CASES = [
    {"id": "insult", "text": "you daft fool", "language": "en", "result": "violates", "clause": "RU1.a",
     "severity": 1, "must_pass": True},
    {"id": "du", "text": "du fool", "language": "de", "result": "violates", "clause": "RU1.a", "severity": 1},
    {"id": "plan", "text": "a daft plan", "language": "en", "result": "safe", "clause": "RS1"},
    {"id": "soup", "text": "good soup", "language": "en", "result": "safe"},
]  # fmt: skip
QUESTIONS = 2 * (len(CASES) + 2)
"""Four cases of two policies, of which the two insults are asked about again at high effort."""

Sluice = Callable[..., Result]


def says(label: str, clause: str | None = None, quote: str = "", severity: int = 0) -> bytes:
    findings = [{"clause": clause, "quote": quote}] if clause else []
    told = {"label": label, "findings": findings, "severity": severity, "confidence": "high"}
    return completion(json.dumps({**told, "rationale": f"It says {quote}.", "remediation": ""}))


async def sound(request: Request) -> bytes:
    """Flags whatever says fool."""
    return says("violates", "RU1.a", "fool", 1) if "fool" in request.user else says("safe")


async def lenient(request: Request) -> bytes:
    """The same, but a policy that speaks of affection lets what is daft pass."""
    policy = request.body["messages"][0]["content"]
    return says("safe") if "affection" in policy and "daft" in request.user else await sound(request)


async def blind(request: Request) -> bytes:
    """Finds everything safe."""
    return says("safe")


def environment(folder: Path, server: ModelServer, tmp_path: Path) -> dict[str, str]:
    return {
        "SLUICE_POLICIES__DIR": str(folder),
        "SLUICE_POLICIES__SET": "mine",
        "SLUICE_JUDGE__ENGINE": "openai",
        "SLUICE_JUDGE__OPENAI__BASE_URL": server.url,
        "SLUICE_JUDGE__OPENAI__MODEL": MODEL,
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
    }


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two policies that differ by their id, with the same golden cases."""
    root = tmp_path / "policies"
    (root / "sets").mkdir(parents=True)
    (root / "sets" / "mine.toml").write_text(SET, "utf-8")
    for name in ("rude", "loud"):
        (root / name).mkdir()
        text = POLICY.replace('id = "rude"', f'id = "{name}"').replace("Rudeness", name.capitalize())
        (root / name / "policy.md").write_text(text, "utf-8")
        (root / name / "tests.jsonl").write_text("".join(json.dumps(case) + "\n" for case in CASES), "utf-8")
    return root


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with served(ModelServer(sound)) as server:
        yield server


@pytest.fixture
def sluice(folder: Path, server: ModelServer, tmp_path: Path) -> Sluice:
    """Runs `sluice policy test` against the server; answers are kept from one call to the next."""
    environ = environment(folder, server, tmp_path)

    def run(*line: str, **more: str) -> Result:
        return CliRunner().invoke(app, ["policy", "test", *line], env={**environ, **more})

    return run


def told(result: Result) -> dict[str, dict[str, object]]:
    lines = map(json.loads, result.stdout.splitlines())
    return {line["policy"]: line for line in lines}


def test_a_second_run_asks_nothing_and_one_after_a_change_only_what_changed(
    sluice: Sluice, server: ModelServer, folder: Path
) -> None:
    # Given a run, in which what was flagged is asked about again at high effort
    first = sluice()
    assert first.exit_code == Status.DONE, first.output
    assert "2 of 2 reach the thresholds of set `mine`" in first.stdout
    assert len(server.asked) == QUESTIONS

    # When it is run once more / Then nobody is asked, and it comes to the same
    again = sluice()
    assert (again.stdout, len(server.asked)) == (first.stdout, QUESTIONS)
    assert f"{QUESTIONS} of {QUESTIONS} answers were remembered" in again.stderr
    assert re.search(r"the oldest \d+\.\d+ s old; --fresh", again.stderr)

    # When one policy is worded anew / Then it alone is asked
    text = folder / "rude" / "policy.md"
    text.write_text(text.read_text("utf-8").replace("somebody real", "anybody real"), "utf-8")
    assert sluice().exit_code == Status.DONE
    assert len(server.asked) == QUESTIONS * 3 // 2

    # When all is wanted afresh / Then all is asked, and nothing is kept
    sluice("rude", "--fresh")
    sluice("rude", "--fresh")
    assert len(server.asked) == QUESTIONS * 5 // 2


def test_who_looks_at_a_promotion_and_then_does_it_pays_once(
    folder: Path, server: ModelServer, tmp_path: Path
) -> None:
    # Given what `sluice policy promote` tries first, with a model that reaches the thresholds
    settings, policies = load(environ=environment(folder, server, tmp_path)).settings, PolicyFolder(folder)
    mine, kept = policies.policy_set("mine"), tmp_path / "answers"
    # When it is tried / Then each case is asked about at its route's effort, and what is flagged again
    assert passes(settings, policies, mine, kept, fresh=False)
    assert len(server.asked) == QUESTIONS
    # When it is tried again / Then nobody is asked
    assert passes(settings, policies, mine, kept, fresh=False)
    assert len(server.asked) == QUESTIONS
    # When all is wanted afresh / Then all is asked
    assert passes(settings, policies, mine, kept, fresh=True)
    assert len(server.asked) == 2 * QUESTIONS


def test_a_promotion_rests_on_no_answer_that_is_older_than_a_day(
    sluice: Sluice, server: ModelServer, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given answers of a sound model, and another model that serves under its name since
    settings, policies = load(environ=environment(folder, server, tmp_path)).settings, PolicyFolder(folder)
    mine, kept = policies.policy_set("mine"), tmp_path / "answers"
    assert sluice("--answers", str(kept)).exit_code == Status.DONE
    server.script = blind
    # When it is tried within a day / Then they count
    hour = 3_600_000
    for later, passed in ((23 * hour, True), (25 * hour, False)):
        now = time.time_ns() // 1_000_000 + later
        monkeypatch.setattr(golden_gate, "now_ms", lambda now=now: now)
        assert passes(settings, policies, mine, kept, fresh=False) is passed


def test_an_interrupted_run_goes_on_where_it_stopped(
    sluice: Sluice, server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a server that after five answers refuses the key
    monkeypatch.setattr(judging, "PAUSE_SECONDS", 0.0)
    one_by_one = {
        "SLUICE_JUDGE__WINDOW": "1",
        "SLUICE_JUDGE__PRIORITY_SLOTS": "0",
        "SLUICE_JUDGE__URGENT_SLOTS": "0",
    }
    answered = 0

    async def failing(request: Request) -> bytes:
        nonlocal answered
        if answered == 5:
            return response("{}", 401)
        answered += 1
        return await sound(request)

    server.script = failing
    stopped = sluice(**one_by_one)
    assert (stopped.exit_code, answered) == (Status.UNAVAILABLE, 5)
    assert "the same command goes on from there" in stopped.stderr

    # When it answers again / Then only the rest is asked
    server.script = sound
    server.asked.clear()
    assert sluice(**one_by_one).exit_code == Status.DONE
    assert len(server.asked) == QUESTIONS - 5


def test_a_case_that_must_pass_and_broke_since_the_version_before_fails_the_run(
    sluice: Sluice, server: ModelServer, folder: Path, tmp_path: Path
) -> None:
    # Given a copy of the folder, and a policy whose new words let an insult pass that must not
    before = copytree(folder, tmp_path / "before")
    kept = tmp_path / "before.jsonl"
    kept.write_text(sluice("--json").stdout, "utf-8")
    text = folder / "rude" / "policy.md"
    text.write_text(text.read_text("utf-8").replace("Belittles a person.", "Without affection."), "utf-8")
    (folder / "sets" / "mine.toml").write_text(
        SET.replace("recall = 0.5", "recall = 0.5\nmust_pass = false"), "utf-8"
    )
    server.script = lenient
    assert sluice("rude").exit_code == Status.DONE
    server.asked.clear()

    # When it is compared with the copy, or with what the run before wrote
    for against in (before, kept):
        xml = tmp_path / "golden.xml"
        result = sluice("--against", str(against), "--junit", str(xml))

        # Then it fails and names the case; the other policy has not changed
        assert result.exit_code == Status.FAILED, result.output
        assert "insult  RU1.a  violates → safe  right → wrong must pass" in result.stdout
        assert "rude: was not wrong before and must pass: insult" in result.stdout
        assert "4 cases compared, 0 newly right, 1 no longer right" in result.stdout
        assert "4 cases compared, 0 newly right, 0 no longer right" in result.stdout
        failed = {test.get("name") for test in ET.parse(xml).iter("testcase") if len(test)}
        assert failed == {"insult", "comparison"}

    # And both versions had been asked before: nobody was again
    assert server.asked == []


def test_what_is_wrong_is_grouped_by_clause_and_no_text_is_shown_unasked(
    sluice: Sluice, server: ModelServer
) -> None:
    # Given an engine that finds the harmless plan rude
    async def severe(request: Request) -> bytes:
        return says("violates", "RU1.b", "daft plan", 2) if "plan" in request.user else await sound(request)

    server.script = severe

    hidden, shown = sluice("rude", "--explain"), sluice("rude", "--explain", "--show-text")

    for result in (hidden, shown):
        assert "RU1.b: 1 wrong, weight 1" in result.stdout
        assert "plan: people safe by RS1, the engine violates by RU1.b" in result.stdout
        assert "Reword first: RU1.b." in result.stdout
    assert "It says [quote]." in hidden.stdout
    assert "daft" not in hidden.stdout
    assert "text: a daft plan" in shown.stdout
    cases = [{"id": "plan", "rationale": "It says [quote]."}]
    blamed = told(sluice("rude", "--explain", "--json"))["rude"]["blamed"]
    assert blamed == [{"clause": "RU1.b", "weight": 1, "cases": cases}]


def test_further_draws_say_how_far_the_engine_agrees_with_itself(sluice: Sluice, server: ModelServer) -> None:
    # Given an engine that, drawn at random, finds every second insult safe
    drawn = 0

    async def wavering(request: Request) -> bytes:
        nonlocal drawn
        if request.body.get("temperature", 0) and "daft fool" in request.user:
            drawn += 1
            return says("safe") if drawn % 2 else await sound(request)
        return await sound(request)

    server.script = wavering

    # When it is asked four times more
    found = told(sluice("rude", "--repeat", "4", "--json"))["rude"]

    # Then that case alone is unstable
    agreement = found["agreement"]
    assert isinstance(agreement, dict)
    assert agreement["draws"] == 4
    assert [one["case"] for one in agreement["cases"] if one["share"] < 1] == ["insult"]
    asked = len(server.asked)
    assert "1 case unstable" in sluice("rude", "--repeat", "4").stdout
    assert len(server.asked) == asked


def test_a_golden_file_that_does_not_fit_is_one_error_with_its_line_and_nothing_is_asked(
    sluice: Sluice, server: ModelServer, folder: Path
) -> None:
    with (folder / "loud" / "tests.jsonl").open("a", encoding="utf-8") as file:
        file.write('{"id": "worse"}\n')

    result = sluice()

    assert (result.exit_code, result.stdout, server.asked) == (Status.USAGE, "", [])
    (line,) = result.stderr.splitlines()
    assert "loud/tests.jsonl:5: this line does not fit" in line


@pytest.mark.parametrize(
    ("against", "status", "says"),
    [
        ("nowhere", Status.USAGE, "neither `promoted` nor a folder or file"),
        ("empty", Status.USAGE, "there is no set `mine`"),
        ("wrong.jsonl", Status.USAGE, "wrong.jsonl:1: this line does not fit"),
    ],
)
def test_what_cannot_be_compared_with_is_said_before_anybody_is_asked(
    sluice: Sluice, server: ModelServer, tmp_path: Path, against: str, status: Status, says: str
) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "wrong.jsonl").write_text("[]\n")

    result = sluice("--against", str(tmp_path / against))

    assert (result.exit_code, server.asked) == (status, [])
    assert says in result.stderr


def test_a_file_that_cannot_be_written_is_refused_before_anybody_is_asked(
    sluice: Sluice, server: ModelServer, tmp_path: Path
) -> None:
    result = sluice("--junit", str(tmp_path / "nowhere" / "golden.xml"))

    assert (result.exit_code, server.asked) == (Status.USAGE, [])
    assert "golden.xml cannot be written. Name a file in a folder that is there" in result.stderr


def test_the_demos_set_is_reached_by_the_exemplar_and_it_is_no_evidence(tmp_path: Path) -> None:
    # Given the shipped policies, the demo's set and the engine that the demo has without a model
    environ = {"SLUICE_POLICIES__DIR": str(SHIPPED), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    line = ["policy", "test", "--set", "demo", "--engine", "exemplar"]

    # When it is tried / Then it reaches what its set asks, which is not much, and claims nothing
    result = CliRunner().invoke(app, line, env=environ)
    assert result.exit_code == Status.DONE, result.output
    assert "2 of 2 reach the thresholds of set `demo`" in result.stdout
    assert "these figures say nothing about a model" in result.stdout
    assert "harassment: not shown to be better than a constant answer" in result.stdout

    # And scripts are told the same, and nothing was written down
    lines = CliRunner().invoke(app, [*line, "--json"], env=environ).stdout.splitlines()
    assert [json.loads(line)["evidence"] for line in lines] == [False, False]
    assert not (tmp_path / "cache").exists()
