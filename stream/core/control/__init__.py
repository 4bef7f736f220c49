"""What operators tell a running fleet through the topic `control`: the policy set, pauses, rules."""

from stream.core.control.events import (
    ControlEvent,
    Paused,
    PausedAction,
    PromotionKept,
    RulesPublished,
    SetPromoted,
    key_of,
)

__all__ = [
    "ControlEvent",
    "Paused",
    "PausedAction",
    "PromotionKept",
    "RulesPublished",
    "SetPromoted",
    "key_of",
]
