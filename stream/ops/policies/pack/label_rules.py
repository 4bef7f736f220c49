"""The rules of a source: sections under a label, or plain lists of what violates and is allowed. Pure."""

import re
from collections.abc import Iterable, Iterator
from itertools import count

from msgspec.structs import replace

from stream.ops.policies.pack.parts import ITEM, LABEL, Part, clean, kind_of
from stream.ops.policies.pack.source import Item, SourceRule

_NUMBERED = re.compile(r"^(?:[-*•] +)?([A-Z]{2,5}[0-9]{1,2})\.[a-z] +(.+)$")
_TEXT = re.compile(r'"([^"]+)"|“([^”]+)”')
_VIOLATING = re.compile(
    r"\bviolat|\bprohibit|\bdisallow|\bnot allowed\b|\bincludes?\b|\bforbidden\b", re.IGNORECASE
)
_ALLOWED = re.compile(r"\bsafe\b|\ballowed\b|\bpermitted\b|\bexclu|\bnot violat", re.IGNORECASE)
_NOT_ALLOWED = re.compile(r"\bnot allowed|\bdisallow", re.IGNORECASE)
_NAME = 60
"""Characters of the longest name of a rule; what is longer is the rule itself."""
BOLD = re.compile(r"\*\*([^*]+)\*\*:?")


def has_rules(part: Part) -> bool:
    """Whether a part is a label's, or a list of one side."""
    if LABEL.search(part.heading):
        return True
    listed = _VIOLATING.search(part.heading) or _ALLOWED.search(part.heading)
    return bool(listed) and not kind_of(part)


def rules_of(part: Part) -> Iterator[SourceRule]:
    """The rule of a label; of a plain list one an item, without a code."""
    if not has_rules(part):
        return
    label = LABEL.search(part.heading)
    name = LABEL.sub("", part.heading).strip(" .:-–")
    items = tuple(_items(part))
    if label:
        prose = " ".join(line for line in map(clean, part.lines) if line and not _is_item(line))
        output = " ".join(part.lines).upper()
        safe = int(label[2]) == 0 or (bool(_ALLOWED.search(name)) and "INVALID" not in output)
        yield SourceRule(label[1] + label[2], safe, name, prose, items)
    else:
        safe = bool(_ALLOWED.search(part.heading)) and not _NOT_ALLOWED.search(part.heading)
        for item in items:
            yield SourceRule("", safe, *_headed(item.title), (Item("", item.texts),))


def coded(rules: Iterable[SourceRule], code: str) -> Iterator[SourceRule]:
    """Rules that the source does not number get numbers, and none the number of another."""
    taken: set[str] = set()
    for rule in rules:
        free = (f"{code}{number}" for number in count(0 if rule.safe and f"{code}0" not in taken else 1))
        own = (
            rule.code
            if rule.code and rule.code not in taken
            else next(one for one in free if one not in taken)
        )
        taken.add(own)
        yield replace(rule, code=own)


def _headed(text: str) -> tuple[str, str]:
    """An item's own title and the rest."""
    bold = BOLD.match(text)
    if bold:
        return bold[1].strip(" :"), text[bold.end() :].strip(" :")
    head, _, rest = text.partition(": ")
    return (head, rest) if rest and len(head) <= _NAME else (text.strip(" ."), "")


def _items(part: Part) -> Iterator[Item]:
    for line in part.lines:
        numbered, plain = _NUMBERED.match(line.replace("**", "")), ITEM.match(line)
        text = numbered[2] if numbered else plain[1] if plain else ""
        if text:
            texts = tuple(one or other for one, other in _TEXT.findall(text))
            quoted = _TEXT.search(text)
            title = text[: quoted.start()] if numbered and quoted else text
            yield Item(re.sub(r"\s*[:–-]\s*$", "", title).strip(), texts)


def _is_item(line: str) -> bool:
    return bool(_NUMBERED.match(line.replace("**", "")) or ITEM.match(line))
