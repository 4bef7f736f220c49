"""One self-contained page about measurements: figures, tables, plots and masked texts."""

from stream.ops.report.page import (
    Cell,
    Page,
    Part,
    Picture,
    Remark,
    Share,
    Table,
    Text,
    Texts,
    Tile,
    Tiles,
    page_html,
)

__all__ = [
    "Cell",
    "Page",
    "Part",
    "Picture",
    "Remark",
    "Share",
    "Table",
    "Text",
    "Texts",
    "Tile",
    "Tiles",
    "page_html",
]
