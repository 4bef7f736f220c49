"""`sluice policy diff`: what changed, by clause, as people read it."""

from collections.abc import Iterator, Sequence
from functools import cache
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from msgspec import to_builtins
from rich.text import Text

from stream.adapters.policies.folder import FolderFiles
from stream.adapters.policies.revision import files_at
from stream.cli.context import settings_of
from stream.cli.control import told
from stream.cli.output import Json, say, tell
from stream.cli.policy_text import folder_of
from stream.core.control.promotion import CarriedFiles, set_file
from stream.core.errors import Misconfigured, PolicyInvalid, Unavailable
from stream.core.policy.lineage import POLICY, PolicyFiles
from stream.core.toml_text import nearest
from stream.ops.policies.diff.comparing import compared_policies, compared_set
from stream.ops.policies.diff.policies import Change, ClauseChange, PolicyDiff
from stream.ops.policies.diff.sets import SetDiff
from stream.ops.policies.diff.words import Mark, Piece, shortened

if TYPE_CHECKING:
    from stream.adapters.vllm.harmony import Harmony

EXAMPLES = """Examples:

`sluice policy diff` (every policy and the set, against what is promoted)

`sluice policy diff harassment --against main~3` (a revision of git, or a folder)

`sluice policy diff harassment harassment-de` (two policies of this folder)"""

_STYLES = {Mark.OUT: "red strike", Mark.IN: "green", Mark.LEFT_OUT: "dim"}
_FORMS = {Mark.OUT: "[-{}-]", Mark.IN: "{{+{}+}}"}
_HOW = {"added": ("+ ", "green"), "removed": ("- ", "red"), "changed": ("~ ", "yellow")}


def diff(
    ctx: typer.Context,
    names: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[OLD] [NEW]", help="One policy, in both places; or two to compare with each other."
        ),
    ] = None,
    policy_set: Annotated[
        str | None, typer.Option("--set", help="A set: its routes, grants, deadlines, thresholds.")
    ] = None,
    against: Annotated[
        str | None,
        typer.Option(
            help="The earlier place: a folder of policies, or a revision of git.", show_default="promoted"
        ),
    ] = None,
    json: Json = False,
) -> None:
    """Say what changed in policies and sets: clauses by their ids, words marked as [-gone-] and {+new+}.

    Without names, every policy of both places and the set of policies.set. The lock is not asked: what is not
    locked yet can be compared.
    """
    new = FolderFiles(folder_of(ctx).root)
    names = names or []
    if len(names) > 2:
        raise typer.BadParameter("Name one policy, or two.", param_hint="[OLD] [NEW]")
    if against is None:
        _check_here(new, names, policy_set)
    old = new if len(names) > 1 and against is None else _earlier(ctx, against, new.root)
    pairs = _pairs(names, old, new, wants_all=policy_set is None)
    found: list[PolicyDiff | SetDiff] = list(compared_policies(old, new, pairs, _tokens))
    wanted = policy_set or (None if names else settings_of(ctx).policies.set)
    if wanted is not None:
        found.append(compared_set(old, new, wanted))
    for one in found:
        if one:
            _tell(one) if json else _say(one)
    if not json and not any(found):
        say("nothing changed")


def _check_here(files: FolderFiles, names: Sequence[str], policy_set: str | None) -> None:
    """Before what is promoted is asked: what is gone from here is told where nothing is named."""
    for name in names:
        if name not in files.ids():
            place = files.place(f"{name}/{POLICY}")
            raise PolicyInvalid(place, 1, f"there is no policy `{name}`", nearest(name, files.ids()))
    if policy_set is not None and files.text(set_file(policy_set)) is None:
        others = sorted(path.stem for path in files.root.glob(set_file("*")))
        place = files.place(set_file(policy_set))
        raise PolicyInvalid(place, 1, f"there is no set `{policy_set}`", nearest(policy_set, others))


def _pairs(
    names: Sequence[str], old: PolicyFiles, new: PolicyFiles, *, wants_all: bool
) -> list[tuple[str, str]]:
    if names:
        return [(names[0], names[-1])]
    return [(one, one) for one in sorted({*old.ids(), *new.ids()})] if wants_all else []


