"""The folder that policies and sets lie in.

ID/policy.md         the policy: front matter and sections; what `Policy.digest` names
ID/notices.toml      what authors are told, by clause and language
ID/tests.jsonl       golden cases
ID/exemplars.jsonl   more examples, for the exemplar engine
sets/NAME.toml       which policies judge what, and what the model may do alone
policies.lock        the digest of each version; a changed text needs a new version
"""

from pathlib import Path
from typing import NamedTuple

from stream.adapters.text_files import read_text, stamp
from stream.core.control.promotion import set_file
from stream.core.errors import Misconfigured, PolicyInvalid
from stream.core.policy import Example, Policy
from stream.core.policy.golden import GoldenCase, parse_exemplars, parse_golden
from stream.core.policy.inherited_texts import exemplars_with_inherited, golden_with_inherited
from stream.core.policy.lineage import NOTICES, POLICY, Whole, lineage_of, load_policy
from stream.core.policy.lock import Lock, check_lock, lock_text, name_of, parse_lock
from stream.core.policy.policy_set import PolicySet
from stream.core.policy.set_text import parse_set
from stream.core.policy.text import version_line
from stream.core.toml_text import nearest

_SETS = "sets"
_LOCK = "policies.lock"
Fingerprint = tuple[tuple[str, int, int], ...]


def find_folder(configured: Path) -> Path:
    """The policies' folder: as configured, else the one of the checkout that this package lies in.

    Raises:
        Misconfigured: neither is there.
    """
    checkout = Path(__file__).resolve().parents[3] / configured.name
    for candidate in (configured, checkout):
        if (candidate / _SETS).is_dir():
            return candidate
    raise Misconfigured(
        f"No policies at {configured}: it has no folder `{_SETS}`. Set `policies.dir` to one that has."
    )


class PolicyFolder:
    """Reads policies, sets and golden cases. Holds nothing but its place, `root`: every call reads anew."""

    def __init__(self, root: Path) -> None:
        """Args: root: the folder, as `find_folder` returns it."""
        self.root = root

    def ids(self) -> list[str]:
        """The ids of all policies that lie here."""
        return FolderFiles(self.root).ids()

    def path(self, policy_id: str) -> Path:
        """Where a policy's text lies, or would lie."""
        return self.root / policy_id / POLICY

    def policy(self, policy_id: str) -> Policy:
        """Load one policy with its notices and all that it inherits.

        Raises:
            PolicyInvalid: its text does not hold together, or its id is not its folder's name.
        """
        return self.whole(policy_id).policy

    def whole(self, policy_id: str) -> Whole:
        """Load one policy as `policy` does, with its whole text and where each line of it was written.

        Raises:
            PolicyInvalid: as `policy`; or what it extends does not hold together.
        """
        lock = self.lock()
        return load_policy(policy_id, FolderFiles(self.root), lambda whole: _check_lock(whole, lock))

    def lock(self) -> Lock:
        """Load the lock; an empty one where there is no `policies.lock`.

        Raises:
            PolicyInvalid: a line does not fit.
        """
        path = self.root / _LOCK
        return parse_lock(read_text(path), str(path)) if path.exists() else {}

    def write_lock(self) -> list[str]:
        """Add the versions of all policies to the lock; returns those that are new.

        Raises:
            PolicyInvalid: a policy does not hold together, or changed without a new version.
        """
        before = self.lock()
        policies = [self.policy(policy_id) for policy_id in self.ids()]
        (self.root / _LOCK).write_text(lock_text(before, policies), encoding="utf-8")
        return [name for name in map(name_of, policies) if name not in before]

    def policy_set(self, name: str) -> PolicySet:
        """Load one set and its policies.

        Raises:
            PolicyInvalid: there is no such set, or something in it does not hold together.
        """
        path = self.root / _SETS / f"{name}.toml"
        if not path.exists():
            others = sorted(one.stem for one in path.parent.glob("*.toml"))
            raise PolicyInvalid(str(path), 1, f"there is no set `{name}`", nearest(name, others))
        return parse_set(read_text(path), str(path), name, self.ids(), self.policy)

    def texts(self, policy_set: PolicySet) -> dict[str, str]:
        """The files that a set is made of, by their paths in this folder: what its promotion carries.

        Raises:
            PolicyInvalid: one of them cannot be read.
        """
        files = FolderFiles(self.root)
        paths = [set_file(policy_set.name)]
        for policy_id in lineage_of(policy_set.policies.values()):
            paths += [f"{policy_id}/{POLICY}", f"{policy_id}/{NOTICES}"]
        texts = {path: files.text(path) for path in paths}
        return {path: text for path, text in texts.items() if text is not None}

    def golden(self, policy: Policy) -> tuple[GoldenCase, ...]:
        """Load a policy's golden cases, its parents' among them; those of `tests.jsonl` first.

        Raises:
            PolicyInvalid: a line does not fit.
        """
        path = self.root / policy.id / "tests.jsonl"
        own = parse_golden(read_text(path), str(path), policy) if path.exists() else ()
        if policy.parent is None:
            return own
        return golden_with_inherited(own, self.golden(self.policy(policy.parent)), policy, str(path))

    def exemplars(self, policy: Policy) -> tuple[Example, ...]:
        """Load a policy's examples beyond its prompt, its parents' among them.

        Raises:
            PolicyInvalid: a line does not fit.
        """
        path = self.root / policy.id / "exemplars.jsonl"
        own = parse_exemplars(read_text(path), str(path), policy) if path.exists() else ()
        if policy.parent is None:
            return own
        return exemplars_with_inherited(own, self.exemplars(self.policy(policy.parent)), policy)

    def fingerprint(self) -> Fingerprint:
        """Name, time and size of every file that a set may be made of: it changes when one of them does."""
        files = [*self.root.glob("*/*.md"), *self.root.glob("*/*.toml"), self.root / _LOCK]
        return tuple(sorted((str(path), *stamp(path)) for path in files))


class FolderFiles(NamedTuple):
    """Implements `PolicyFiles` on a folder."""

    root: Path

    def ids(self) -> list[str]:
        """The ids of all policies that lie here."""
        return sorted(path.parent.name for path in self.root.glob(f"*/{POLICY}"))

    def text(self, path: str) -> str | None:
        """A file's text, if there is such a file."""
        file = self.root / path
        return read_text(file) if file.exists() else None

    def place(self, path: str) -> str:
        """The whole path."""
        return str(self.root / path)


def _check_lock(whole: Whole, lock: Lock) -> None:
    rendered = whole.rendered
    line = rendered.lines[version_line(rendered.text) - 1].origin.line
    check_lock(whole.policy, lock, rendered.file, line)
