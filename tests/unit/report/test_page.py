"""A page of measurements is one file, and no text in it is more than text."""

from stream.ops.report import Page, Picture, Remark, Share, Table, Text, Texts, Tile, Tiles, page_html
from stream.ops.report.pictures import Bar, Curve, bars, curves, matrix

HOSTILE = "<script>alert(1)</script>"


def _page() -> Page:
    parts = (
        Tiles((Tile("Recall", "84%", "71-92%"),)),
        Remark(HOSTILE, warns=True),
        Table(("policy", "cases"), ((HOSTILE, 12_345), ("hate", None), ("spam", 0.25))),
        Picture(bars([Bar("hate", 0.5, 0.4, 0.6)], "recall"), "By policy"),
        Picture(curves([Curve("all", ((0.0, 0.0), (1.0, 1.0)))], "stated", "true"), "Calibration"),
        Picture(matrix([[3, 1], [0, 4]], ["safe", "violates"], ["safe", "violates"]), "Confusion"),
        Texts((Text("a", HOSTILE, "false alarm"),)),
    )
    return Page(title="Evaluation", about=(("engine", HOSTILE),), sections=(("Overall", parts),))


def test_every_part_is_on_the_page_and_texts_are_escaped() -> None:
    """Given a page with a hostile text in each place, when it is written, then all of them are escaped."""
    html = page_html(_page())
    assert "<script" not in html
    assert html.count("&lt;script&gt;") == 4
    for wanted in ("84%", "12,345", "0.25", "By policy", "Calibration", "Confusion", "<details>"):
        assert wanted in html


def test_the_page_needs_no_other_file() -> None:
    """Given a page, when it is written, then nothing in it is fetched from elsewhere."""
    html = page_html(_page())
    assert "src=" not in html
    assert 'href="http' not in html
    assert "@import" not in html


def test_the_same_measurements_give_the_same_bytes() -> None:
    """Given the same page twice, when written, then a reader sees only what has changed."""
    assert page_html(_page()) == page_html(_page())


def test_a_share_stands_with_its_interval_and_nothing_to_share_is_a_dash() -> None:
    """Given shares in a table and a tile, when written, then value and interval are text, not only drawn."""
    share = Share(0.84, 0.71, 0.92)
    parts = (
        Tiles((Tile("Recall", "84%", "71-92%", share, leads=True),)),
        Table(("", "recall"), (("all", share), ("none", Share(None, 0, 1)), ("sure", Share(1, 1, 1)))),
    )
    html = page_html(Page("Evaluation", (), (("One", parts), ("Two", (Remark("Plain."),)))))
    assert "84%<span" in html
    assert html.count("71-92%") == 2
    assert "<td>-</td>" in html
    assert "100-100%" not in html
    assert "leads" in html.split("<body>")[1]


def test_bars_begin_at_0_end_near_the_data_and_say_where() -> None:
    """Given small shares, when drawn, then the axis ends near them and says so; large ones have all of it."""
    small = bars([Bar("en", 0.02, 0.01, 0.04), Bar("de", 0.0, 0.0, 0.01)], "share")
    assert "share (the axis ends at 5%)" in small
    assert ">0%<" in small
    large = bars([Bar("en", 0.4, 0.2, 0.6)], "share")
    assert "the axis ends" not in large
    assert ">100%<" in large


def test_what_is_wider_than_the_page_scrolls_in_a_box_of_its_own() -> None:
    """Given tables and pictures, when written, then each is in a box that scrolls, and its caption is not."""
    rows = (("hate", *range(20)),)
    table = Table(tuple(map(str, range(21))), rows, "Counts of everything")
    html = page_html(Page("Evaluation", (), (("One", (table, Picture("<svg></svg>", "Drawn"))),)))
    body = html.split("<body>")[1]
    assert body.count('class="scroll"') == 2
    assert body.index("Counts of everything</p>") < body.index('class="scroll"') < body.index("<table>")


def test_a_reader_finds_sections_headings_and_pictures_by_name() -> None:
    """Given a page of two sections, when written, then each can be jumped to, and tables name their cells."""
    parts = (Table(("policy", "cases"), (("hate", 3),)), Picture(bars([Bar("a", 0, 0, 0)], "x"), "By policy"))
    html = page_html(Page("Evaluation", (), (("One", parts), ("Two", parts))))
    for place in ("s1", "s2"):
        assert f'href="#{place}"' in html
        assert f'id="{place}"' in html
    assert '<th scope="col" class=number>cases</th>' in html
    assert '<th scope="row">hate</th>' in html
    assert 'role="img" aria-label="By policy"' in html
