"""Labelled rows through an engine, its window kept full."""

from collections.abc import Callable, Iterable

from stream.core.content import Published
from stream.core.sampling import Sampling
from stream.ops.evaluation.judging import Judged, Judging
from stream.ops.evaluation.labelled.rows import Row
from stream.ops.evaluation.labelled.tally import Tally
from stream.ops.evaluation.window import in_window

SAMPLING = Sampling(b"evaluation")
"""What is drawn at random comes out the same in each run, so that one which was stopped goes on alike."""
SURFACE = "default"


async def measure(
    rows: Iterable[Row],
    judging: Judging,
    tally: Tally,
    window: int,
    advanced: Callable[[], None] = lambda: None,
) -> None:
    """Judge every row and count what came of it; `advanced` is called after each.

    Raises:
        Unavailable: the engine did not come back within some seconds.
        Exit: it is lost for good.
    """

    async def judge(row: Row) -> Judged:
        return await judging.judge(content_of(row))

    async for row, judged in in_window(rows, judge, window):
        tally.add(row, judged)
        advanced()


def content_of(row: Row) -> Published:
    """The row as an app would have published it."""
    return Published(id=f"row-{row.line}", version=1, at=0, text=row.text, surface=SURFACE, language=row.lang)
