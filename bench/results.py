"""`python -m bench.results > bench/RESULTS.md`: what `bench/out` holds, as a page."""

import sys
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from bench.measurement import Aim, Table
from bench.report import OUT


def page() -> str:
    """All benches that were kept.

    Raises:
        FileNotFoundError: none were.
    """
    kept = [msgspec.json.decode(path.read_bytes()) for path in sorted(OUT.glob("*.json"))]
    if not kept:
        raise FileNotFoundError(f"nothing in {OUT}: run `make bench` first")
    return "\n".join(
        ["# Measured", "", _machine(kept[0]), "", *(line for one in kept for line in _bench(one))]
    )


def _machine(one: Mapping[str, Any]) -> str:
    hardware = ", ".join(f"{key} {value}" for key, value in one["hardware"].items())
    return f"On {hardware}. Written by `python -m bench.results` from the last run of each bench."


def _bench(one: Mapping[str, Any]) -> Iterator[str]:
    quick = " (quick)" if one["quick"] else ""
    yield from (f"## {one['bench']}{quick}", "")
    for table in msgspec.convert(one["tables"], list[Table]):
        yield from _table(table)
    aims = tuple(aim.shown() for aim in msgspec.convert(one["aims"], list[Aim]))
    if aims:
        yield from _table(Table("", ("aim", "limit", "measured", ""), aims))
    for note in one["notes"]:
        yield from (f"{note}", "")
    yield from (f"- {key}: {value}" for key, value in one["conditions"].items())
    yield f"- took: {one['seconds']:.0f} s"
    yield from (f"- the machine's load average at the end: {one['load_average'][0]:.1f}", "")


def _table(table: Table) -> Iterator[str]:
    if table.title:
        yield from (table.title, "")
    yield _row(table.columns)
    yield _row(("---",) * len(table.columns))
    yield from map(_row, table.rows)
    yield ""


def _row(cells: tuple[str, ...]) -> str:
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    sys.stdout.write(page())
