"""A page and its parts, as values; and the HTML of it, in one file that needs nothing else."""

from msgspec import Struct

Cell = str | int | float | None


class Tile(Struct, frozen=True):
    """One headline figure: `Recall`, `84%`, and what stands below it, such as its interval."""

    name: str
    value: str
    below: str = ""


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
    sections = [
        (heading, [(type(part).__name__.lower(), part) for part in parts]) for heading, parts in page.sections
    ]
    return environment.get_template("page.html").render(page=page, sections=sections, shown=_shown)


def _shown(cell: Cell) -> str:
    if cell is None:
        return ""
    return f"{cell:,.3g}" if isinstance(cell, float) else f"{cell:,}" if isinstance(cell, int) else cell
