"""docs/metrics.md, as text."""

import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path

from stream.adapters.metrics import BY_PROCESS
from stream.ops.metrics.catalogue import Described

ADVICE: dict[str, str] = tomllib.loads(Path(__file__).with_name("advice.toml").read_text("utf-8"))
"""What to do with each metric, by its name."""
_HEAD = """# Metrics

Every process ({processes}) serves one page on `metrics.host`:`metrics.port`: `/metrics` for
Prometheus, and `/health/started`, `/health/live` and `/health/ready`, each 200 or 503 with a line of why.
`sluice health` asks the same of the process on this machine.

`make metrics` writes this table from the registries. Every series exists from the start with a zero, but for
those whose label is free text. A histogram `x` is told as `x_bucket`, `x_sum` and `x_count`. Besides,
each process tells what any process does: `process_…` (CPU, memory, files) and `python_…`.

[alerts.md](alerts.md) says what to do when an alert calls; the rules and the dashboard lie in
[deploy/helm/files](../deploy/helm/files).

"""
_COLUMNS = ("name", "type", "labels", "unit", "exported by", "what it means", "what to do with it")


def page(metrics: Sequence[Described]) -> str:
    """The whole page."""
    rows = (_COLUMNS, ("---",) * len(_COLUMNS), *_rows(metrics))
    table = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    return _HEAD.format(processes=", ".join(BY_PROCESS)) + table + "\n"


def _rows(metrics: Sequence[Described]) -> Iterator[tuple[str, ...]]:
    for one in metrics:
        labels = ", ".join(f"`{label}`" for label in one.labels)
        processes = ", ".join(one.processes)
        yield f"`{one.name}`", one.kind, labels, one.unit, processes, one.about + ".", ADVICE[one.name]
