"""`sluice rules`: what the operators' rules say, and what a rule would have taken, before it is in force."""

import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from stream.adapters.policies import PolicyFolder, find_folder
from stream.adapters.rules import Re2Finders, RuleFolder
from stream.cli.context import identity_of, now_ms, scan_of, settings_of
from stream.cli.control import tell_fleet, told, withdraw
from stream.cli.output import Json, note, say, tell
from stream.cli.pause import By
from stream.cli.since import Recent
from stream.cli.status import Group, Status
from stream.config import Settings
from stream.core.content import Edited, Published
from stream.core.control import RulesPublished, key_of
from stream.core.errors import Misconfigured, Unreadable
from stream.core.rules import Rule, RuleBook, parse_rules
from stream.core.toml_text import nearest
from stream.core.topics import Topic
from stream.core.wire import read_content
from stream.ops.amounts import clock, count
from stream.ops.control import NotPublished
from stream.ops.rule_trial import Count, Trial, in_words
from stream.ports import Record

EXAMPLES = """Examples:

`sluice rules check`

`sluice rules try rules/wave.toml`"""

CHECK_EXAMPLES = """Examples:

`sluice rules check`

`sluice rules check rules/wave.toml --json | jq -r 'select(.in_force) | .rule'`"""

PUBLISH_EXAMPLES = """Examples:

`sluice rules publish wave.toml` (says what it would do)

`sluice rules publish wave.toml --yes --reason "giveaway wave, ticket 4711"`"""

WITHDRAW_EXAMPLES = """Examples:

`sluice rules withdraw wave.toml`"""

TRY_EXAMPLES = """Examples:

`sluice rules try rules/examples/wave.toml` (every rule of a file, wherever it lies)

`sluice rules try crypto-wave --since 6h --show-text` (one rule that lies in rules.dir)

`sluice rules try crypto-wave --json | jq .hits`"""

HOUR = 3_600_000
MOST_POSTS = 200_000
_SHOWN = 6

app = typer.Typer(
    cls=Group,
    no_args_is_help=True,
    rich_markup_mode="markdown",
    help="Operators' rules: check them, try one on the last hour, put some in force in every triage.",
    epilog=EXAMPLES,
)


@app.command(epilog=CHECK_EXAMPLES)
def check(
    ctx: typer.Context,
    files: Annotated[
        list[Path] | None, typer.Argument(metavar="FILE", help="Files of rules; else all in rules.dir.")
    ] = None,
    json: Json = False,
) -> None:
    """Read rules and say what holds: what each does, whose it is, until when; and what is wrong, and where.

    Ends with status 3 where a file does not hold together.
    """
    settings, now = settings_of(ctx), now_ms()
    found, faults = _read(RuleFolder(settings.rules.dir), files or [], now)
    known = _policies_of(settings)
    for rule in found:
        strange = [one for one in rule.then.route.policies if known is not None and one not in known]
        if json:
            tell(_standing(rule, now) | {"unknown_policies": strange})
        else:
            _show(rule, now, strange)
    for fault in faults:
        note(fault)
    if not json:
        ended = sum(rule.is_over(now) for rule in found)
        say(f"{count(len(found) - ended, 'rule')} in force, {ended} ended, {count(len(faults), 'fault')}")
    if faults:
        raise typer.Exit(Status.MISCONFIGURED)


@app.command("try", epilog=TRY_EXAMPLES)
def tried(
    ctx: typer.Context,
    what: Annotated[str, typer.Argument(metavar="FILE|RULE", help="A file, or a rule's name in rules.dir.")],
    since: Recent = None,
    limit: Annotated[int, typer.Option(min=1, help="Posts to look at, at most.")] = MOST_POSTS,
    show_text: Annotated[bool, typer.Option("--show-text", help="Show what people wrote.")] = False,
    json: Json = False,
) -> None:
    """Say what a rule would have taken of the posts in Kafka: how many, where, in which languages, whose.

    Nothing is published, and no rule comes into force. Rates are counted over all posts, as one triage alone
    would.
    """
    settings = settings_of(ctx)
    trial = Trial(_named(RuleFolder(settings.rules.dir), what), Re2Finders())
    begin = since if since is not None else now_ms() - HOUR
    seconds = 0.0
    with scan_of(ctx) as scan:
        partitions = scan.partitions(settings.topics.names.of(Topic.CONTENT))
        with _progress(scan.amount(partitions, begin)) as records:
            for record in records(scan.read(partitions, begin)):
                seconds += _look(trial, record)
                if trial.posts >= limit:
                    note(f"stopped after {count(limit, 'post')}: a larger --limit looks at more")
                    break
    for found in trial.counts():
        if json:
            tell(_told(found, trial.posts, show_text=show_text))
        else:
            _show_count(found, trial.posts, begin, show_text=show_text)
    if trial.posts and not json:
        say((f"asking them cost {1e6 * seconds / trial.posts:,.0f} us a post", "dim"))


@app.command(epilog=PUBLISH_EXAMPLES)
def publish(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A file of rules; its name stands for it.")],
    yes: Annotated[
        bool, typer.Option("--yes", help="Do it; without it, only say what would be done.")
    ] = False,
    reason: Annotated[str, typer.Option(help="Why, in a few words.")] = "",
    by: By = None,
) -> None:
    """Put a file of rules in force in every triage, within seconds, through `control`.

    It counts beside the files in rules.dir, and replaces what was published under its name.
    """
    now = now_ms()
    text = RuleFolder(file.parent).text(file)
    rules = parse_rules(text, str(file), now)
    RuleBook(rules, Re2Finders())
    known = _policies_of(settings_of(ctx))
    for rule in rules:
        _show(rule, now, [one for one in rule.then.route.policies if known is not None and one not in known])
    if not yes:
        say("nothing is sent without --yes")
        return
    name = file.name.lower()
    tell_fleet(ctx, RulesPublished(name=name, text=text, by=identity_of(ctx, by), at=now, reason=reason))
    say(("published ", "bold green"), name, ("; every triage follows within seconds", "dim"))


