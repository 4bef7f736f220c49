"""Rows as a model with known faults would leave them: seeded, so that a test finds the same ones again."""

from collections.abc import Iterator

import numpy as np
from msgspec.structs import replace
from numpy.random import Generator

from stream.core.judgement import Confidence, Stated
from stream.core.policy.calibration import Basis
from stream.core.terms import Effort
from stream.ops.calibration.row import Row, Truth, Would

BASIS = Basis("sha256:" + "a" * 64, "sha256:" + "b" * 64, "m", Effort.HIGH)
LOW = Basis(BASIS.policy, BASIS.template, BASIS.model, Effort.LOW)


def row(text: str, would: Would = Would.REMOVE, truth: Truth = Truth.REMOVED, **fields: object) -> Row:
    """One row, of both draws unless said otherwise."""
    plain = Row(
        text=text, policy="p", basis=BASIS, first=LOW, would=would, truth=truth, random=True, flagged=True
    )
    return replace(plain, **fields)


def removals(seeded: Generator, number: int, mistaken: float, **fields: object) -> Iterator[Row]:
    """Removals of which a share is mistaken; the log-probability tells mistakes apart, the word does not."""
    for name, wrong in zip(names(seeded, number), seeded.random(number) < mistaken, strict=True):
        truth = Truth.SAFE if wrong else Truth.REMOVED
        made = row(name, truth=truth, confidence=confidence(seeded, wrong=bool(wrong)))
        yield replace(made, **fields)


def posts(seeded: Generator, number: int, violating: float, missed: float, **fields: object) -> Iterator[Row]:
    """A random draw: of its violating share the model misses some, and it releases all that is safe."""
    for name, bad in zip(names(seeded, number), seeded.random(number) < violating, strict=True):
        shown = not bad or seeded.random() < missed
        doubt = confidence(seeded, wrong=bool(bad))
        would, truth = Would.RELEASE if shown else Would.REMOVE, Truth.REMOVED if bad else Truth.SAFE
        made = row(name, would, truth, basis=LOW if shown else BASIS, confidence=doubt)
        yield replace(made, **fields)


def confidence(random: Generator, *, wrong: bool) -> Confidence:
    """Mistakes are less probable by the label's own measure; what the model states is noise."""
    likely = -float(random.exponential(0.5 if wrong else 0.1))
    return Confidence(stated=list(Stated)[random.integers(3)], log_probability=likely)


def names(random: Generator, number: int) -> list[str]:
    return [f"sha256:{value:016x}" for value in random.integers(0, 2**63, number, dtype=np.uint64)]
