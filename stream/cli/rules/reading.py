"""The rules that a command is about, and what the policy set knows of them."""

from collections.abc import Callable, Sequence
from pathlib import Path

from stream.adapters.policies import PolicyFolder, find_folder
from stream.adapters.rules import Re2Finders, RuleFolder
from stream.cli.context import now_ms
from stream.cli.output import note
from stream.config import Settings
from stream.core.errors import BadInput, Misconfigured
from stream.core.rules import Rule, RuleBook
from stream.core.toml_text import nearest


def read(folder: RuleFolder, files: Sequence[Path], now: int) -> tuple[list[Rule], list[str]]:
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


def named(folder: RuleFolder, what: str) -> Sequence[Rule]:
    """The rules of a file, or the one of a name.

    Raises:
        BadInput: there is neither.
    """
    if Path(what).is_file():
        return folder.rules(Path(what), now_ms())
    found, faults = read(folder, (), now_ms())
    if rules := [rule for rule in found if rule.name == what]:
        return rules
    for fault in faults:
        note(fault)
    names = sorted(rule.name for rule in found)
    advice = nearest(what, names) if names else "rules.dir has none: name a file"
    raise BadInput(f"there is neither a file nor a rule `{what}`. {advice}")


def unknown_policies(settings: Settings) -> Callable[[Rule], list[str]]:
    """Says of a rule which policies it routes to that the set lacks; none where the set cannot be read."""
    known = _policies_of(settings)
    return lambda rule: [one for one in rule.then.route.policies if known is not None and one not in known]


def _policies_of(settings: Settings) -> set[str] | None:
    """The policies of the set; None where it cannot be read, which is another command's to say."""
    try:
        folder = PolicyFolder(find_folder(settings.policies.dir))
        return set(folder.policy_set(settings.policies.set).policies)
    except Misconfigured:
        return None
