"""Bytes by bytes on disk: what a long run has met, whatever it has met, in little memory."""

import os
import sqlite3
from pathlib import Path

from stream.core.errors import BadInput

_SCHEMA = "CREATE TABLE IF NOT EXISTS rows (key BLOB PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID"
_PRIVATE = 0o600


class DiskTable:
    """One SQLite file that only its owner may read. Not for several threads; several processes may share it.

    What was put is on disk at once, but a power cut may take the last of it.
    """

    def __init__(self, path: Path | None = None) -> None:
        """Open the file, or make it; without one the table is gone with its process.

        Raises:
            BadInput: it cannot be written, or is no such file.
        """
        try:
            if path is not None:
                path.parent.mkdir(parents=True, exist_ok=True)
                os.close(os.open(path, os.O_CREAT | os.O_RDWR, _PRIVATE))
            # Without a name SQLite makes a file of its own, which has no name in any folder either.
            self._database = sqlite3.connect(path or "", timeout=30, isolation_level=None)
            if path is not None:
                self._database.execute("PRAGMA journal_mode = WAL")
            self._database.execute(f"PRAGMA synchronous = {'NORMAL' if path is not None else 'OFF'}")
            self._database.execute(_SCHEMA)
        except (OSError, sqlite3.DatabaseError) as error:
            raise BadInput(f"{path} cannot keep judgements: {error}. Name another file") from error

    def get(self, key: bytes) -> bytes | None:
        """What stands under a key; None where nothing does."""
        row = self._database.execute("SELECT value FROM rows WHERE key = ?", (key,)).fetchone()
        return None if row is None else row[0]

    def put(self, key: bytes, value: bytes) -> None:
        """Write a row, in place of one that was there."""
        self._database.execute("INSERT OR REPLACE INTO rows VALUES (?, ?)", (key, value))

    def is_new(self, key: bytes) -> bool:
        """Whether this is the first time that a key is met; from now on it is known."""
        cursor = self._database.execute("INSERT OR IGNORE INTO rows VALUES (?, x'')", (key,))
        return cursor.rowcount == 1

    def __len__(self) -> int:
        """How many rows it holds."""
        return int(self._database.execute("SELECT count(*) FROM rows").fetchone()[0])

    def close(self) -> None:
        """Close the file."""
        self._database.close()
