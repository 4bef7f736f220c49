"""Policies on disk: found, read, and reloaded while the process runs."""

import logging
import shutil
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from stream.adapters.policies import LivePolicySet, PolicyFolder, find_folder
from stream.core.errors import Misconfigured, PolicyInvalid
from tests.unit.policies.sample import POLICY

SET = 'title = "T"\nlanguages = ["en"]\n[policies.rude]\n[[routes]]\npolicies = ["rude"]\n'


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "sets").mkdir()
    (tmp_path / "rude").mkdir()
    (tmp_path / "rude" / "policy.md").write_text(POLICY, encoding="utf-8")
    (tmp_path / "sets" / "default.toml").write_text(SET, encoding="utf-8")
    return tmp_path


@pytest.fixture
def edit(root: Path) -> Callable[[str, str], None]:
    """Replaces a part of the policy's file."""

    def replace(before: str, after: str) -> None:
        path = root / "rude" / "policy.md"
        path.write_text(path.read_text(encoding="utf-8").replace(before, after), encoding="utf-8")

    return replace


def test_an_edit_comes_into_force_without_a_restart(root: Path, edit: Callable[[str, str], None]) -> None:
    live = LivePolicySet(PolicyFolder(root), "default")
    before = live.current()
    assert not live.refresh()

    edit("somebody real", "somebody who is real")

    assert live.refresh()
    assert live.current().digest != before.digest
    assert (live.reloads, live.refused) == (1, 0)
    assert not live.refresh()


def test_a_broken_edit_leaves_the_last_good_set_in_force(
    root: Path, edit: Callable[[str, str], None], caplog: pytest.LogCaptureFixture
) -> None:
    # Given a set in force
    live = LivePolicySet(PolicyFolder(root), "default")
    before = live.current()

    # When somebody breaks a policy, and the files are looked at more than once
    edit("Test: is harm announced?\n", "")
    with caplog.at_level(logging.ERROR):
        assert not live.refresh()
        assert not live.refresh()

    # Then the old set stays, and the mistake is logged and counted once
    assert live.current() == before
    assert live.refused == 1
    assert "no `Test:` line" in caplog.text

    # And when it is mended, the mended text is in force
    edit("Severity: 2 vague", "Test: is harm announced, now?\nSeverity: 2 vague")
    assert live.refresh()
    assert (live.reloads, live.refused) == (1, 1)


def test_a_vanished_policy_leaves_the_last_good_set_in_force(root: Path) -> None:
    live = LivePolicySet(PolicyFolder(root), "default")

    shutil.rmtree(root / "rude")

    assert not live.refresh()
    assert live.refused == 1
    assert live.current().policies["rude"].title == "Rudeness"


def test_a_new_notice_is_in_force_under_the_same_digest(root: Path) -> None:
    live = LivePolicySet(PolicyFolder(root), "default")
    digest = live.current().digest

    (root / "rude" / "notices.toml").write_text(
        '["RU1.a"]\nen="Kind."\n["RU1.b"]\nen="Calm."\n', encoding="utf-8"
    )

    assert live.refresh()
    assert live.current().digest == digest
    assert live.current().notice_texts(["rude/ru1.a"]) == {"rude/ru1.a:en": "Kind."}


def test_golden_cases_and_reviewers_notes_change_nothing_that_is_in_force(root: Path) -> None:
    live = LivePolicySet(PolicyFolder(root), "default")
    before = live.current()

    (root / "rude" / "tests.jsonl").write_text("", encoding="utf-8")
    (root / "rude" / "reviewers.md").write_text("Read slowly.", encoding="utf-8")

    assert not live.refresh()
    assert live.current() == before


def test_the_digest_names_the_bytes_on_disk(root: Path) -> None:
    written = POLICY.replace("\n", "\r\n").encode()
    (root / "rude" / "policy.md").write_bytes(written)

    assert PolicyFolder(root).policy("rude").digest == "sha256:" + sha256(written).hexdigest()


