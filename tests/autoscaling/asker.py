"""KEDA's own code and the HPA's rule, asked how many replicas a rendered ScaledObject wants: see `asker/`."""

import subprocess
from pathlib import Path
from typing import Self

from msgspec import Struct
from msgspec.json import decode

_SETTLING = 6


class Metric(Struct, frozen=True):
    """What KEDA answers the HPA, and what the HPA wants it to be on average over the replicas."""

    name: str
    value: float
    target: float


class Answer(Struct, frozen=True):
    """What one round came to.

    Attributes:
        active: whether KEDA holds that there is work at all: it alone decides between none and some.
        metrics: what the HPA was told; empty while nothing runs or nothing could be measured.
        failures: in a row, by metric.
        error: what the HPA was told instead; it then keeps what runs, or grows.
        replicas: how many run afterwards.
    """

    active: bool
    metrics: tuple[Metric, ...] | None
    failures: dict[str, int]
    error: str
    replicas: int


class Admission(Struct, frozen=True):
    """What KEDA's admission webhook says of the ScaledObject."""

    warnings: tuple[str, ...] | None
    refused: str


class Asker:
    """A cluster of one ScaledObject, in a process of its own.

    Args:
        program: what scripts/keda built.
        manifests: the chart's rendering.
        name: which ScaledObject.
    """

    def __init__(self, program: Path, manifests: Path, name: str) -> None:
        self._log = manifests.with_suffix(".log").open("wb")
        self._process = subprocess.Popen(
            [program, "-file", manifests, "-name", name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
        )
        try:
            self.admission = decode(self._line(), type=Admission)
        except BaseException:
            self.close()
            raise

    def round(self, replicas: int | None = None) -> Answer:
        """KEDA polls, then the HPA asks. `replicas`: first let so many run."""
        assert self._process.stdin is not None
        self._process.stdin.write(b"\n" if replicas is None else b"%d\n" % replicas)
        self._process.stdin.flush()
        return decode(self._line(), type=Answer)

    def settled(self, replicas: int | None = None, rounds: int = _SETTLING) -> Answer:
        """The last of several rounds: by then a trigger that fails has failed often enough."""
        answer = self.round(replicas)
        for _ in range(rounds - 1):
            answer = self.round()
        return answer

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.communicate()
        self._log.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _line(self) -> bytes:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise AssertionError(Path(self._log.name).read_text(errors="replace")[-2_000:])
        return line
