"""`sluice policy calibrate`: what the model may do alone, on the evidence of what people decided."""

import os
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer
from msgspec import to_builtins
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

from stream.adapters.kafka.scan import Scan
from stream.adapters.policies import PolicyFolder, find_folder
from stream.adapters.text_files import read_text
from stream.cli.context import identity_of, now_ms, scan_of, settings_of
from stream.cli.moment import check_order, moment
from stream.cli.output import Json, console, note, say, tell
from stream.core.control.promotion import set_file
from stream.core.errors import Misconfigured, SluiceError
from stream.core.policy.policy_set import PolicySet
from stream.core.policy.set_text import parse_set
from stream.core.toml_text import nearest
from stream.core.topics import Topic
from stream.ops.amounts import clock, count
from stream.ops.calibration.collection import Collected, collected, labels
from stream.ops.calibration.consequences import DAY, AutonomyConsequences, Rates, removals_a_day
from stream.ops.calibration.edit import with_proposal
from stream.ops.calibration.lines import rows_of
from stream.ops.calibration.proposal import Aim, Proposal, proposals
from stream.ops.calibration.wording import basis, budget, outcome, posts_needed, threshold, verdict
from stream.ports import Record, RestsOnSet

EXAMPLES = """Examples:

`sluice policy calibrate --from 2026-11-01 --to 2026-11-22`

`sluice policy calibrate --policy spam-and-scams --from … --to … --report calibration.html`

`sluice policy calibrate --data labelled.jsonl --set mine --write`"""

_DAYS = 7
"""How far back it is looked what removals a promotion would cost."""

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
    by: Annotated[
        str | None, typer.Option(help="Your pseudonym.", show_default="staff.identity, else $USER")
    ] = None,
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
    folder = PolicyFolder(find_folder(settings_of(ctx).policies.dir))
    loaded = folder.policy_set(policy_set or settings_of(ctx).policies.set)
    names = _named(loaded, policy)
    if data is not None:
        found = Collected(list(rows_of(_lines(data), str(data), loaded)), Counter(), Counter())
        source = str(data)
    else:
        found = _read(ctx, loaded, names, begin or 0, end or 0)
        source = f"audit, {clock(begin or 0)} to {clock(end or 0)}"
    aim = Aim(target_precision, target_miss, confidence)
    who = (identity_of(ctx, by), datetime.now(UTC).date().isoformat())
    result = proposals(found.rows, found.judged, loaded, names, aim, who, attempt)
    _tell(result, found, aim, json=json)
    if report is not None:
        _report(
            report,
            result,
            found,
            aim,
            (("set", loaded.name), ("rows from", source), ("by", " on ".join(who))),
        )
    if write:
        _write(ctx, loaded, result)


def _check_packages() -> None:
    for name in ("scipy", "sklearn"):
        if find_spec(name) is None:
            what = f"calibration needs {name}, which is not installed here: pip install 'sluice[evaluation]'"
            raise Misconfigured(what)


def _named(policy_set: PolicySet, wanted: Sequence[str] | None) -> list[str]:
    for name in wanted or ():
        if name not in policy_set.policies:
            hint = nearest(name, list(policy_set.policies))
            raise Misconfigured(f"set `{policy_set.name}` has no policy `{name}`: {hint}")
        if policy_set.policies[name].restricted:
            raise Misconfigured(f"`{name}` is restricted: nothing of it is kept, so nothing can be measured")
    return [name for name in wanted or policy_set.policies if not policy_set.policies[name].restricted]


def _lines(path: Path) -> list[str]:
    return read_text(path).splitlines()


def _read(ctx: typer.Context, policy_set: PolicySet, names: Sequence[str], begin: int, end: int) -> Collected:
    """Both passes over `audit`: people's decisions from the window on until now, then the answers."""
    topic = settings_of(ctx).topics.names.of(Topic.AUDIT)
    with scan_of(ctx) as scan:
        said = labels(_passed(scan, topic, begin, "what people decided"))
        answers = _passed(scan, topic, begin, "what the judge answered")
        return collected(answers, said, policy_set, names, end)


