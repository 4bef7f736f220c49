"""What an author may do to words so that a machine reads others than a person does. Pure."""

import base64
import codecs
import json
from collections.abc import Callable
from html import escape
from urllib.parse import quote

_LEET = str.maketrans("aeioAEIO", "43104310")
_ALIKE = str.maketrans("aceopxyABCEHKMOPT", "асеорхуАВСЕНКМОРТ")
_ZERO_WIDTH_SPACE = "\u200b"


def _leet(text: str) -> str:
    return text.translate(_LEET)


def _homoglyphs(text: str) -> str:
    """Latin letters as the Cyrillic ones that look like them."""
    return text.translate(_ALIKE)


def _zero_width(text: str) -> str:
    return _ZERO_WIDTH_SPACE.join(text)


def _json(text: str) -> str:
    return json.dumps(text)[1:-1]


def _base64(text: str) -> str:
    return base64.b64encode(text.encode(errors="replace")).decode()


def _rot13(text: str) -> str:
    return codecs.encode(text, "rot13")


def _url(text: str) -> str:
    return quote(text, safe="", errors="replace")


def _reversed(text: str) -> str:
    return text[::-1]


LEGIBLE: dict[str, Callable[[str], str]] = {
    "": str,
    "homoglyphs": _homoglyphs,
    "html": escape,
    "json": _json,
    "leet": _leet,
    "zero_width": _zero_width,
}
"""By name; a person reads through them, so that the words still break the rule."""
OPAQUE: dict[str, Callable[[str], str]] = {
    "base64": _base64,
    "reversed": _reversed,
    "rot13": _rot13,
    "url": _url,
}
"""By name; who only sees the post does not see the words."""
DISGUISES = LEGIBLE | OPAQUE
