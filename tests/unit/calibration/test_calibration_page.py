"""docs/calibration.md: the file of labelled answers that it shows is read, and it names every field."""

import re
from pathlib import Path

from stream.ops.calibration.lines import Line, rows_of
from stream.ops.calibration.row import Truth, Would
from tests.unit.policies.sample import SHIPPED

PAGE = (Path(__file__).parents[3] / "docs" / "calibration.md").read_text(encoding="utf-8")


def test_the_answers_that_it_shows_are_read() -> None:
    (shown,) = re.findall(r"^```json\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)

    rows = list(rows_of(shown.splitlines(), "page", SHIPPED.policy_set("default")))

    assert [(row.would, row.truth, row.flagged) for row in rows] == [
        (Would.REMOVE, Truth.REMOVED, True),
        (Would.RELEASE, Truth.NOBODY, False),
    ]


def test_it_names_every_field_and_value() -> None:
    (table,) = re.findall(r"^\| field \| what stands in it \|\n(.*?)^$", PAGE, re.DOTALL | re.MULTILINE)
    fields = [name for row in table.splitlines()[1:] for name in re.findall(r"`(\w+)`", row.split("|")[1])]
    assert sorted(fields) == sorted(Line.__struct_fields__)
    assert [one for one in (*Would, *Truth) if f"`{one}`" not in table] == []