def _passed(scan: Scan, topic: str, since: int, what: str) -> Iterator[Record]:
    """The records of a topic since then, with a bar on standard error."""
    partitions = scan.partitions(topic)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    hidden = not sys.stderr.isatty()
    with Progress(*columns, console=Console(stderr=True), transient=True, disable=hidden) as progress:
        task = progress.add_task(what, total=scan.amount(partitions, since))
        for record in scan.read(partitions, since):
            yield record
            progress.advance(task)


def _tell(result: Sequence[Proposal], found: Collected, aim: Aim, *, json: bool) -> None:
    if json:
        for proposal in result:
            tell(_line(proposal))
        return
    table = Table("policy", "alone", "answers", box=None)
    for heading in ("rows", "mistakes", "threshold", "acts on"):
        table.add_column(heading, justify="right")
    table.add_column("")
    for proposal in result:
        for claim in proposal.claims:
            table.add_row(
                proposal.policy,
                claim.goal.direction.value,
                basis(claim),
                f"{claim.chose} + {claim.certified}",
                str(claim.mistakes),
                threshold(claim),
                f"{claim.kept:.0%}" if claim.basis is not None else "",
                "; ".join(part for part in (verdict(claim), posts_needed(claim, proposal)) if part),
            )
    console().print(table)
    for why, number in found.passed.most_common():
        say((f"{count(number, 'answer')} left out: {why}", "dim"))
    for proposal in result:
        say((f"{proposal.policy}: ", "bold"), outcome(proposal))
    say((budget(aim, len(result)), "dim"))


def _line(proposal: Proposal) -> dict[str, object]:
    return {
        "policy": proposal.policy,
        "before": proposal.before,
        "autonomy": proposal.autonomy,
        "attempt": proposal.attempt,
        "judged": proposal.judged,
        "claims": [{"verdict": verdict(claim), **_plain(claim)} for claim in proposal.claims],
        "calibration": _plain(proposal.calibration),
    }


def _plain(value: object) -> dict[str, object]:
    plain: dict[str, object] = to_builtins(value) if value is not None else {}
    return plain


def _report(
    path: Path,
    result: Sequence[Proposal],
    found: Collected,
    aim: Aim,
    about: tuple[tuple[str, str], ...],
) -> None:
    from stream.ops.calibration.page import page
    from stream.ops.report import page_html

    _replaced(path, page_html(page(result, found.passed, aim, about)))
    note(f"report: {path}")


def _write(ctx: typer.Context, policy_set: PolicySet, result: Sequence[Proposal]) -> None:
    """Change the set's file, whole or not at all; a changed file is read back before it is put in place."""
    root = find_folder(settings_of(ctx).policies.dir)
    path = root / set_file(policy_set.name)
    certified = [proposal for proposal in result if proposal.calibration is not None]
    text = before = read_text(path)
    for proposal in certified:
        text = with_proposal(text, str(path), proposal)
    if text == before:
        note("nothing is certified: the set stays as it is")
        return
    folder = PolicyFolder(root)
    parse_set(text, str(path), policy_set.name, folder.ids(), folder.policy)
    _replaced(path, text)
    changed = ", ".join(f"{one.policy} ({outcome(one)})" for one in certified)
    note(f"written: {path}: {changed}")
    note(f"review it, then `sluice policy promote {policy_set.name}`")


def _replaced(path: Path, text: str) -> None:
    """Write a file so that a reader finds the old one or the new one, whole."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        if path.exists():
            Path(name).chmod(path.stat().st_mode & 0o777)
        Path(name).replace(path)
    except OSError as error:
        Path(name).unlink(missing_ok=True)
        raise Misconfigured(f"{path} cannot be written: {error.strerror}") from error


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
