"""A file of answers, by what was asked: one SQLite database for one person, on one machine."""

import os
import sqlite3
from hashlib import sha256
from pathlib import Path

from msgspec import DecodeError, Struct
from msgspec.msgpack import Decoder, Encoder

from stream.core.errors import BadInput
from stream.core.judgement import Answer, Question
from stream.core.prompt import developer_message, user_message

_SCHEMA = "CREATE TABLE IF NOT EXISTS answers (key BLOB PRIMARY KEY, kept BLOB NOT NULL) WITHOUT ROWID"
_PRIVATE = 0o600


class Kept(Struct, frozen=True, array_like=True):
    """An answer, how many seconds the engine took for it, and when it came.

    `at` is in ms since 1970; 0 where it was kept before that was written down.
    """

    answer: Answer
    seconds: float
    at: int = 0


def answer_key(question: Question, model: str) -> bytes:
    """What an answer depends on, as 32 bytes: both messages whole, effort, model and draw.

    The messages hold the content, its thread, the rendered policies and the prompt's template, and nothing of
    the case that asks.

    Args:
        question: what is asked.
        model: the engine's own name, for a question that names no model.
    """
    parts = (
        developer_message(question.policies),
        user_message(question),
        question.effort.value,
        question.model or model,
        str(question.draw),
    )
    return sha256(b"\xff".join(part.encode(errors="surrogatepass") for part in parts)).digest()


class AnswerStore:
    """Every answer is on disk when `put` returns. Not for several threads; several processes may share it.

    It holds what a model wrote about posts, so only its owner may read it.
    """

    def __init__(self, path: Path, since: int = 0) -> None:
        """Open the file, or make it.

        Args:
            path: the file.
            since: what came before then is passed over; ms since 1970.

        Raises:
            BadInput: it cannot be written, or is no such file.
        """
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, _PRIVATE))
            self._database = sqlite3.connect(path, timeout=30, isolation_level=None)
            self._database.execute("PRAGMA journal_mode = WAL")
            self._database.execute("PRAGMA synchronous = NORMAL")
            self._database.execute(_SCHEMA)
        except (OSError, sqlite3.DatabaseError) as error:
            raise BadInput(f"{path} cannot keep answers: {error}. Name another file") from error
        self._since = since

    def get(self, key: bytes) -> Kept | None:
        """What was answered; None where nothing was, or too long ago, or nothing that this version reads."""
        row = self._database.execute("SELECT kept FROM answers WHERE key = ?", (key,)).fetchone()
        try:
            kept = None if row is None else _decode(row[0])
        except DecodeError:
            return None
        return kept if kept is not None and kept.at >= self._since else None

    def put(self, key: bytes, kept: Kept) -> None:
        """Keep an answer, in place of one that was there."""
        self._database.execute("INSERT OR REPLACE INTO answers VALUES (?, ?)", (key, _encode(kept)))

    def __len__(self) -> int:
        """How many answers it holds."""
        return int(self._database.execute("SELECT count(*) FROM answers").fetchone()[0])

    def close(self) -> None:
        """Close the file."""
        self._database.close()


_encode = Encoder().encode
_decode = Decoder(Kept).decode
