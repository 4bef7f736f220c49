"""A folder of policies → drafts. What does not hold together becomes a finding, and the rest is read on."""

import tomllib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from msgspec import Struct

from stream.adapters.policies import PolicyFolder
from stream.adapters.text_files import read_text
from stream.core.errors import PolicyInvalid
from stream.core.policy import Policy
from stream.core.policy.golden import GoldenCase, parse_golden
from stream.core.policy.set_text import parse_set
from stream.ops.policies.lint.draft import Draft, SetDraft
from stream.ops.policies.lint.finding import Finding, Found, Place
from stream.ops.policies.lint.page import Page, page
from stream.ops.policies.lint.rules import UNREADABLE
from stream.ops.policies.lint.silences import FILE, Silences, read_silences


class Shelf(Struct, frozen=True):
    """What was read of a folder, and what could not be; `whole` where nothing was left out."""

    drafts: list[Draft]
    sets: list[SetDraft]
    silences: Silences
    silence_text: str
    unreadable: list[Finding]
    whole: bool


def read_folder(root: Path, names: Iterable[str] | None, tokens: Callable[[str], int]) -> Shelf:
    """Read these policies, or all of them with their sets."""
    folder, faults = PolicyFolder(root), list[Finding]()
    known = frozenset(folder.ids())
    texts: dict[str, Page] = {}
    drafts = []
    for policy_id in names or sorted(known):
        with _kept(faults):
            text = read_text(folder.path(policy_id))
            texts[policy_id] = page(text, str(folder.path(policy_id)))
            policy = folder.policy(policy_id)
            cases = _cases(folder.path(policy_id).with_name("tests.jsonl"), policy)
            parent = _parent(folder, text)
            drafts.append(Draft(policy, texts[policy_id], tokens, cases, known, parent))
    silences, silence_text = Silences(), ""
    with _kept(faults):
        if (root / FILE).exists():
            silence_text = read_text(root / FILE)
            silences = read_silences(silence_text, str(root / FILE))
    sets = [] if names else list(_sets(root, drafts, known, faults))
    return Shelf(drafts, sets, silences, silence_text, faults, whole=not names)


@contextmanager
def _kept(faults: list[Finding]) -> Iterator[None]:
    """Keep what is wrong with a file as a finding, once, and go on."""
    try:
        yield
    except PolicyInvalid as error:
        finding = UNREADABLE.finding(Found(Place(error.file, error.line), error.what, error.mend))
        if finding not in faults:
            faults.append(finding)


def _cases(path: Path, policy: Policy) -> tuple[tuple[Place, GoldenCase], ...]:
    """Golden cases with their places, which show the case's id and nothing of its text."""
    if not path.exists():
        return ()
    text = read_text(path)
    numbers = [number for number, line in enumerate(text.splitlines(), start=1) if line.strip()]
    return tuple(
        (Place(str(path), number, f'{{"id": "{case.id}", …}}'), case)
        for number, case in zip(numbers, parse_golden(text, str(path), policy), strict=True)
    )


def _parent(folder: PolicyFolder, text: str) -> Policy | None:
    """The policy that this one extends."""
    front = text.split("+++")[1]
    extended = str(tomllib.loads(front).get("extends", "")).partition("@")[0]
    return folder.policy(extended) if extended else None


def _sets(
    root: Path, drafts: Iterable[Draft], known: frozenset[str], faults: list[Finding]
) -> Iterator[SetDraft]:
    policies = {draft.policy.id: draft.policy for draft in drafts}
    pages = {draft.policy.id: draft.page for draft in drafts}
    for path in sorted((root / "sets").glob("*.toml")):
        with _kept(faults):
            text = read_text(path)
            written = parse_set(
                text, str(path), path.stem, sorted(known), lambda one: _read(policies, one, root)
            )
            here = {one: pages[one] for one in written.policies if one in pages}
            yield SetDraft(written, str(path), text, here, known)


def _read(policies: dict[str, Policy], policy_id: str, root: Path) -> Policy:
    """A policy that was read already; reading it again says why it could not be."""
    return policies[policy_id] if policy_id in policies else PolicyFolder(root).policy(policy_id)
