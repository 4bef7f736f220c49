"""What a promotion takes from what policies have earned, as the last days' audit tells."""

import typer

from stream.cli.context import now_ms, scan_of, settings_of
from stream.core.errors import SluiceError
from stream.core.topics import Topic
from stream.ops.calibration.consequences import DAY, AutonomyConsequences, Rates, removals_a_day
from stream.ports import RestsOnSet

_DAYS = 7
"""How far back it is looked what removals a promotion would cost."""


def autonomy_consequences(ctx: typer.Context) -> RestsOnSet:
    """What a promotion takes from what policies have earned, with its cost by the last days' audit."""
    return AutonomyConsequences(lambda: _removals_lately(ctx))


def _removals_lately(ctx: typer.Context) -> Rates | None:
    """How many removals a day a model made alone, by policy; None where the audit is not readable."""
    end = now_ms()
    begin = end - _DAYS * DAY
    try:
        with scan_of(ctx) as scan:
            topic = settings_of(ctx).topics.names.of(Topic.AUDIT)
            return removals_a_day(scan.read(scan.partitions(topic), begin), begin, end)
    except SluiceError:
        return None
