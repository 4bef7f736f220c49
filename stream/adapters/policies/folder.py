"""The folder that policies and sets lie in.

ID/policy.md         the policy: front matter and sections; what `Policy.digest` names
ID/notices.toml      what authors are told, by clause and language
ID/tests.jsonl       golden cases
ID/exemplars.jsonl   more examples, for the exemplar engine
sets/NAME.toml       which policies judge what, and what the model may do alone
policies.lock        the digest of each version; a changed text needs a new version
"""

from pathlib import Path

from stream.adapters.text_files import read_text, stamp
from stream.core.control.promotion import NOTICES, POLICY, set_file
from stream.core.errors import Misconfigured, PolicyInvalid
from stream.core.policy import Example, Policy
from stream.core.policy.golden import GoldenCase, parse_exemplars, parse_golden
from stream.core.policy.lock import Lock, check_lock, lock_text, name_of, parse_lock
from stream.core.policy.policy_set import PolicySet
from stream.core.policy.set_text import parse_set
from stream.core.policy.text import parse_policy, version_line, with_notices
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
    """Reads policies, sets and golden cases. Holds nothing: every call reads anew."""

    def __init__(self, root: Path) -> None:
        """Args: root: the folder, as `find_folder` returns it."""
        self._root = root

    def ids(self) -> list[str]:
        """The ids of all policies that lie here."""
        return sorted(path.parent.name for path in self._root.glob("*/policy.md"))

    def path(self, policy_id: str) -> Path:
        """Where a policy's text lies, or would lie."""
        return self._root / policy_id / "policy.md"

    def policy(self, policy_id: str) -> Policy:
        """Load one policy with its notices.

        Raises:
            PolicyInvalid: its text does not hold together, or its id is not its folder's name.
        """
        path = self.path(policy_id)
        text = read_text(path)
        policy = parse_policy(text, str(path))
        check_lock(policy, self.lock(), str(path), version_line(text))
        if policy.id != policy_id:
            mend = f'Rename the folder, or write `id = "{policy_id}"`'
            raise PolicyInvalid(str(path), 2, f"policy `{policy.id}` lies in the folder `{policy_id}`", mend)
        notices = path.with_name("notices.toml")
        return with_notices(policy, read_text(notices), str(notices)) if notices.exists() else policy

    def lock(self) -> Lock:
        """Load the lock; an empty one where there is no `policies.lock`.

        Raises:
            PolicyInvalid: a line does not fit.
        """
        path = self._root / _LOCK
        return parse_lock(read_text(path), str(path)) if path.exists() else {}

    def write_lock(self) -> list[str]:
        """Add the versions of all policies to the lock; returns those that are new.

        Raises:
            PolicyInvalid: a policy does not hold together, or changed without a new version.
        """
        before = self.lock()
        policies = [self.policy(policy_id) for policy_id in self.ids()]
        (self._root / _LOCK).write_text(lock_text(before, policies), encoding="utf-8")
        return [name for name in map(name_of, policies) if name not in before]

    def policy_set(self, name: str) -> PolicySet:
        """Load one set and its policies.

        Raises:
            PolicyInvalid: there is no such set, or something in it does not hold together.
        """
        path = self._root / _SETS / f"{name}.toml"
        if not path.exists():
            others = sorted(one.stem for one in path.parent.glob("*.toml"))
            raise PolicyInvalid(str(path), 1, f"there is no set `{name}`", nearest(name, others))
        return parse_set(read_text(path), str(path), name, self.ids(), self.policy)

    def texts(self, policy_set: PolicySet) -> dict[str, str]:
        """The files that a set is made of, by their paths in this folder: what its promotion carries.

        Raises:
            PolicyInvalid: one of them cannot be read.
        """
        paths = [self._root / set_file(policy_set.name)]
        for policy_id in policy_set.policies:
            beside = self._root / policy_id
            paths += [path for path in (beside / POLICY, beside / NOTICES) if path.exists()]
        return {path.relative_to(self._root).as_posix(): read_text(path) for path in paths}

    def golden(self, policy: Policy) -> tuple[GoldenCase, ...]:
        """Load a policy's golden cases; none where it has no `tests.jsonl`.

        Raises:
            PolicyInvalid: a line does not fit.
        """
        path = self._root / policy.id / "tests.jsonl"
        return parse_golden(read_text(path), str(path), policy) if path.exists() else ()

    def exemplars(self, policy: Policy) -> tuple[Example, ...]:
        """Load a policy's examples beyond its prompt; none where it has no `exemplars.jsonl`.

        Raises:
            PolicyInvalid: a line does not fit.
        """
        path = self._root / policy.id / "exemplars.jsonl"
        return parse_exemplars(read_text(path), str(path), policy) if path.exists() else ()

    def fingerprint(self) -> Fingerprint:
        """Name, time and size of every file that a set may be made of: it changes when one of them does."""
        files = [*self._root.glob("*/*.md"), *self._root.glob("*/*.toml"), self._root / _LOCK]
        return tuple(sorted((str(path), *stamp(path)) for path in files))
