"""A policy in Markdown → a Source. Pure.

Read are policies in the form of OpenAI's and ROOST's packs for gpt-oss-safeguard: headings (`## …`, or a line
in bold), labels in brackets (`Allowed Content (ARS0 - …)`), items (`- ARS1.a Encouragement: "a text"`) and
definitions (`- Term: …`); and policies that list what violates and what is allowed as plain items.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import count
from typing import NamedTuple

from msgspec.structs import replace

from stream.core.errors import PolicyInvalid
from stream.ops.policies.pack.source import Item, Shown, Source, SourceRule

MAX_SOURCE = 200_000
"""Characters of the longest policy that is read: the model follows none beyond about 40,000."""
_HEADING = re.compile(r"^(#{1,6}) +(.+?)\s*#*$|^\*\*([^*]+?):?\*\*:?$")
_LABEL = re.compile(r"\(\s*#?([A-Z]{2,5})([0-9]{1,2})\b[^)]*\)?")
_CODE = re.compile(r"\(?#([A-Z]{2,5})\)?")
_ITEM = re.compile(r"^[-*•] +(.+)$")
_NUMBERED = re.compile(r"^(?:[-*•] +)?([A-Z]{2,5}[0-9]{1,2})\.[a-z] +(.+)$")
_SHOWN = re.compile(r'^(?:[-*•] +)?["“](.+)["”] *(?:->|=>|→) *`?([A-Z]{2,5}[0-9]{1,2})`?')
_TEXT = re.compile(r'"([^"]+)"|“([^”]+)”')
_OWN_FORM = re.compile(
    r"\b(?:IN)?VALID\b|\bclassify each\b|^Output:|\blabels? format\b|^Examples:$", re.IGNORECASE
)
_VIOLATING = re.compile(
    r"\bviolat|\bprohibit|\bdisallow|\bnot allowed\b|\bincludes?\b|\bforbidden\b", re.IGNORECASE
)
_ALLOWED = re.compile(r"\bsafe\b|\ballowed\b|\bpermitted\b|\bexclu|\bnot violat", re.IGNORECASE)
_NOT_ALLOWED = re.compile(r"\bnot allowed|\bdisallow", re.IGNORECASE)
_ELSEWHERE = re.compile(
    r"\boverlap|\bescalate\b|\bpolicy domain|\bother polic|\brelevant policy", re.IGNORECASE
)
_BOLD = re.compile(r"\*\*([^*]+)\*\*:?")


_KINDS = {
    "goal": ("goal", "overview", "scope", "purpose", "instruction", "policy (#", "interpretation"),
    "definitions": ("definition of terms", "definitions", "key terms", "terms"),
    "intent": ("intent",),
    "doubt": ("ambigu",),
    "shown": ("label format", "examples"),
}
_NAME = 60
"""Characters of the longest name of a rule; what is longer is the rule itself."""
_NAMELESS = frozenset(("", "criteria", "policy", "guidelines", "overview"))


class Part(NamedTuple):
    """A heading, its line from 1, and the lines under it without blank ones."""

    heading: str
    line: int
    lines: tuple[str, ...]


def read_source(text: str, file: str) -> Source:
    """Take a policy apart.

    Args:
        text: the whole file.
        file: its name, for errors.

    Raises:
        PolicyInvalid: it is too long, or no rules were found in it.
    """
    if len(text) > MAX_SOURCE:
        raise PolicyInvalid(file, 1, f"{len(text):,} characters", "Import a policy, not a book of them")
    parts = list(_parts(text))
    title, code = _title(parts, file)
    rules = tuple(_coded((rule for part in parts for rule in _rules(part)), code))
    if not any(not rule.safe for rule in rules):
        what = "nothing that violates was found"
        raise PolicyInvalid(
            file, 1, what, f"Head a section with its label: `## What is forbidden ({code}1 - name)`"
        )
    of_rules = [part for part in parts if _is_rules(part)]
    shown = tuple(one for part in parts if part not in of_rules for one in _shown(part))
    doubt = [line for part in parts if "ambigu" in part.heading.lower() for line in _sentences(part)]
    known = [part for part in parts if part in of_rules or _kind(part)]
    return Source(
        title=title,
        code=code,
        rules=rules,
        goal=tuple(line for part in parts if _kind(part) == "goal" for line in _sentences(part)),
        definitions=tuple(
            line for part in parts if _kind(part) == "definitions" for line in _definitions(part)
        ),
        shown=shown,
        intent=tuple(line for part in parts if _kind(part) == "intent" for line in _sentences(part)),
        doubt=tuple(line for line in doubt if not _ELSEWHERE.search(line)),
        hands_over=tuple(line for line in doubt if _ELSEWHERE.search(line)),
        left=tuple(part.heading for part in parts if part not in known and part.lines),
    )


def _parts(text: str) -> Iterator[Part]:
    heading, begun, lines = "", 1, list[str]()
    for number, written in enumerate(text.splitlines(), start=1):
        line = written.replace("\t", " ").strip()
        if found := _HEADING.match(line):
            yield Part(heading, begun, tuple(lines))
            heading, begun, lines = found[2] or found[3], number, []
        elif lead := re.match(r"^\*\*([A-Z][A-Z &]+):\*\* *(.+)$", line):
            yield Part(heading, begun, tuple(lines))
            heading, begun, lines = lead[1], number, [lead[2]]
        elif line:
            lines.append(line)
    yield Part(heading, begun, tuple(lines))


def _kind(part: Part) -> str:
    """What a section is for, by its heading; empty where it has rules or no place."""
    if _LABEL.search(part.heading):
        return ""
    heading = part.heading.lower()
    return next((kind for kind, words in _KINDS.items() if any(word in heading for word in words)), "")


def _title(parts: list[Part], file: str) -> tuple[str, str]:
    first = next((part.heading for part in parts if part.heading), "")
    label = next((found[1] for part in parts if (found := _LABEL.search(part.heading))), "")
    code = next((found[1] for part in parts[:3] if (found := _CODE.search(part.heading))), label)
    name = _CODE.sub("", first).replace("()", "").strip()
    title = re.sub(r"\s*\bPolicy\b\s*$", "", name, flags=re.IGNORECASE).strip(" :-")
    if title.lower() in _NAMELESS:
        title = re.sub(r"[_-]+", " ", file.rpartition("/")[2].rpartition(".")[0]).strip().capitalize()
    letters = re.sub(r"[^A-Z]", "", title.upper())
    return title[:80] or "Imported", code or (letters + "PX")[:2]


def _is_rules(part: Part) -> bool:
    if _LABEL.search(part.heading):
        return True
    listed = _VIOLATING.search(part.heading) or _ALLOWED.search(part.heading)
    return bool(listed) and not _kind(part)


def _rules(part: Part) -> Iterator[SourceRule]:
    if not _is_rules(part):
        return
    label = _LABEL.search(part.heading)
    name = _LABEL.sub("", part.heading).strip(" .:-–")
    items = tuple(_items(part))
    if label:
        prose = " ".join(line for line in map(_clean, part.lines) if line and not _is_item(line))
        output = " ".join(part.lines).upper()
        safe = int(label[2]) == 0 or (bool(_ALLOWED.search(name)) and "INVALID" not in output)
        yield SourceRule(label[1] + label[2], safe, name, prose, items)
    else:
        safe = bool(_ALLOWED.search(part.heading)) and not _NOT_ALLOWED.search(part.heading)
        for item in items:
            yield SourceRule("", safe, *_headed(item.title), (Item("", item.texts),))


def _coded(rules: Iterable[SourceRule], code: str) -> Iterator[SourceRule]:
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
    bold = _BOLD.match(text)
    if bold:
        return bold[1].strip(" :"), text[bold.end() :].strip(" :")
    head, _, rest = text.partition(": ")
    return (head, rest) if rest and len(head) <= _NAME else (text.strip(" ."), "")


def _items(part: Part) -> Iterator[Item]:
    for line in part.lines:
        numbered, plain = _NUMBERED.match(line.replace("**", "")), _ITEM.match(line)
        text = numbered[2] if numbered else plain[1] if plain else ""
        if text:
            texts = tuple(one or other for one, other in _TEXT.findall(text))
            quoted = _TEXT.search(text)
            title = text[: quoted.start()] if numbered and quoted else text
            yield Item(re.sub(r"\s*[:–-]\s*$", "", title).strip(), texts)


def _is_item(line: str) -> bool:
    return bool(_NUMBERED.match(line.replace("**", "")) or _ITEM.match(line))


def _shown(part: Part) -> Iterator[Shown]:
    for line in part.lines:
        if found := _SHOWN.match(line):
            yield Shown(found[1], found[2])


def _definitions(part: Part) -> Iterator[str]:
    """One a line; an item without a term goes on with the one before."""
    said = ""
    for line in part.lines:
        text = _BOLD.sub(r"\1:", _ITEM.sub(r"\1", line)).replace("::", ":")
        if re.match(r"^[A-Z][^:.]{1,60}:", text):
            if said:
                yield said
            said = text
        else:
            said = f"{said} {text}".strip()
    if said:
        yield said


def _sentences(part: Part) -> Iterator[str]:
    """Its lines without what is said about the source's own form of answer."""
    for line in part.lines:
        if text := _clean(_ITEM.sub(r"\1", line)):
            yield text


def _clean(line: str) -> str:
    kept = [one for one in re.split(r"(?<=[.!?]) +", line) if not _OWN_FORM.search(one)]
    return " ".join(kept).replace("`", "").replace("**", "").strip()
