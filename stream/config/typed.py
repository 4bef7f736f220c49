"""One entry → a value of its key's type, or why not."""

from pathlib import Path
from typing import Any

from msgspec import ValidationError, convert

from stream.config.keys import Leaf, choices_of, dotted
from stream.config.sources import Entry
from stream.core.secret import Secret


class Unfit(ValueError):
    """A value that its key does not take; the text says what it would."""


def typed(entry: Entry, leaf: Leaf) -> Any:  # noqa: ANN401 - any leaf's type
    """Type an entry. A relative path begins at the entry's folder.

    Raises:
        Unfit: it does not fit. The text never holds a secret.
    """
    if leaf.is_secret and entry.key != leaf.key:
        return _secret_in_file(entry)
    try:
        value = convert(_as_written(entry, leaf), leaf.annotation, strict=not entry.text, dec_hook=_hook)
    except ValidationError:
        shown = "" if leaf.is_secret else f" = {entry.value!r}"
        raise Unfit(f"`{dotted(leaf.key)}`{shown} does not fit: give {leaf.wanted}") from None
    return entry.folder / value if isinstance(value, Path) else value


def _as_written(entry: Entry, leaf: Leaf) -> Any:  # noqa: ANN401 - whatever TOML holds
    """Forgive what cannot be misread: 30 for 30.0, and an enum's word in another case."""
    if leaf.kind is float and type(entry.value) is int:
        return float(entry.value)
    if (words := choices_of(leaf.kind)) and isinstance(entry.value, str):
        return next((word for word in words if word.lower() == entry.value.lower()), entry.value)
    return entry.value


def _secret_in_file(entry: Entry) -> Secret:
    name = dotted(entry.key)
    if not isinstance(entry.value, str) or not entry.value:
        raise Unfit(f"`{name}` must be a path")
    path = entry.folder / entry.value
    try:
        value = path.read_text(encoding="utf-8").rstrip("\r\n")
    except OSError as error:
        raise Unfit(f"`{name}`: {path} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise Unfit(f"`{name}`: {path} is not UTF-8 text") from None
    if not value:
        raise Unfit(f"`{name}`: {path} is empty")
    return Secret(value)


def _hook(kind: type, value: Any) -> Any:  # noqa: ANN401 - msgspec's own signature
    if kind is Path and isinstance(value, str) and value:
        return Path(value)
    if kind is Secret and isinstance(value, str) and value:
        return Secret(value)
    raise ValidationError(f"not a {kind.__name__}")
