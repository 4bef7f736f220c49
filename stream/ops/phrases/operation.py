"""What operators tell, and dead letters, in a few words."""

from stream.core.control import Paused, PromotionKept, RulesPublished, SetPromoted
from stream.core.dead_letter import DeadLetter
from stream.ops.phrases.parts import Phrase


def _promoted(event: SetPromoted) -> list[str]:
    return [f"set {event.name} promoted", event.digest, f"by {event.by}", event.reason]


def _kept(event: PromotionKept) -> list[str]:
    back = f"back to promotion {event.restores}" if event.restores is not None else ""
    return [f"promotion {event.number} kept", back, *_promoted(event.promoted)]


def _paused(event: Paused) -> list[str]:
    return [f"paused {event.scope}", f"by {event.by}", event.reason]


def _ruled(event: RulesPublished) -> list[str]:
    return [f"rules {event.name} published", f"by {event.by}", event.reason]


def _dead(event: DeadLetter) -> list[str]:
    return [f"{event.processor} gave up on {event.place}: {event.error}", event.detail]


PHRASES: dict[type, Phrase] = {
    SetPromoted: _promoted,
    PromotionKept: _kept,
    Paused: _paused,
    RulesPublished: _ruled,
    DeadLetter: _dead,
}
