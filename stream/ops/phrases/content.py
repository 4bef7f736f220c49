"""What apps tell, in a few words."""

from stream.core.content import Appealed, Deleted, Edited, Published, Reported
from stream.ops.phrases.parts import Phrase


def _posted(event: Published | Edited) -> list[str]:
    verb = "edited" if isinstance(event, Edited) else "published"
    extras = (("thread of", event.thread), ("attachments:", event.attachments), ("signals:", event.signals))
    return [
        f"{verb} v{event.version}",
        event.surface,
        event.language or "",
        *(f"{name} {len(some)}" for name, some in extras if some),
    ]


def _deleted(event: Deleted) -> list[str]:
    return [f"deleted v{event.version}"]


def _reported(event: Reported) -> list[str]:
    return [f"reported v{event.version}", event.reason, f"by {event.reporter}"]


def _appealed(event: Appealed) -> list[str]:
    return [f"appealed v{event.version}", f"by its {event.role.value} {event.appellant}"]


PHRASES: dict[type, Phrase] = {
    Published: _posted,
    Edited: _posted,
    Deleted: _deleted,
    Reported: _reported,
    Appealed: _appealed,
}
