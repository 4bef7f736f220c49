"""A reader's state in one SQLite file: a restarted app reads only what it missed."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from stream.client.store import LastRecord, Positions, Records, first_mark
from stream.core.errors import Misconfigured

_FORM = 1

_TABLES = """
CREATE TABLE verdict (
    id TEXT PRIMARY KEY,
    partition INTEGER NOT NULL,
    written INTEGER NOT NULL,
    mark INTEGER NOT NULL,
    value BLOB
) WITHOUT ROWID;
CREATE INDEX verdict_by_mark ON verdict (mark);
CREATE TABLE position (partition INTEGER PRIMARY KEY, next INTEGER NOT NULL);
CREATE TABLE log (name TEXT NOT NULL);
"""
_KEEP = """
INSERT INTO verdict (id, partition, written, mark, value) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (id) DO UPDATE SET
    partition = excluded.partition, written = excluded.written, mark = excluded.mark, value = excluded.value
WHERE excluded.partition = verdict.partition OR excluded.written >= verdict.written
"""
_MOVE = "INSERT INTO position VALUES (?, ?) ON CONFLICT (partition) DO UPDATE SET next = excluded.next"


class SqliteVerdicts:
    """A store in a file, for one process at a time. Verdicts and offsets are saved in one transaction.

    After a power cut the last moments may be missing, of both alike; the reader reads them again.

    Args:
        path: the file, made if it is missing. Its folder must be there, on a local disk.

    Raises:
        Misconfigured: it cannot be opened, is another process's now, or is no store of this library.
    """

    def __init__(self, path: str | Path) -> None:
        self._path = str(path)
        self._lock = threading.Lock()
        self._closed = False
        try:
            self._database = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=1.0)
            with ExitStack() as refusing:
                refusing.callback(self._database.close)
                self._prepare()
                refusing.pop_all()
        except sqlite3.Error as error:
            raise self._refusal(error) from error
        self._mark = self._last_mark()

    def open(self, log: str) -> dict[int, int]:
        """See `VerdictStore`."""
        (known,) = self._database.execute("SELECT name FROM log").fetchone()
        if known != log:
            self.clear()
            self._database.execute("UPDATE log SET name = ?", (log,))
        return dict(self._database.execute("SELECT partition, next FROM position"))

    def apply(self, records: Records, positions: Positions) -> None:
        """See `VerdictStore`."""
        rows = []
        for content_id, record in records:
            self._mark += 1
            rows.append((content_id, record.partition, record.written, self._mark, record.value))
        with self._transaction():
            self._database.executemany(_KEEP, rows)
            self._database.executemany(_MOVE, positions.items())

    def get(self, content_id: str) -> LastRecord | None:
        """See `VerdictStore`."""
        with self._lock:
            if self._closed:
                return None
            row = self._database.execute(
                "SELECT partition, written, value FROM verdict WHERE id = ?", (content_id,)
            ).fetchone()
        return LastRecord(*row) if row else None

    def changed_since(self, mark: int, limit: int) -> list[tuple[int, str]]:
        """See `VerdictStore`."""
        with self._lock:
            return self._database.execute(
                "SELECT mark, id FROM verdict WHERE mark > ? ORDER BY mark LIMIT ?", (mark, limit)
            ).fetchall()

    def clear(self) -> None:
        """See `VerdictStore`."""
        with self._transaction():
            self._database.execute("DELETE FROM verdict")
            self._database.execute("DELETE FROM position")

    def close(self) -> None:
        """See `VerdictStore`."""
        with self._lock:
            self._closed = True
            self._database.close()

    def _prepare(self) -> None:
        """Take the file for this process alone: two readers would set each other's positions back."""
        for setting in ("locking_mode = EXCLUSIVE", "journal_mode = WAL", "synchronous = NORMAL"):
            self._database.execute(f"PRAGMA {setting}").fetchall()
        (form,) = self._database.execute("PRAGMA user_version").fetchone()
        if form == 0:
            with self._transaction():
                for statement in _TABLES.split(";"):
                    self._database.execute(statement)
                self._database.execute("INSERT INTO log VALUES ('')")
                self._database.execute(f"PRAGMA user_version = {_FORM}")
        elif form != _FORM:
            raise Misconfigured(
                f"{self._path}: written by another version of this library. "
                "Delete it: the reader fills it anew from Kafka."
            )

    def _last_mark(self) -> int:
        """Beyond every mark ever given, those included that a power cut took back."""
        (last,) = self._database.execute("SELECT max(mark) FROM verdict").fetchone()
        return max(last or 0, first_mark())

    def _refusal(self, error: sqlite3.Error) -> Misconfigured:
        if "locked" in str(error):
            return Misconfigured(f"{self._path}: in use by another process. Give each reader its own file.")
        return Misconfigured(f"{self._path}: {error}. Name a file that may be made or is a reader's store.")

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with self._lock:
            self._database.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._database.execute("ROLLBACK")
                raise
            self._database.execute("COMMIT")
