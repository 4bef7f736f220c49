"""The command line as a person or script meets it: help, exit statuses, one clear sentence where it fails."""

import json
import logging
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from stream.cli import app, context
from stream.cli.status import ABOUT, Status, status_of
from stream.core.errors import Defect, Fenced, Misconfigured, PolicyInvalid, Unavailable
from stream.ops.decision import NothingToDecide

NOWHERE = {"SLUICE_KAFKA__BOOTSTRAP_SERVERS": "127.0.0.1:1"}
COMMANDS = [
    "run gate", "run triage", "run judge", "run ledger", "topics create", "topics check", "publish",
    "verdicts", "trace", "decide", "dlq list", "dlq replay", "config show", "config check", "version", "demo",
    "health", "canary", "policy lock", "policy lint", "policy test", "pause", "resume", "pauses",
    "policy promote", "policy show", "policy withdraw", "rules check", "rules try", "rules publish",
    "rules withdraw",
]  # fmt: skip


@pytest.fixture(autouse=True)
def _nothing_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.chdir(tmp_path)
    for name in ("SLUICE_CONFIG", "KAFKA_BOOTSTRAP_SERVERS"):
        monkeypatch.delenv(name, raising=False)
    root = logging.getLogger()
    before = root.handlers[:]
    yield
    root.handlers[:] = before


def run(line: str, environ: dict[str, str] | None = None) -> tuple[int, str, str]:
    """Status, standard output and standard error of a command."""
    result = CliRunner().invoke(app, line.split(), env=environ, prog_name="sluice")
    return result.exit_code, result.stdout, result.stderr


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_says_what_it_does(command: str) -> None:
    status, out, _ = run(f"{command} --help")
    assert status == Status.DONE
    assert f"sluice {command}" in out


EXEMPLIFIED = [
    "publish", "verdicts", "trace", "decide", "health", "run", "run gate", "run triage", "run judge",
    "run ledger", "config show", "config check", "canary", "policy lock", "policy lint", "policy test",
    "pause", "resume", "pauses", "policy promote", "policy show", "policy withdraw",
    "rules check", "rules try", "rules publish", "rules withdraw",
]  # fmt: skip


@pytest.mark.parametrize("command", EXEMPLIFIED)
def test_commands_for_people_come_with_examples(command: str) -> None:
    _, out, _ = run(f"{command} --help")
    assert "Examples" in out
    assert out.count(f"sluice {command}") > 1


def test_the_first_help_lists_every_exit_status() -> None:
    _, out, _ = run("--help")
    told = " ".join(out.split())
    for status, about in ABOUT.items():
        assert f"{status.value} {about}" in told
    assert set(ABOUT) == set(Status)


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (Misconfigured("x"), Status.MISCONFIGURED),
        (PolicyInvalid("policy.md", 1, "x", "Mend it"), Status.USAGE),
        (Unavailable("x"), Status.UNAVAILABLE),
        (Fenced("x"), Status.FENCED),
        (NothingToDecide("x"), Status.NOT_FOUND),
        (Defect("x"), Status.FAILED),
    ],
)
def test_an_error_has_the_status_of_its_class(error: Exception, status: Status) -> None:
    assert status_of(error) is status  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "line",
    [
        "nonsense",
        "trace",
        "decide post-1 perhaps --reason x",
        "dlq replay",
        "publish x",
        "pause review",
        "resume",
    ],
)
def test_a_line_that_means_nothing_ends_with_the_status_of_usage(line: str) -> None:
    status, _, err = run(line)
    assert status == Status.USAGE
    assert "Usage: sluice" in err


WINDOW = "--from 2026-11-16 --to 2026-11-23"


@pytest.mark.parametrize(
    "line",
    [
        "policy promote default",
        "policy rollback",
        "decide post-1 remove",
        "pause remove",
        "rules publish wave.toml",
        f"revert --digest sha256:0 {WINDOW} --ticket 1",
        f"recheck --policy hate {WINDOW} --ticket 1",
    ],
)
@pytest.mark.parametrize(
    ("option", "value", "says"),
    [
        ("--reason", "x" * 1_001, "it has 1,001 characters, and the record takes 1,000"),
        ("--reason", "\udcff", "it is no UTF-8 text"),
        ("--by", "x" * 129, "it has 129 characters, and the record takes 128"),
        ("--by", "", "it is empty"),
    ],
    ids=["long", "bytes", "who", "nobody"],
)
def test_what_no_record_takes_is_refused_before_anything_is_read_or_asked(
    line: str, option: str, value: str, says: str
) -> None:
    # Given a broker and an engine that are not there / When the line is typed
    words = [*line.split(), *(() if option == "--reason" else ("--reason", "x")), option, value]
    result = CliRunner().invoke(app, words, env=NOWHERE, prog_name="sluice")
    # Then what is wrong with it is all that is said
    assert result.exit_code == Status.USAGE
    assert says in " ".join(result.stderr.replace("│", " ").split())


