"""`sluice policy import`: what it writes, what it tells, and that nothing is half-written."""

import gzip
import json
from pathlib import Path
from shutil import copytree

import pytest
from typer.testing import CliRunner

from stream.adapters.policies import PolicyFolder
from stream.cli import app
from stream.cli.status import Status
from tests.unit.policies.pack.sample import PACK, ROWS

SHIPPED = Path(__file__).parents[3] / "policies"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return copytree(SHIPPED, tmp_path / "policies")


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """A folder of one policy, with a licence above it and labelled rows beside it."""
    source = tmp_path / "pack" / "example_policies" / "loud-noise"
    source.mkdir(parents=True)
    (source / "policy.md").write_text(PACK, "utf-8")
    (tmp_path / "pack" / "LICENSE").write_text("\n  Some Free License\n  Version 3\nmore\n", "utf-8")
    rows = "".join(json.dumps(row) + "\n" for row in ROWS)
    (tmp_path / "rows.jsonl.gz").write_bytes(gzip.compress(rows.encode()))
    return tmp_path / "pack"


def run(folder: Path, *arguments: str | Path) -> tuple[int, str, str]:
    line = ["policy", "import", *map(str, arguments)]
    env = {"SLUICE_POLICIES__DIR": str(folder)}
    result = CliRunner().invoke(app, line, env=env, prog_name="sluice")
    return result.exit_code, result.stdout, result.stderr


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_pack_becomes_a_policy_with_golden_cases_and_lint_says_what_is_missing(
    folder: Path, pack: Path
) -> None:
    status, out, _ = run(folder, pack / "example_policies", pack.parent / "rows.jsonl.gz")

    assert status == Status.DONE
    policy = PolicyFolder(folder).policy("loud-noise")
    assert policy.version == "0.1"
    assert "Some Free License Version 3" in policy.reviewers
    assert "example_policies/loud-noise/policy.md" in policy.reviewers
    assert str(pack) not in policy.reviewers
    assert len(PolicyFolder(folder).golden(policy)) == 3
    assert "[left-unsaid]" in out
    assert "1 row passed over: too near an example" in out
    for row in ROWS:
        assert str(row["text"]) not in out


def test_nothing_is_overwritten_unasked(folder: Path, pack: Path) -> None:
    assert run(folder, pack / "example_policies")[0] == Status.DONE
    before = files(folder)
    (folder / "loud-noise" / "notices.toml").write_text("", "utf-8")

    status, _, err = run(folder, pack / "example_policies")
    assert status == Status.USAGE
    assert "--force" in err

    assert run(folder, pack / "example_policies", "--force")[0] == Status.DONE
    assert files(folder) == before


def test_what_was_locked_is_imported_again_under_a_new_version(folder: Path, pack: Path) -> None:
    run(folder, pack / "example_policies")
    PolicyFolder(folder).write_lock()
    source = pack / "example_policies" / "loud-noise" / "policy.md"
    source.write_text(source.read_text("utf-8").replace("Loud words", "Very loud words"), "utf-8")

    assert run(folder, source, "--force")[0] == Status.DONE
    assert PolicyFolder(folder).policy("loud-noise").version == "0.2"


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("rows.jsonl", b'{"id": "a"}\n', "rows.jsonl:1: this line does not fit"),
        ("rows.jsonl", b"{}\n", "rows.jsonl:1: this line does not fit"),
        ("rows.jsonl.gz", b"not gzip", "rows.jsonl.gz:1: cannot be read"),
        ("rows.jsonl", b"\xff\xfe", "rows.jsonl:1: not UTF-8"),
        ("policy.md", b"# Words\n\nNothing is forbidden.\n", "policy.md:1: nothing that violates was found"),
        ("policy.md", b"\n\xff", "policy.md:2: not UTF-8"),
        (
            "policy.md",
            b'# Words (#WD)\n\n## Bad words (WD1 - bad)\n\n- WD1.a Bad: "bad"\n',
            "no examples of both sides",
        ),
    ],
)
def test_bad_input_is_one_error_with_its_place_and_writes_nothing(
    folder: Path, pack: Path, tmp_path: Path, name: str, data: bytes, says: str
) -> None:
    # Given a file that cannot be read beside one that can
    before = files(folder)
    (tmp_path / name).write_bytes(data)

    status, out, err = run(folder, pack / "example_policies", tmp_path / name)

    assert status == 2
    assert says in err
    assert len(err.splitlines()) == 1
    assert out == ""
    assert files(folder) == before


def test_rows_without_their_policies_say_which_are_meant(folder: Path, pack: Path) -> None:
    status, _, err = run(folder, pack.parent / "rows.jsonl.gz")
    assert status == Status.USAGE
    assert "loud-noise" in err
