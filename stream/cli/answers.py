"""Where commands keep what an engine answered, so that a long run goes on where it stopped."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from stream.adapters.answers import AnswerStore
from stream.cli.output import note
from stream.config import EngineKind
from stream.core.errors import Unavailable

_FILE = "answers.sqlite"

Answers = Annotated[
    Path | None,
    typer.Option(
        "--answers",
        metavar="FILE",
        help="Where answers are kept, and taken from when the same is asked again.",
        show_default="~/.cache/sluice/answers.sqlite",
    ),
]
Fresh = Annotated[bool, typer.Option("--fresh", help="Ask everything anew, and keep nothing.")]


@contextmanager
def kept_answers(
    engine: EngineKind, file: Path | None, *, fresh: bool, since: int = 0
) -> Iterator[AnswerStore | None]:
    """The open store; None where nothing is kept.

    The exemplar's answers never are: it answers at once, and from examples that no question names.

    Args:
        engine: what is asked.
        file: where answers are kept; None is the cache.
        fresh: whether all is asked anew, and nothing kept.
        since: what was answered before then is asked anew; ms since 1970.

    Raises:
        BadInput: the file cannot be written, or is no such store.
    """
    if fresh or engine is EngineKind.EXEMPLAR:
        yield None
        return
    store = AnswerStore(file or _cache() / _FILE, since)
    try:
        yield store
    except (KeyboardInterrupt, Unavailable):
        note("what was answered so far is kept: the same command goes on from there")
        raise
    finally:
        store.close()


def _cache() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "sluice"
