"""Events checked against the contract before they are sent, with an error that says how to mend them."""

import re

from msgspec import Struct
from msgspec.json import schema_components

from stream.core.canary import CANARY_PREFIX, CANARY_SURFACE, is_canary
from stream.core.content import ContentEvent
from stream.core.errors import Poison, Unreadable
from stream.core.wire import encode, read_content


class InvalidEvent(Poison, ValueError):
    """An event that breaks the contract. It was not sent; the gate would have refused it."""


def checked(event: ContentEvent) -> bytes:
    """The event's bytes, once the gate's own decoder has taken them. About 4 µs for a short post.

    Raises:
        InvalidEvent: a field breaks a bound of the contract; names the event, the field and the bound.
    """
    try:
        value = encode(event)
        read_content(value)
    except UnicodeEncodeError as error:
        raise InvalidEvent(
            f"{_name(event)}: a text holds half of a surrogate pair, which UTF-8 cannot carry. "
            "Replace it, for example by text.encode(errors='replace').decode()."
        ) from error
    except (Unreadable, TypeError) as error:
        raise InvalidEvent(f"{_name(event)}: {error}.{_meaning(event, str(error))}") from error
    if is_canary(event.id) or getattr(event, "surface", "") == CANARY_SURFACE:
        raise InvalidEvent(
            f"{_name(event)}: ids that begin with `{CANARY_PREFIX}` and the surface `{CANARY_SURFACE}` are"
            " kept for `sluice canary`, and no reader ever shows them. Use another id and surface."
        )
    return value


def _name(event: ContentEvent) -> str:
    return f"{type(event).__struct_config__.tag} of {str(event.id)[:80]!r}"


def _meaning(event: ContentEvent, error: str) -> str:
    """What the contract says about the field that the error names, if it says anything."""
    named = re.search(r"`\$\.(\w+)", error)
    if named is None:
        return ""
    about = _descriptions(type(event)).get(named[1])
    return f" {named[1]}: {about}" if about else ""


def _descriptions(kind: type[Struct]) -> dict[str, str]:
    _, components = schema_components((kind,))
    fields = components[kind.__name__]["properties"]
    return {name: text for name, field in fields.items() if (text := _description(field))}


def _description(field: dict[str, object]) -> str:
    choices = field.get("anyOf")
    for choice in [field, *(choices if isinstance(choices, list) else ())]:
        if "description" in choice:
            return str(choice["description"])
    return ""
