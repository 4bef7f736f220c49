"""The events of `control`, a compacted topic: the last of a key counts, a tombstone withdraws it."""

from enum import StrEnum

from msgspec import Struct

from stream.core.fields import Count, Digest, Millis, Name, Note, Pseudonym

SET_KEY = "set"


class PausedAction(StrEnum):
    """What machines may be kept from doing alone."""

    REMOVE = "remove"
    RELEASE = "release"


class SetPromoted(
    Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="type", tag="control.set-promoted.v1"
):
    """This policy set is in force in every process, in place of the one in its folder.

    Attributes:
        name: the set's name.
        digest: of the set and its policies; each reader computes it anew from the files.
        files: `sets/NAME.toml`, and of each policy `ID/policy.md` and, if it has one, `ID/notices.toml`.
    """

    name: Name
    digest: Digest
    files: dict[str, str]
    by: Pseudonym
    at: Millis
    reason: Note = ""


class PromotionKept(
    Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="type", tag="control.promotion-kept.v1"
):
    """A promotion as it was told, kept so that its set can be put in force again without its files.

    Attributes:
        number: counts the promotions from 1, without a gap.
        promoted: what was told.
        restores: the number of the promotion that it goes back to; None where it goes to another set.
    """

    number: Count
    promoted: SetPromoted
    restores: Count | None = None

    @property
    def by(self) -> str:
        """Who promoted."""
        return self.promoted.by

    @property
    def at(self) -> int:
        """When, in ms since 1970, by the clock of whoever promoted."""
        return self.promoted.at


class Paused(
    Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="type", tag="control.paused.v1"
):
    """Machines remove, or release, nothing alone: what they would decide goes to people as a recommendation.

    `policy` and `surface` narrow it; None is every one.
    """

    action: PausedAction
    by: Pseudonym
    at: Millis
    policy: Name | None = None
    surface: Name | None = None
    reason: Note = ""

    @property
    def scope(self) -> str:
        """In words, what is paused: `remove of policy hate on surface comment`."""
        policy = f" of policy {self.policy}" if self.policy is not None else ""
        surface = f" on surface {self.surface}" if self.surface is not None else ""
        return self.action.value + policy + surface


class RulesPublished(
    Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="type", tag="control.rules.v1"
):
    """One file of operators' rules, in force in every triage. `name` is the file's, such as `wave.toml`."""

    name: Name
    text: str
    by: Pseudonym
    at: Millis
    reason: Note = ""


ControlEvent = SetPromoted | PromotionKept | Paused | RulesPublished


def key_of(event: ControlEvent) -> str:
    """The key under which an event replaces the one before it; `*` is every policy or surface.

    Parted by colons, which no name holds.
    """
    match event:
        case SetPromoted():
            return SET_KEY
        case PromotionKept():
            return promotion_key(event.number)
        case Paused():
            return f"pause:{event.action}:{event.policy or '*'}:{event.surface or '*'}"
        case RulesPublished():
            return f"rules:{event.name}"


def promotion_key(number: int) -> str:
    """The key under which the promotion of this number is kept."""
    return f"promotion:{number}"
