"""One self-contained page about measurements: figures, tables, plots and masked texts."""

from stream.ops.report.page import Page, Part, Picture, Remark, Table, Text, Texts, Tile, Tiles, page_html

__all__ = ["Page", "Part", "Picture", "Remark", "Table", "Text", "Texts", "Tile", "Tiles", "page_html"]
