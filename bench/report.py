"""How a bench's findings are shown and kept."""

import os
from pathlib import Path

import msgspec
from rich.console import Console
from rich.table import Table as RichTable

from bench.hardware import hardware
from bench.measurement import Findings, Table

OUT = Path(__file__).parent / "out"


def show(name: str, findings: Findings, console: Console) -> None:
    """Print tables, aims and notes."""
    for table in findings.tables:
        console.print(_rich(table))
    aims = tuple(aim.shown() for aim in findings.aims)
    if aims:
        console.print(_rich(Table(f"{name}: aims", ("", "aim", "measured", ""), aims)))
    for note in findings.notes:
        console.print(f"  {note}")
    console.print("  " + "; ".join(f"{key}: {value}" for key, value in findings.conditions.items()))


def keep(name: str, findings: Findings, *, quick: bool, seconds: float, broker: str) -> Path:
    """Write `bench/out/NAME.json`."""
    OUT.mkdir(exist_ok=True)
    path = OUT / f"{name}.json"
    whole = {
        "bench": name,
        "quick": quick,
        "seconds": round(seconds, 1),
        "broker": broker,
        "load_average": os.getloadavg(),
        "hardware": hardware(),
        "met": all(aim.met for aim in findings.aims),
        **msgspec.to_builtins(findings),
    }
    path.write_bytes(msgspec.json.format(msgspec.json.encode(whole), indent=2) + b"\n")
    return path


def _rich(table: Table) -> RichTable:
    drawn = RichTable(*table.columns, title=table.title, title_justify="left")
    for column in drawn.columns[1:]:
        column.justify = "right"
    for row in table.rows:
        drawn.add_row(*row)
    return drawn
