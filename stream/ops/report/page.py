"""A page and its parts, as values; and the HTML of it, in one file that needs nothing else."""

from msgspec import Struct

_BRIEF = 20
"""Characters: a cell with fewer stands in one line."""


class Share(Struct, frozen=True):
    """A share and between which two it may lie, all 0 to 1; `value` None where there is nothing to share."""

    value: float | None
    low: float
    high: float

    @property
    def shown(self) -> str:
        """`84%`, or a dash."""
        return "-" if self.value is None else f"{self.value:.0%}"

    @property
    def between(self) -> str:
        """`71-92%`."""
        return f"{100 * self.low:.0f}-{100 * self.high:.0f}%"


Plain = str | int | float | None
Cell = Plain | Share


class Tile(Struct, frozen=True):
    """One headline figure: `Recall`, `84%`, and what stands below it, such as its interval.

    Attributes:
        share: draws the figure with its interval; None draws nothing.
        leads: whether it is one of those to look at first.
    """

    name: str
    value: str
    below: str = ""
    share: Share | None = None
    leads: bool = False


class Tiles(Struct, frozen=True):
    """Headline figures beside each other."""

    tiles: tuple[Tile, ...]


class Remark(Struct, frozen=True):
    """A paragraph. `warns`: the figures must not be read without it."""

    text: str
    warns: bool = False


class Table(Struct, frozen=True):
    """Rows under headings; numbers are set to the right, None is left empty."""

    headings: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    caption: str = ""

    def is_number(self, column: int) -> bool:
        """Whether a column has numbers only, so that its heading is set to the right as well."""
        cells = [row[column] for row in self.rows if row[column] is not None]
        return bool(cells) and all(isinstance(cell, int | float) for cell in cells)


class Picture(Struct, frozen=True):
    """An SVG drawing of `stream.ops.report.pictures`, and what it shows in words."""

    svg: str
    caption: str


class Text(Struct, frozen=True):
    """One post, masked until somebody asks for it. `restricted` ones never come here."""

    id: str
    text: str
    about: str


class Texts(Struct, frozen=True):
    """Posts that show what a figure means."""

    texts: tuple[Text, ...]
    caption: str = ""


Part = Tiles | Remark | Table | Picture | Texts


class Page(Struct, frozen=True):
    """A page: its title, what it was measured with, and its sections, each a heading with parts."""

    title: str
    about: tuple[tuple[str, str], ...]
    sections: tuple[tuple[str, tuple[Part, ...]], ...]


def page_html(page: Page) -> str:
    """The page as HTML. Every text in it is escaped; scripts are none."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    loader = PackageLoader("stream.ops.report", "templates")
    environment = Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.tests["share"] = _is_share
    sections = [
        (heading, [(type(part).__name__.lower(), part) for part in parts]) for heading, parts in page.sections
    ]
    template = environment.get_template("page.html")
    return template.render(page=page, sections=sections, shown=_shown, places=_places, brief=_BRIEF)


def _is_share(cell: object) -> bool:
    return isinstance(cell, Share)


def _places(share: float) -> str:
    return f"{100 * min(max(share, 0.0), 1.0):.1f}%"


def _shown(cell: Plain) -> str:
    if cell is None or isinstance(cell, str):
        return cell or ""
    return f"{cell:,.3g}" if isinstance(cell, float) else f"{cell:,}"
