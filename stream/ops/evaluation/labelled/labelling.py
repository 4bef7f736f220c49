"""Which label of the data answers which policy's question: `labels.toml` of an evaluation pack. Pure.

A label is 1, 0 or unknown. What several labels say together is 1 as soon as one is 1, 0 where all are known
to be 0, and unknown otherwise: an unknown label is never read as "safe".
"""

from collections.abc import Iterable, Mapping
from typing import Annotated

from msgspec import Meta, Struct

from stream.core.errors import PolicyInvalid
from stream.core.fields import Name
from stream.core.policy.policy_set import PolicySet
from stream.core.toml_text import decode_toml, line_of, nearest

OVERALL = "violates"
"""The label that says whether a text breaks any policy, where no labels.toml names another."""
Words = Annotated[str, Meta(min_length=1, max_length=1_000)]
Labels = Mapping[str, int | str | None]


class HardNegatives(Struct, frozen=True):
    """Safe rows that were written to look like violations: `what` they are; `by`, the label of their kind."""

    what: Words
    by: str | None = None


class Labelling(Struct, frozen=True):
    """How a data set's labels are read.

    Attributes:
        labels: the policy that answers a label, by label.
        overall: the data's own label for "breaks any of them"; None where it has none.
        hard_negatives: what the data's safe rows are; None for ordinary texts.
        published: the column of published figures that these are nearest to; None is none.
        comparable: what to know before these figures are put beside published ones.
        about: what the figures speak of, such as "hate only".
    """

    title: Words
    labels: Annotated[dict[str, Name], Meta(min_length=1)]
    overall: str | None = None
    hard_negatives: HardNegatives | None = None
    published: str | None = None
    comparable: tuple[Words, ...] = ()
    about: str = ""

    @property
    def policies(self) -> tuple[str, ...]:
        """The policies that are measured, each once: the columns of the label matrix."""
        return tuple(dict.fromkeys(self.labels.values()))

    def of(self, labels: Labels) -> dict[str, bool | None]:
        """What people said under each policy; None where it is unknown."""
        return {
            policy: together(labels.get(name) for name, one in self.labels.items() if one == policy)
            for policy in self.policies
        }


def together(values: Iterable[int | str | bool | None]) -> bool | None:
    """What several labels say together. Anything but 0 and 1 is unknown."""
    known = [value if value in (0, 1) else None for value in values]
    if 1 in known:
        return True
    return None if None in known or not known else False


def parse_labelling(text: str, file: str, policy_set: PolicySet) -> Labelling:
    """Read `labels.toml`.

    Raises:
        PolicyInvalid: it does not hold together, or names a policy that the set lacks.
    """
    labelling = decode_toml(text, file, Labelling)
    for label, policy in labelling.labels.items():
        if policy not in policy_set.policies:
            line = line_of(text, ("labels", label))
            what = f"label `{label}` is answered by policy `{policy}`, which set `{policy_set.name}` lacks"
            raise PolicyInvalid(file, line, what, nearest(policy, list(policy_set.policies)))
    return labelling


def labelling_by_name(policy_set: PolicySet, found: Iterable[str]) -> Labelling | None:
    """A labelling for a set without one: a label is answered by the policy of its name.

    Where the data has none of these, but says whether a text violates, a set of one policy answers that.

    Args:
        policy_set: the set.
        found: the names of the labels that the data has.

    Returns:
        None where no label can be answered.
    """
    names = set(found)
    labels = {name: name for name in policy_set.policies if name in names}
    if not labels and OVERALL in names and len(policy_set.policies) == 1:
        labels = {OVERALL: next(iter(policy_set.policies))}
    if not labels:
        return None
    return Labelling(f"Set {policy_set.name}", labels, OVERALL if OVERALL in names else None)
