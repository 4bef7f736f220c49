"""What operators tell the fleet, and what could not be read."""

from msgspec import Struct

from stream.core.control import Paused, PausedAction, PromotionKept, RulesPublished, SetPromoted
from stream.core.dead_letter import DeadLetter
from stream.ops.schemas.examples.post import AT, SET

_promoted = SetPromoted(
    name="default",
    digest=SET,
    files={
        "sets/default.toml": "the whole text of the set",
        "spam-and-scams/policy.md": "the whole text of a policy in it",
        "spam-and-scams/notices.toml": "what its authors are told",
    },
    by="ana",
    at=AT,
    reason="ticket 5530",
)

EXAMPLES: tuple[Struct, ...] = (
    _promoted,
    PromotionKept(number=12, promoted=_promoted, restores=10),
    Paused(
        action=PausedAction.REMOVE,
        policy="spam-and-scams",
        surface="marketplace",
        by="ana",
        at=AT,
        reason="it takes ticket sales for scams",
    ),
    RulesPublished(name="wave.toml", text="the whole text of the file", by="ana", at=AT),
    DeadLetter(
        processor="gate",
        topic="content",
        partition=5,
        offset=88,
        at=AT,
        error="misrouted",
        detail="The record's key is not its content id 'post/2026-11-03/7f3a': set the key to the id.",
        key=b"7f3a",
        value=b"{}",
    ),
)
