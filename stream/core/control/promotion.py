"""A promoted set: its files back to a PolicySet, and its digest held against them. Pure."""

from collections.abc import Mapping

from stream.core.control.events import SetPromoted
from stream.core.errors import PolicyInvalid
from stream.core.policy import Policy
from stream.core.policy.policy_set import PolicySet
from stream.core.policy.set_text import parse_set
from stream.core.policy.text import parse_policy, with_notices

POLICY, NOTICES = "policy.md", "notices.toml"


def set_file(name: str) -> str:
    """Where a set lies in its folder, or in the files of its promotion."""
    return f"sets/{name}.toml"


def promoted_set(event: SetPromoted) -> PolicySet:
    """The set that an event promotes, read from its files as a folder's would be.

    Raises:
        PolicyInvalid: the files do not hold together, or are not those that the digest names.
    """
    files, place = event.files, set_file(event.name)
    available = sorted(path.removesuffix(f"/{POLICY}") for path in files if path.endswith(f"/{POLICY}"))
    text = _file(files, place)
    loaded = parse_set(text, place, event.name, available, lambda policy_id: _policy(files, policy_id))
    if loaded.digest != event.digest:
        what = f"these files are {loaded.digest}, and were promoted as {event.digest}"
        raise PolicyInvalid(place, 1, what, "Promote the set again by `sluice policy promote`")
    return loaded


def _policy(files: Mapping[str, str], policy_id: str) -> Policy:
    place = f"{policy_id}/{POLICY}"
    policy = parse_policy(_file(files, place), place)
    if policy.id != policy_id:
        what = f"policy `{policy.id}` lies in the folder `{policy_id}`"
        raise PolicyInvalid(place, 2, what, "Promote the set again by `sluice policy promote`")
    notices = f"{policy_id}/{NOTICES}"
    return with_notices(policy, files[notices], notices) if notices in files else policy


def _file(files: Mapping[str, str], place: str) -> str:
    if place not in files:
        what = "the file is missing from the promotion"
        raise PolicyInvalid(place, 1, what, "Promote the set again by `sluice policy promote`")
    return files[place]
