"""A policy and what it extends: its parents' files read, each one merged into the next. Pure.

A folder and a promotion read their files by the same code: they differ in where a file lies.
"""

import tomllib
from collections.abc import Callable, Iterable
from typing import NamedTuple, Protocol

from stream.core.errors import PolicyInvalid
from stream.core.policy.extension import extended
from stream.core.policy.front_matter import FIRST_LINE
from stream.core.policy.policy import Policy
from stream.core.policy.rendered import Rendered, as_written
from stream.core.policy.sections import front_of
from stream.core.policy.text import parse_rendered, with_notices
from stream.core.toml_text import line_of, nearest

POLICY, NOTICES = "policy.md", "notices.toml"


class PolicyFiles(Protocol):
    """Where policies' files lie."""

    def ids(self) -> list[str]:
        """The ids of all policies that lie there."""

    def text(self, path: str) -> str | None:
        """A file's text, by its path such as `hate/policy.md`; None where there is no such file.

        Raises:
            PolicyInvalid: it cannot be read.
        """

    def place(self, path: str) -> str:
        """How errors name a file."""


class Whole(NamedTuple):
    """A policy as it is judged, and its text with the place of each line."""

    policy: Policy
    rendered: Rendered


Check = Callable[[Whole], None]


def load_policy(policy_id: str, files: PolicyFiles, check: Check = lambda _whole: None) -> Whole:
    """Load a policy with its notices, and with what it inherits.

    Args:
        policy_id: the policy, the name of its folder.
        files: where it and its parents lie.
        check: may refuse a policy, or a parent of it, by raising PolicyInvalid; parents come first.

    Raises:
        PolicyInvalid: one of them does not hold together, has another id than its folder, or extends what
            is not there, or itself.
    """
    return _loaded(policy_id, files, check, ())


def _loaded(policy_id: str, files: PolicyFiles, check: Check, below: tuple[str, ...]) -> Whole:
    """`below`: those that lead here, the child first."""
    place = files.place(f"{policy_id}/{POLICY}")
    text = files.text(f"{policy_id}/{POLICY}")
    if text is None:
        raise PolicyInvalid(place, 1, f"there is no policy `{policy_id}`", nearest(policy_id, files.ids()))
    front = _front(text, place)
    rendered, inherited = as_written(text, place, f"{front.get('id')}@{front.get('version')}"), None
    if "extends" in front:
        line = line_of(front_of(text, place), ("extends",)) + FIRST_LINE - 1
        parent_id = _parent(front["extends"], (*below, policy_id), files, place, line)
        parent = _loaded(parent_id, files, check, (*below, policy_id))
        rendered, inherited = extended(text, place, parent.rendered), parent.policy.notices
    policy = parse_rendered(rendered)
    if policy.id != policy_id:
        mend = f'Rename the folder, or write `id = "{policy_id}"`'
        raise PolicyInvalid(place, 2, f"policy `{policy.id}` lies in the folder `{policy_id}`", mend)
    check(Whole(policy, rendered))
    notices = files.text(f"{policy_id}/{NOTICES}")
    if notices is not None or inherited:
        policy = with_notices(policy, notices or "", files.place(f"{policy_id}/{NOTICES}"), inherited)
    return Whole(policy, rendered)


def _front(text: str, place: str) -> dict[str, object]:
    """The front matter as TOML says it, unchecked; of what is no TOML nothing: the parser refuses it."""
    try:
        return tomllib.loads(front_of(text, place))
    except tomllib.TOMLDecodeError:
        return {}


def _parent(extends: object, chain: tuple[str, ...], files: PolicyFiles, place: str, line: int) -> str:
    """The id of the parent, if it is one that can be read."""
    parent_id = str(extends)
    if parent_id in chain:
        way = " → ".join((*chain[chain.index(parent_id) :], parent_id))
        raise PolicyInvalid(place, line, f"policies extend each other: {way}", "Let one of them extend none")
    if parent_id not in files.ids():
        what = f"there is no policy `{parent_id}` to extend"
        raise PolicyInvalid(place, line, what, nearest(parent_id, files.ids()))
    return parent_id


def lineage_of(policies: Iterable[Policy]) -> list[str]:
    """The ids of these policies and of all that they extend, each once."""
    names = (name for policy in policies for name in (policy.id, *policy.extends))
    return sorted({name.partition("@")[0] for name in names})