@pytest.mark.parametrize(
    ("name", "bytes_", "says"),
    [
        ("rude/policy.md", b'+++\nid = "r\xff"', "policy.md:2: not UTF-8"),
        (
            "rude/policy.md",
            POLICY.replace('"rude"', '"crude"').encode(),
            "policy `crude` lies in the folder `rude`",
        ),
        ("rude/tests.jsonl", b'\n{"id": "a"}\n', "tests.jsonl:2: this line does not fit"),
    ],
)
def test_a_file_that_does_not_fit_is_named(root: Path, name: str, bytes_: bytes, says: str) -> None:
    (root / name).write_bytes(bytes_)
    folder = PolicyFolder(root)

    with pytest.raises(PolicyInvalid, match=says.replace(".", r"\.")):
        folder.golden(folder.policy("rude"))


def test_a_lock_is_written_of_what_lies_here_and_says_what_is_new(root: Path) -> None:
    # Given a folder without a lock
    folder = PolicyFolder(root)
    assert folder.lock() == {}

    # When it is locked, twice
    assert folder.write_lock() == ["rude@1.0"]
    written = (root / "policies.lock").read_bytes()
    assert folder.write_lock() == []

    # Then the lock names the text, and the second time changed nothing
    assert folder.lock() == {"rude@1.0": folder.policy("rude").digest}
    assert (root / "policies.lock").read_bytes() == written


def test_a_locked_text_changes_only_with_its_version(root: Path, edit: Callable[[str, str], None]) -> None:
    # Given a locked policy
    folder = PolicyFolder(root)
    folder.write_lock()
    first = folder.lock()

    # When its text changes and its version does not
    edit("somebody real", "somebody who is real")

    # Then neither can it be read nor locked, and the lock is as it was
    for refused in (lambda: folder.policy("rude"), folder.write_lock):
        with pytest.raises(
            PolicyInvalid, match=r"policy\.md:3: version 1\.0 of `rude` was locked with another"
        ):
            refused()
    assert folder.lock() == first

    # And with a new version it is locked beside the old one
    edit('version = "1.0"', 'version = "1.1"')
    assert folder.write_lock() == ["rude@1.1"]
    assert folder.lock() == {**first, "rude@1.1": folder.policy("rude").digest}


def test_an_edit_of_a_locked_version_does_not_come_into_force(
    root: Path, edit: Callable[[str, str], None]
) -> None:
    PolicyFolder(root).write_lock()
    live = LivePolicySet(PolicyFolder(root), "default")
    before = live.current()

    edit("somebody real", "somebody who is real")

    assert not live.refresh()
    assert (live.current(), live.refused, live.stale) == (before, 1, True)


def test_a_lock_that_cannot_be_read_is_named_and_is_not_written_over(root: Path) -> None:
    (root / "policies.lock").write_text("# a remark\n<<<<<<< HEAD\n", encoding="utf-8")
    folder = PolicyFolder(root)

    for refused in (lambda: folder.policy("rude"), folder.write_lock):
        with pytest.raises(PolicyInvalid, match=r"policies\.lock:2: a line that is no `id@version"):
            refused()
    assert "<<<<<<< HEAD" in (root / "policies.lock").read_text(encoding="utf-8")


def test_a_broken_policy_leaves_the_lock_as_it_was(root: Path, edit: Callable[[str, str], None]) -> None:
    edit("Test: is harm announced?\n", "")

    with pytest.raises(PolicyInvalid, match="no `Test:` line"):
        PolicyFolder(root).write_lock()

    assert not (root / "policies.lock").exists()


def test_a_set_that_does_not_exist_names_the_nearest(root: Path) -> None:
    with pytest.raises(PolicyInvalid, match=r"there is no set `defualt`\. Did you mean `default`\?"):
        PolicyFolder(root).policy_set("defualt")


def test_the_folder_is_the_configured_one_or_the_checkouts(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(root)

    assert find_folder(root) == root
    assert (find_folder(Path("policies")) / "sets" / "default.toml").is_file()
    with pytest.raises(Misconfigured, match=r"Set `policies\.dir`"):
        find_folder(Path("nowhere"))
