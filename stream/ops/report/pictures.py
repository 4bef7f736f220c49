"""Plots as SVG, to stand in a page: bars with their intervals, curves, and a matrix of counts."""

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from matplotlib.axes import Axes

INK, SOFT, LINE = "#1d2733", "#5d6b7a", "#dfe5eb"
COLOURS = ("#1f6f8b", "#c8553d", "#6a8d3a", "#7b5ea7", "#b58900")
_WIDTH = 8.0
_TOPS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5)
_FEW = 24
"""Up to so many points each is marked."""
_STYLE = {
    "svg.fonttype": "none",
    "svg.hashsalt": "sluice",
    "font.family": "sans-serif",
    "font.size": 10,
    "text.color": INK,
    "axes.edgecolor": LINE,
    "axes.labelcolor": SOFT,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "xtick.color": SOFT,
    "ytick.color": INK,
    "grid.color": LINE,
}


class Bar(Struct, frozen=True):
    """One share, 0 to 1, with where it may lie; `group` gives the bars of one kind one colour."""

    name: str
    share: float
    low: float
    high: float
    group: str = ""


class Curve(Struct, frozen=True):
    """A line through points, from left to right."""

    name: str
    points: tuple[tuple[float, float], ...]
    dashed: bool = False


def bars(rows: Sequence[Bar], axis: str) -> str:
    """Shares under each other, the first on top, each with its interval, from 0 to what the data needs.

    Args:
        rows: at least one.
        axis: what the shares are of.
    """
    groups = list(dict.fromkeys(row.group for row in rows))
    with _drawn(0.6 + 0.32 * len(rows)) as (axes, svg):
        for place, row in enumerate(rows):
            colour = COLOURS[groups.index(row.group) % len(COLOURS)]
            first = row.group and row.group not in {one.group for one in rows[:place]}
            axes.barh(place, row.share, height=0.62, color=colour, label=row.group if first else None)
            axes.plot([row.low, row.high], [place, place], color=INK, linewidth=1.2)
        axes.set_yticks(range(len(rows)), [row.name for row in rows])
        axes.invert_yaxis()
        top = _top(max(row.high for row in rows))
        axes.set_xlim(0, top)
        axes.set_xlabel(axis if top == 1 else f"{axis} (the axis ends at {_percent(top)})")
        axes.xaxis.set_major_formatter(lambda share, _place: _percent(share))
        axes.grid(axis="x")
        axes.set_axisbelow(True)
        if any(groups):
            _legend(axes)
    return svg[0]


def curves(lines: Sequence[Curve], across: str, upward: str, top: float = 1.0) -> str:
    """Lines in one frame; both axes are shares, from 0 to 1 and to `top`."""
    with _drawn(4.2) as (axes, svg):
        for place, line in enumerate(lines):
            xs, ys = zip(*line.points, strict=True) if line.points else ((), ())
            style = "--" if line.dashed else "-"
            colour = SOFT if line.dashed else COLOURS[place % len(COLOURS)]
            mark = "o" if len(xs) <= _FEW and not line.dashed else ""
            (drawn,) = axes.plot(xs, ys, style, color=colour, label=line.name, linewidth=1.8)
            drawn.set(marker=mark, markersize=4, clip_on=False)
        axes.set_xlim(0, 1)
        axes.set_ylim(0, top)
        axes.set_xlabel(across)
        axes.set_ylabel(upward)
        axes.grid()
        _legend(axes)
    return svg[0]


def matrix(counts: Sequence[Sequence[int]], rows: Sequence[str], columns: Sequence[str]) -> str:
    """Counts in squares, darker where there are more of a row's.

    Args:
        counts: a sequence a row, as long as `columns`.
        rows: what the cases were by people.
        columns: what came of them.
    """
    shares = [[count / max(1, sum(row)) for count in row] for row in counts]
    with _drawn(0.9 + 0.55 * len(rows)) as (axes, svg):
        axes.imshow(shares, cmap="Blues", vmin=0, vmax=1.2, aspect="auto")
        axes.set_xticks(range(len(columns)), columns)
        axes.set_yticks(range(len(rows)), rows)
        axes.tick_params(length=0)
        axes.spines[:].set_visible(False)
        for y, row in enumerate(counts):
            for x, count in enumerate(row):
                colour = "white" if shares[y][x] > 0.6 else INK
                axes.text(x, y, f"{count:,}", ha="center", va="center", color=colour)
    return svg[0]


def _top(high: float) -> float:
    """Where an axis ends that begins at 0: at a round share not far above the highest."""
    return next((top for top in _TOPS if high <= top), 1.0)


def _percent(share: float) -> str:
    return f"{100 * share:.3g}%"


def _legend(axes: "Axes") -> None:
    if (figure := axes.get_figure(root=True)) is not None:
        figure.legend(frameon=False, loc="outside upper left", ncols=4)


@contextmanager
def _drawn(height: float) -> Iterator[tuple["Axes", list[str]]]:
    """Axes to draw on; afterwards the list holds the SVG element."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    svg: list[str] = []
    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=(_WIDTH, height), layout="constrained")
        yield figure.add_subplot(), svg
        sheet = io.StringIO()
        figure.savefig(sheet, format="svg", transparent=True, metadata={"Date": None})
    svg.append(sheet.getvalue()[sheet.getvalue().index("<svg") :])
