"""The lock: which text each version of a policy has, so that none changes under its name."""

import re
from collections.abc import Iterable, Mapping

from stream.core.errors import PolicyInvalid
from stream.core.policy.policy import Policy
from stream.core.policy.rendered import chained

Lock = Mapping[str, str]
"""The digest of each version, by `id@version`."""

_HEADER = (
    "# Each version of each policy, and the sha256 of its policy.md. `sluice policy lock` adds new\n"
    "# versions; a line is never changed: a changed text needs a new version.\n"
)
_LINE = re.compile(r"^(?P<name>[a-z0-9][a-z0-9._/-]*@[0-9.]+) (?P<digest>sha256:[0-9a-f]{64})$")


def parse_lock(text: str, file: str) -> dict[str, str]:
    """Read a lock file.

    Raises:
        PolicyInvalid: a line is none of a lock, or a version stands twice.
    """
    lock: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        found = _LINE.match(line)
        if found is None or found["name"] in lock:
            what = "a line that is no `id@version sha256:…`, or stands twice"
            raise PolicyInvalid(file, number, what, "Take it back from version control")
        lock[found["name"]] = found["digest"]
    return lock


def check_lock(policy: Policy, lock: Lock, file: str, line: int) -> None:
    """Refuse a policy whose version was locked with another text.

    Args:
        policy: the policy as read.
        lock: what is locked; a version that is not in it passes.
        file: the policy's file, for the error.
        line: where its version stands.

    Raises:
        PolicyInvalid: its text has changed and its version has not.
    """
    locked = lock.get(name_of(policy), policy.digest)
    if locked != policy.digest:
        what = (
            f"version {policy.version} of `{policy.id}` was locked with {_difference(policy, locked, lock)}"
        )
        raise PolicyInvalid(file, line, what, "Raise `version`, then run `sluice policy lock`")


def require_locked(policy: Policy, lock: Lock, file: str, line: int) -> None:
    """Refuse a policy whose version nobody locked, or locked with another text. Arguments as `check_lock`.

    Raises:
        PolicyInvalid: so that the version could come to mean another text.
    """
    if name_of(policy) not in lock:
        what = f"version {policy.version} of `{policy.id}` is not locked, so its text could still change"
        raise PolicyInvalid(
            file, line, what, "Run `sluice policy lock`, and keep policies.lock with the files"
        )
    check_lock(policy, lock, file, line)


def _difference(policy: Policy, locked: str, lock: Lock) -> str:
    """What changed since: the parent, where one that is locked gives the digest of then; else the text."""
    if not policy.extends:
        return "another text"
    for name, digest in lock.items():
        if name.startswith(f"{policy.parent}@") and chained(policy.own, digest) == locked:
            return f"its parent `{name}`, which is `{policy.extends[0]}` now"
    return f"another text, of its own or of `{policy.extends[0]}`, which it extends"


def lock_text(lock: Lock, policies: Iterable[Policy]) -> str:
    """The lock file with the versions of these policies added."""
    lines = {**lock, **{name_of(policy): policy.digest for policy in policies}}
    return _HEADER + "".join(f"{name} {digest}\n" for name, digest in sorted(lines.items()))


def name_of(policy: Policy) -> str:
    """How a lock names a policy's version: `harassment@1.0`."""
    return f"{policy.id}@{policy.version}"
