"""A promoted set: its files back to a PolicySet, and its digest held against them. Pure."""

from collections.abc import Mapping
from typing import NamedTuple

from stream.core.control.events import SetPromoted
from stream.core.errors import PolicyInvalid
from stream.core.policy.lineage import POLICY, load_policy
from stream.core.policy.policy_set import PolicySet
from stream.core.policy.set_text import parse_set


def set_file(name: str) -> str:
    """Where a set lies in its folder, or in the files of its promotion."""
    return f"sets/{name}.toml"


def promoted_set(event: SetPromoted) -> PolicySet:
    """The set that an event promotes, read from its files as a folder's would be.

    Raises:
        PolicyInvalid: the files do not hold together, or are not those that the digest names.
    """
    files, place = event.files, set_file(event.name)
    carried = CarriedFiles(files)
    text = _file(files, place)
    loaded = parse_set(
        text, place, event.name, carried.ids(), lambda policy_id: load_policy(policy_id, carried).policy
    )
    if loaded.digest != event.digest:
        what = f"these files are {loaded.digest}, and were promoted as {event.digest}"
        raise PolicyInvalid(place, 1, what, "Promote the set again by `sluice policy promote`")
    return loaded


class CarriedFiles(NamedTuple):
    """The files of a promotion, as a folder's: texts by their paths."""

    files: Mapping[str, str]

    def ids(self) -> list[str]:
        """The ids of the policies that it carries."""
        return sorted(path.removesuffix(f"/{POLICY}") for path in self.files if path.endswith(f"/{POLICY}"))

    def text(self, path: str) -> str | None:
        """A file's text, if it carries it."""
        return self.files.get(path)

    def place(self, path: str) -> str:
        """Its path: there is no other place."""
        return path


def _file(files: Mapping[str, str], place: str) -> str:
    if place not in files:
        what = "the file is missing from the promotion"
        raise PolicyInvalid(place, 1, what, "Promote the set again by `sluice policy promote`")
    return files[place]
