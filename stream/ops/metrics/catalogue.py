"""Every metric of every process, as its registry tells it."""

from collections.abc import Iterable, Iterator

from msgspec import Struct
from prometheus_client import CollectorRegistry
from prometheus_client.core import Metric

from stream.adapters.metrics import BY_PROCESS

OWN = "sluice_"
_ENDINGS = {"counter": "_total", "info": "_info"}
_UNITS = (
    "seconds",
    "bytes",
    "tokens",
    "records",
    "offsets",
    "partitions",
    "entries",
    "questions",
    "requests",
    "servers",
    "cases",
    "contents",
    "pauses",
    "rules",
    "policies",
)


class Described(Struct, frozen=True):
    """One metric.

    Attributes:
        name: as it stands on the page; a histogram's without `_bucket`, `_sum`, `_count`.
        unit: empty for what is merely counted.
        processes: who exports it.
    """

    name: str
    kind: str
    labels: tuple[str, ...]
    unit: str
    about: str
    processes: tuple[str, ...]


def registries() -> dict[str, CollectorRegistry]:
    """Of each process, a registry as it is right after its start."""
    return {process: metrics().registry for process, metrics in BY_PROCESS.items()}


def catalogue() -> list[Described]:
    """Sluice's own metrics, in the order of the processes and of the names."""
    found: dict[str, Described] = {}
    for process, registry in registries().items():
        for family in sorted(_own(registry), key=lambda family: family.name):
            name = family.name + _ENDINGS.get(family.type, "")
            before = found[name].processes if name in found else ()
            found[name] = _described(name, family, (*before, process))
    return sorted(found.values(), key=lambda one: (len(one.processes) > 1, one.processes, one.name))


def series(registry: CollectorRegistry) -> dict[str, set[str]]:
    """The series of a registry by the name that queries use, each with its labels; others than ours too."""
    found: dict[str, set[str]] = {}
    for family in registry.collect():
        for sample in family.samples:
            found.setdefault(sample.name, set()).update(sample.labels)
    return found


def _own(registry: CollectorRegistry) -> Iterator[Metric]:
    return (family for family in registry.collect() if family.name.startswith(OWN))


def _described(name: str, family: Metric, processes: tuple[str, ...]) -> Described:
    labels = _labels(sample.labels for sample in family.samples)
    unit = family.name.rpartition("_")[2]
    return Described(
        name, family.type, labels, unit if unit in _UNITS else "", family.documentation, processes
    )


def _labels(samples: Iterable[dict[str, str]]) -> tuple[str, ...]:
    names = dict.fromkeys(name for labels in samples for name in labels)
    return tuple(name for name in names if name != "le")
