"""The domains that a text names, in a form in which look-alikes are equal. Pure, and linear in the text."""

import re
from collections.abc import Iterator

from stream.core.written import folded

MAX_LABELS = 10
"""Labels of a host that are looked at, from its end: a text of 16,000 dots is not a domain."""
_MAX_LABEL = 63

_HOST = re.compile(r"[\w.\-]+")
_DEFANGED = re.compile(r"\[\.\]|\(\.\)|\[dot\]|\(dot\)|[。｡．]", re.IGNORECASE)

_LATIN = r"[0-9A-Za-z\-\u00c0-\u02ff\u1e00-\u1eff]"
_OTHER = r"[^\W\x00-\u02ff\u1e00-\u1eff]"
_GLUED = re.compile(rf"(?<={_OTHER})(?={_LATIN}++\.)|\.{_LATIN}++(?=\.?{_OTHER})")
"""Where Latin letters end what may be a host, or begin one, beside a letter of another script. A full stop of
such a text is read as a dot too.
"""

_ALIKE = str.maketrans("аеорсухіјѕһԁԛԝɡӏкмтвнɑαονρυικτøı", "aeopcyxijshdqwglkmtbhaaovpuiktoi")
"""Cyrillic, Greek and other letters that pass for a Latin one in an address."""


def skeleton(domain: str) -> str:
    """A domain in lower case, decoded from punycode, without diacritics, look-alikes as Latin letters."""
    labels = map(_decoded, folded(domain).strip(".-").split("."))
    return folded(".".join(labels)).translate(_ALIKE)


def domains_in(text: str) -> Iterator[str]:
    """The skeleton of each host that a text names, and of each domain above it: `a.b.c`, `b.c`.

    It takes what is written `evil[.]com` or `evil(dot)com` for what it means. Words of another script that
    touch a host, as in `見てevil.comで`, may be part of it or not: it gives both.
    """
    for host in _HOST.findall(_DEFANGED.sub(".", text)):
        if "." not in host:
            continue
        yield from _domains(host)
        if not host.isascii():
            parted, places = _GLUED.subn(r"\g<0> ", host)
            for part in parted.split() if places else ():
                yield from _domains(part)


def _domains(host: str) -> Iterator[str]:
    labels = skeleton(".".join(host.strip(".-").split(".")[-MAX_LABELS:])).split(".")
    for start in range(len(labels) - 1):
        yield ".".join(labels[start:])


def _decoded(label: str) -> str:
    if not label.startswith("xn--") or len(label) > _MAX_LABEL:
        return label
    try:
        return label[4:].encode("ascii").decode("punycode")
    except (UnicodeError, OverflowError, ValueError):
        return label
