"""docs/autoscaling.md shows the tables that the tests hold KEDA to."""

from tests.autoscaling import test_judge, test_triage, test_trouble
from tests.chart.rendering import ROOT

PAGE = (ROOT / "docs" / "autoscaling.md").read_text("utf-8").splitlines()
JUDGES = {
    test_judge.NONE_MEASURED: "none",
    test_judge.IDLE_SO_FAR: "idle so far",
    test_judge.MEASURED: "measured",
}


def line(*cells: object) -> str:
    """A row as the page writes it: thousands parted, lag as its numbers."""
    texts = [
        " ".join(map(str, cell))
        if isinstance(cell, tuple)
        else f"{cell:,}"
        if isinstance(cell, int)
        else str(cell)
        for cell in cells
    ]
    return f"| {' | '.join(texts)} |"


def test_every_row_of_the_tables_stands_in_the_page() -> None:
    rows = [line(*row) for row in (*test_trouble.TABLE, *test_triage.TABLE)]
    for situation, waits, arrived, judges, lag, replicas in test_judge.TABLE:
        rows.append(line(situation, waits, arrived, JUDGES[judges], lag, replicas))
    assert [row for row in rows if row not in PAGE] == []
