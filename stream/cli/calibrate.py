"""`sluice policy calibrate`: what the model may do alone, on the evidence of what people decided."""

from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from stream.adapters.policies import PolicyFolder, find_folder
from stream.cli.calibrate_rows import of_audit, of_file
from stream.cli.calibrate_shown import show, show_json
from stream.cli.calibrate_written import write_report, write_set
from stream.cli.context import identity_of, settings_of
from stream.cli.moment import check_order, moment
from stream.cli.named import check_policies
from stream.cli.output import Json
from stream.cli.staff import By
from stream.cli.written import check_writable
from stream.core.errors import BadInput, Misconfigured
from stream.core.policy.policy_set import PolicySet
from stream.ops.amounts import clock
from stream.ops.calibration.proposal import Aim, proposals

EXAMPLES = """Examples:

`sluice policy calibrate --from 2026-11-01 --to 2026-11-22`

`sluice policy calibrate --policy spam-and-scams --from … --to … --report calibration.html`

`sluice policy calibrate --data labelled.jsonl --set mine --write`"""

Target = Annotated[float, typer.Option(min=0.5, max=0.9999, help="Least precision of what is removed.")]
Misses = Annotated[float, typer.Option(min=0.0001, max=0.5, help="Largest share of violations released.")]
Sure = Annotated[float, typer.Option(min=0.5, max=0.9999, help="That all bounds hold together.")]


def calibrate(  # noqa: PLR0913, PLR0917 - a command's options
    ctx: typer.Context,
    begin: Annotated[
        int | None, typer.Option("--from", parser=moment, metavar="TIME", help="Judged from when on.")
    ] = None,
    end: Annotated[
        int | None, typer.Option("--to", parser=moment, metavar="TIME", help="Judged until before when.")
    ] = None,
    data: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Labelled answers, JSON lines, instead of Kafka.")
    ] = None,
    policy: Annotated[list[str] | None, typer.Option(help="Only these; may be repeated.")] = None,
    policy_set: Annotated[
        str | None, typer.Option("--set", help="The set to be changed.", show_default="policies.set")
    ] = None,
    target_precision: Target = 0.95,
    target_miss: Misses = 0.02,
    confidence: Sure = 0.95,
    attempt: Annotated[
        int | None,
        typer.Option(min=1, max=1000, help="Which attempt at this text it is.", show_default="by the set"),
    ] = None,
    report: Annotated[Path | None, typer.Option(metavar="FILE", help="Write an HTML report.")] = None,
    write: Annotated[
        bool, typer.Option("--write", help="Write what is certified into the set's file.")
    ] = False,
    by: By = None,
    json: Json = False,
) -> None:
    """Measure what a model may do alone under each policy, by what people decided about the same texts.

    Reads `audit`: the judge's answers in the window, and people's decisions about them until now. Signals of
    confidence and thresholds are chosen on one half of the rows; the other half certifies a bound. Nothing
    is in force by this: --write changes the set's file, and a person reviews it and promotes it. Restricted
    policies are never calibrated.
    """
    if begin is not None and end is not None:
        check_order(begin, end)
    if (data is None) == (begin is None or end is None):
        raise typer.BadParameter("name --from and --to, or --data FILE")
    _check_packages()
    check_writable(report)
    folder = PolicyFolder(find_folder(settings_of(ctx).policies.dir))
    loaded = folder.policy_set(policy_set or settings_of(ctx).policies.set)
    names = _named(loaded, policy)
    if data is not None:
        found, source = of_file(data, loaded), str(data)
    else:
        found = of_audit(ctx, loaded, names, begin or 0, end or 0)
        source = f"audit, {clock(begin or 0)} to {clock(end or 0)}"
    aim = Aim(target_precision, target_miss, confidence)
    who = (identity_of(ctx, by), datetime.now(UTC).date().isoformat())
    result = proposals(found.rows, found.judged, loaded, names, aim, who, attempt)
    if json:
        show_json(result)
    else:
        show(result, found, aim)
    if report is not None:
        about = (("set", loaded.name), ("rows from", source), ("by", " on ".join(who)))
        write_report(report, result, found, aim, about)
    if write:
        write_set(folder, loaded.name, result)


def _check_packages() -> None:
    for name in ("scipy", "sklearn"):
        if find_spec(name) is None:
            what = f"calibration needs {name}, which is not installed here: pip install 'sluice[evaluation]'"
            raise Misconfigured(what)


def _named(policy_set: PolicySet, wanted: Sequence[str] | None) -> list[str]:
    check_policies(policy_set, wanted or ())
    for name in wanted or ():
        if policy_set.policies[name].restricted:
            what = f"`{name}` is restricted: nothing of it is kept, so nothing can be measured"
            raise BadInput(f"{what}. Name another")
    return [name for name in wanted or policy_set.policies if not policy_set.policies[name].restricted]