@pytest.mark.parametrize(
    "line",
    [
        "topics check",
        "topics create",
        "verdicts",
        "trace post-1",
        "decide post-1 remove --reason x",
        "dlq list",
        "pause remove",
        "resume release --policy spam",
        "pauses",
        "policy withdraw",
    ],
)
def test_a_broker_that_is_not_there_is_one_sentence_and_a_status(
    line: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(context, "PATIENCE_SECONDS", 0.5)
    status, out, err = run(line, NOWHERE)
    assert (status, out) == (Status.UNAVAILABLE, "")
    assert err.startswith("sluice: ")
    assert "kafka.bootstrap_servers" in err
    assert err.count("\n") == 1


def test_settings_that_do_not_hold_stop_any_command_with_all_their_problems() -> None:
    status, _, err = run("topics check", {"SLUICE_GATE__BATH": "3", "SLUICE_JUDGE__WINDOW": "many"})
    assert status == Status.MISCONFIGURED
    assert err.startswith("sluice: 2 problems in the settings:")
    assert "did you mean `gate.batch`?" in err


def test_commands_that_need_no_settings_do_not_read_them() -> None:
    assert run("version", {"SLUICE_GATE__BATH": "3"})[0] == Status.DONE


def test_the_settings_file_can_be_named_on_the_line(tmp_path: Path) -> None:
    (tmp_path / "my.toml").write_text("[gate]\nbatch = 77\n", encoding="utf-8")
    status, out, _ = run(f"--config {tmp_path / 'my.toml'} config show --json")
    assert status == Status.DONE
    assert json.loads(out)["gate.batch"] == {"value": 77, "origin": f"{tmp_path / 'my.toml'}, line 2"}


def test_what_config_show_prints_is_a_settings_file_without_secrets() -> None:
    environ = {
        "SLUICE_KAFKA__SASL__MECHANISM": "SCRAM-SHA-512",
        "SLUICE_KAFKA__SASL__USERNAME": "sluice",
        "SLUICE_KAFKA__SASL__PASSWORD": "geheim",
    }
    for line in ("config show", "config show --explain", "config show --json"):
        status, out, _ = run(line, environ)
        assert status == Status.DONE
        assert "geheim" not in out
    assert tomllib.loads(run("config show --explain", environ)[1])["kafka"]["sasl"]["username"] == "sluice"


def test_config_check_says_that_the_settings_hold_and_where_they_come_from(tmp_path: Path) -> None:
    (tmp_path / "sluice.toml").write_text("[gate]\nbatch = 77\n", encoding="utf-8")
    assert run("config check") == (Status.DONE, "the settings hold (sluice.toml)\n", "")
    (tmp_path / "sluice.toml").write_text("[gate]\nbatch = 0\n", encoding="utf-8")
    assert run("config check")[0] == Status.MISCONFIGURED


def test_version_is_for_people_and_scripts() -> None:
    assert run("version")[1].startswith("sluice ")
    assert json.loads(run("version --json")[1])["sluice"]


@pytest.mark.parametrize("length", ["5", "5x", "-5m", "h", ""])
def test_a_length_of_time_that_is_none_is_refused_with_how_to_write_one(length: str) -> None:
    result = CliRunner().invoke(app, ["dlq", "list", "--since", length])
    assert result.exit_code == Status.USAGE
    assert "30m" in result.stderr


def test_a_processs_last_error_is_in_its_log_and_its_status(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    # Given processes that end by an error of ours, and by a bug that quotes a post
    from stream import wiring

    def ours(_: object) -> None:
        raise Fenced("another gate has this name")

    def bug(_: object) -> None:
        raise ValueError("what somebody wrote")

    for work, expected, said in (
        (ours, Status.FENCED, "another gate has this name"),
        (bug, Status.FAILED, "ValueError"),
    ):
        monkeypatch.setattr(wiring, "run_gate", work)
        # When one is run
        result = CliRunner().invoke(app, ["run", "gate"])
        # Then its last line says so, and nothing of a post
        assert result.exit_code == expected
        last = json.loads(result.stderr.splitlines()[-1])
        assert last["level"] == "critical"
        assert said in json.dumps(last)
        assert "somebody" not in result.stderr


def test_no_command_waits_for_what_it_does_not_need() -> None:
    # When the command line is loaded, then what only some commands need is not
    import subprocess

    loaded = "import sys, stream.cli; print([name for name in ('sklearn', 'vllm') if name in sys.modules])"
    found = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
