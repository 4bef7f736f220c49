"""Two places that policies lie in, beside each other. Reads through the ports that it is given."""

from collections.abc import Iterator, Sequence

from stream.core.control.promotion import set_file
from stream.core.errors import PolicyInvalid
from stream.core.policy.lineage import PolicyFiles, load_policy
from stream.core.policy.set_tables import SetText
from stream.core.policy.set_text import parse_set
from stream.core.toml_text import decode_toml, nearest
from stream.ops.policies.diff.policies import PolicyDiff, Side, Tokens, policy_diff
from stream.ops.policies.diff.sets import SetDiff, set_diff


def compared_policies(
    old: PolicyFiles, new: PolicyFiles, pairs: Sequence[tuple[str, str]], tokens: Tokens
) -> Iterator[PolicyDiff]:
    """Compare the policies of each pair: the first read in the old place, the second in the new one.

    Raises:
        PolicyInvalid: one does not hold together; neither place has it, or of two that are named one is not
            there.
    """
    for before, after in pairs:
        _check_there(old, before, new, after)
        yield policy_diff(_side(old, before), _side(new, after), tokens)


def _check_there(old: PolicyFiles, before: str, new: PolicyFiles, after: str) -> None:
    """Of one name, either place must have it; of two, each place its own."""
    known = sorted({*old.ids(), *new.ids()})
    there = [name for files, name in ((old, before), (new, after)) if name in files.ids()]
    for files, name in ((old, before), (new, after)):
        if name not in there:
            place = files.place(f"{name}/policy.md")
            raise PolicyInvalid(place, 1, f"there is no policy `{name}`", nearest(name, known))


def compared_set(old: PolicyFiles, new: PolicyFiles, name: str) -> SetDiff:
    """Compare the set of this name in both places.

    Raises:
        PolicyInvalid: it does not hold together in one of them, or neither has it.
    """
    before, after = _set(old, name), _set(new, name)
    if before is None and after is None:
        what = f"there is no set `{name}`, here or there"
        raise PolicyInvalid(new.place(set_file(name)), 1, what, "Name one that there is")
    return set_diff(name, before, after)


def _side(files: PolicyFiles, policy_id: str) -> Side | None:
    return load_policy(policy_id, files) if policy_id in files.ids() else None


def _set(files: PolicyFiles, name: str) -> SetText | None:
    text = files.text(set_file(name))
    if text is None:
        return None
    place = files.place(set_file(name))
    parse_set(text, place, name, files.ids(), lambda policy_id: load_policy(policy_id, files).policy)
    return decode_toml(text, place, SetText)
