"""What only a store in a file can get wrong."""

import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from stream.client import LastRecord, Misconfigured, SqliteVerdicts

# Each batch holds one record that says where the batch ends: whatever survives, the two must agree.
WRITER = """
import sys
from stream.client import LastRecord, SqliteVerdicts
store = SqliteVerdicts(sys.argv[1])
store.open("log")
for end in range(1, 1_000_000):
    rows = [(f"id-{end}-{n}", LastRecord(0, end, b"x" * 300)) for n in range(20)]
    store.apply([*rows, ("end", LastRecord(0, end, str(end).encode()))], {0: end})
    print(end, flush=True)
"""


def test_a_kill_leaves_verdicts_and_offsets_of_the_same_moment(tmp_path: Path) -> None:
    path = tmp_path / "verdicts.db"
    saved = 0
    for _ in range(3):
        # Given a process that saves batch after batch
        child = subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE)
        assert child.stdout is not None
        told = [int(child.stdout.readline()) for _ in range(20)]
        # When it is killed wherever it happens to be
        os.kill(child.pid, signal.SIGKILL)
        child.communicate()
        # Then position and record of one batch are there, of none before one that was acknowledged
        store = SqliteVerdicts(path)
        saved = store.open("log")[0]
        last = store.get("end")
        store.close()
        assert last is not None
        assert last.value == str(saved).encode()
        assert saved >= told[-1]


def test_an_apply_that_fails_leaves_everything_as_it_was(tmp_path: Path) -> None:
    # Given a store
    store = SqliteVerdicts(tmp_path / "verdicts.db")
    store.open("log")
    store.apply([("a", LastRecord(0, 1, b"1"))], {0: 1})
    before = store.changed_since(0, 10)
    # When the second record of a batch cannot be saved
    unfit = LastRecord(0, 1, object())  # type: ignore[arg-type]
    with pytest.raises(sqlite3.Error):
        store.apply([("a", LastRecord(0, 1, b"2")), ("b", unfit)], {0: 3})
    # Then neither the first nor the position is there, and the store goes on
    assert (store.get("a"), store.get("b")) == (LastRecord(0, 1, b"1"), None)
    assert (store.open("log"), store.changed_since(0, 10)) == ({0: 1}, before)
    store.apply([("b", LastRecord(0, 1, b"2"))], {0: 2})
    assert store.open("log") == {0: 2}
    store.close()


def test_a_second_process_is_refused_by_name(tmp_path: Path) -> None:
    # Given a store in use
    path = tmp_path / "verdicts.db"
    store = SqliteVerdicts(path)
    # When another process opens it
    script = f"from stream.client import SqliteVerdicts; SqliteVerdicts({str(path)!r})"
    other = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    # Then it is told what is wrong and what to do
    assert other.returncode != 0
    assert f"Misconfigured: {path}: in use by another process. Give each reader its own file." in other.stderr
    store.close()


def test_a_file_that_is_no_store_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("These are notes, and long enough to be seen as no database at all. " * 20)
    with pytest.raises(Misconfigured, match=r"notes\.txt: file is not a database\. Name a file"):
        SqliteVerdicts(path)


def test_a_store_of_another_form_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "verdicts.db"
    SqliteVerdicts(path).close()
    database = sqlite3.connect(path)
    database.execute("PRAGMA user_version = 99")
    database.close()
    with pytest.raises(Misconfigured, match=r"another version of this library\. Delete it") as refusal:
        SqliteVerdicts(path)
    # And the file is left to others, while the refusal is still looked at
    database = sqlite3.connect(path, timeout=0)
    database.execute("PRAGMA user_version = 1")
    database.close()
    del refusal


def test_a_folder_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match=r"missing/verdicts\.db: unable to open"):
        SqliteVerdicts(tmp_path / "missing" / "verdicts.db")


def test_marks_go_on_beyond_those_that_a_power_cut_took_back(tmp_path: Path) -> None:
    # Given a store whose last change was told, and then lost with the power
    path = tmp_path / "verdicts.db"
    store = SqliteVerdicts(path)
    store.apply([("a", LastRecord(0, 1, b"{}")), ("b", LastRecord(0, 1, b"{}"))], {0: 2})
    told = store.changed_since(0, 10)[-1][0]
    store.close()
    database = sqlite3.connect(path)
    database.execute("DELETE FROM verdict WHERE id = 'b'")
    database.execute("UPDATE position SET next = 1")
    database.commit()
    database.close()
    # When the log is read again, with one record more before it
    store = SqliteVerdicts(path)
    store.apply([("c", LastRecord(0, 1, b"{}")), ("b", LastRecord(0, 1, b"{}"))], {0: 3})
    # Then both are changes after what was told
    assert [content_id for _, content_id in store.changed_since(told, 10)] == ["c", "b"]
    store.close()