@app.command("withdraw", epilog=WITHDRAW_EXAMPLES)
def withdrawn(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="As it was published.")],
    by: By = None,
) -> None:
    """Take back a file of rules that was published; ends with status 6 where there is none."""
    published = {file.name: file for file in told(ctx).rules}
    if name not in published:
        raise NotPublished(f"no rules are published as `{name}`. Published: {', '.join(published) or 'none'}")
    withdraw(ctx, key_of(published[name]), identity_of(ctx, by))
    say(("withdrawn ", "bold green"), name)


def _read(folder: RuleFolder, files: Sequence[Path], now: int) -> tuple[list[Rule], list[str]]:
    """The rules of these files, and what is wrong with the others."""
    found: list[Rule] = []
    faults: list[str] = []
    finders = Re2Finders()
    for path in files or folder.files():
        try:
            rules = folder.rules(path, now)
            RuleBook([*found, *rules], finders)
            found += rules
        except Misconfigured as error:
            faults.append(str(error))
    return found, faults


def _named(folder: RuleFolder, what: str) -> Sequence[Rule]:
    """The rules of a file, or the one of a name."""
    if Path(what).is_file():
        return folder.rules(Path(what), now_ms())
    found, faults = _read(folder, (), now_ms())
    if rules := [rule for rule in found if rule.name == what]:
        return rules
    for fault in faults:
        note(fault)
    names = sorted(rule.name for rule in found)
    advice = nearest(what, names) if names else "rules.dir has none"
    raise Misconfigured(f"there is neither a file nor a rule `{what}`. {advice}")


def _policies_of(settings: Settings) -> set[str] | None:
    """The policies of the set; None where it cannot be read, which is another command's to say."""
    try:
        folder = PolicyFolder(find_folder(settings.policies.dir))
        return set(folder.policy_set(settings.policies.set).policies)
    except Misconfigured:
        return None


def _look(trial: Trial, record: Record) -> float:
    """Show a record to the rules, if it is a post. Returns the seconds that they took."""
    try:
        event = read_content(record.value)
    except Unreadable:
        return 0.0
    begun = time.perf_counter()
    if isinstance(event, Published | Edited):
        trial.look(event, record.timestamp)
    return time.perf_counter() - begun


@contextmanager
def _progress(total: int) -> Iterator[Any]:
    """A bar on standard error while people look on."""
    columns = (TextColumn("reading"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    bar = Progress(*columns, console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty())
    with bar:
        yield lambda records: bar.track(records, total=total)


def _standing(rule: Rule, now: int) -> dict[str, Any]:
    return {
        "rule": rule.name,
        "in_force": not rule.is_over(now),
        "until": rule.until,
        "does": in_words(rule.then),
        "owner": rule.owner,
        "why": rule.why,
        "file": rule.file,
    }


def _show(rule: Rule, now: int, strange: Sequence[str]) -> None:
    state = ("ended    ", "bold red") if rule.is_over(now) else ("in force ", "green")
    say(state, (f"{rule.name}  ", "bold"), f"{in_words(rule.then)}  until {clock(rule.until)}  {rule.owner}")
    say((f"         {rule.why}  {rule.file}", "dim"))
    if strange:
        say(("         the set lacks ", "yellow"), f"{', '.join(strange)}: passed over")


def _told(found: Count, posts: int, *, show_text: bool) -> dict[str, Any]:
    return {
        "rule": found.rule.name,
        "does": in_words(found.rule.then),
        "posts": posts,
        "hits": found.hits,
        "surfaces": found.surfaces,
        "languages": found.languages,
        "authors": len(found.authors),
        "share_of_first_author": round(found.share(1), 4),
        "share_of_first_five": round(found.share(5), 4),
        "examples": [taken.told(show_text=show_text) for taken in found.examples],
    }


def _show_count(found: Count, posts: int, since: int, *, show_text: bool) -> None:
    share = f"{found.hits / posts:.2%}" if posts else "none"
    say(
        (found.rule.name, "bold"),
        f"  would have taken {found.hits:,} of {count(posts, 'post')} since {clock(since)} ({share}): ",
        (in_words(found.rule.then), "yellow"),
    )
    if not found.hits:
        return
    say(("  surfaces   ", "dim"), _list(found.surfaces.most_common()))
    say(("  languages  ", "dim"), _list(found.languages.most_common()))
    shares = f"the first wrote {found.share(1):.0%}, the first five {found.share(5):.0%}"
    say(("  authors    ", "dim"), f"{len(found.authors):,}; {shares}" if found.authors else "none named")
    for taken in found.examples:
        told = taken.told(show_text=show_text)
        place = f"{told['surface']} {told['language'] or ''}"
        say(f"  {told['id']} v{told['version']}  ", (f"{clock(taken.at)}  {place}  ", "dim"), told["text"])
        say((f"    {told['fingerprint']}", "dim"))


def _list(numbers: Sequence[tuple[str, int]]) -> str:
    rest = f", {len(numbers) - _SHOWN} more" if len(numbers) > _SHOWN else ""
    return ", ".join(f"{name} {number:,}" for name, number in numbers[:_SHOWN]) + rest