def _earlier(ctx: typer.Context, against: str | None, root: Path) -> PolicyFiles:
    """The place that is compared with: as named, else what is promoted."""
    if against is not None:
        return FolderFiles(Path(against)) if Path(against).is_dir() else files_at(root, against)
    advice = "Name a folder or a revision to compare with: --against DIR, --against main"
    try:
        event = told(ctx).promoted
    except Unavailable as error:
        raise Unavailable(f"What is promoted cannot be asked: {error} {advice}.") from error
    if event is None:
        raise Misconfigured(f"No set is promoted, and policies.lock has digests but no texts. {advice}.")
    return CarriedFiles(event.files)


def _tokens(text: str) -> int | None:
    """What a text takes in gpt-oss's vocabulary, where that is installed."""
    vocabulary = _vocabulary()
    return None if vocabulary is None else vocabulary.count(text)


@cache
def _vocabulary() -> "Harmony | None":
    from stream.adapters.vllm.harmony import Harmony

    try:
        return Harmony()
    except Misconfigured:
        return None


def _tell(one: PolicyDiff | SetDiff) -> None:
    tell({"kind": "policy" if isinstance(one, PolicyDiff) else "set", **to_builtins(one)})


def _say(one: PolicyDiff | SetDiff) -> None:
    lines = _of_policy(one) if isinstance(one, PolicyDiff) else _of_set(one)
    for line in chain(lines, [Text()]):
        say(line)


def _of_policy(one: PolicyDiff) -> Iterator[Text]:
    yield _title("policy", one.before, one.after)
    if one.tokens is not None:
        yield Text(f"  prompt {one.tokens[0]:,} → {one.tokens[1]:,} tokens", "dim")
    yield from map(_value, one.values)
    for clause in one.clauses:
        yield from _clause(clause)
    for section in one.sections:
        yield Text.assemble("  ", _HOW["changed"], f"section {section.name}: ", _words(section.text))
    for example in one.examples:
        yield _value(example, "example ")
    for notice in one.notices:
        yield Text.assemble("  ", _HOW["changed"], f"notice {notice.name}: ", _words(notice.text))


def _of_set(one: SetDiff) -> Iterator[Text]:
    yield _title("set", one.before, one.after)
    yield from map(_value, one.values)
    for route in one.routes:
        how = _HOW["added" if route.before is None else "removed"]
        yield Text.assemble("  ", how, f"route {route.after or route.before}")
    if one.reordered:
        yield Text.assemble(
            "  ", _HOW["changed"], "routes stand in another order: the first that matches counts"
        )


def _title(kind: str, before: str | None, after: str | None) -> Text:
    if before is None:
        return Text.assemble(_HOW["added"], (f"{kind} {after}", "bold"), " is new")
    if after is None:
        return Text.assemble(_HOW["removed"], (f"{kind} {before}", "bold"), " is gone")
    names = before if before == after else f"{before} → {after}"
    return Text.assemble((f"{kind} {names}", "bold"))


def _clause(clause: ClauseChange) -> Iterator[Text]:
    words = _words(clause.text) if clause.text else Text("other consequences")
    yield Text.assemble("  ", _HOW[clause.how], (clause.id, "bold"), f" {clause.how}: ", words)
    for value in clause.values:
        yield Text.assemble("    ", _value(value))


def _value(change: Change, kind: str = "") -> Text:
    how = "added" if change.before is None else "removed" if change.after is None else "changed"
    parts = [part for part in (change.before, change.after) if part is not None]
    return Text.assemble("  ", _HOW[how], f"{kind}{change.what}: ", " → ".join(parts))


def _words(pieces: tuple[Piece, ...]) -> Text:
    shown = [
        (_FORMS.get(piece.mark, "{}").format(" ".join(piece.text.split("\n"))), _STYLES.get(piece.mark, ""))
        for piece in shortened(pieces)
    ]
    return Text.assemble(*shown)
