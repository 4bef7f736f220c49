"""A policy in Markdown → a Source. Pure.

Read are policies in the form of OpenAI's and ROOST's packs for gpt-oss-safeguard: headings (`## …`, or a line
in bold), labels in brackets (`Allowed Content (ARS0 - …)`), items (`- ARS1.a Encouragement: "a text"`) and
definitions (`- Term: …`); and policies that list what violates and what is allowed as plain items.
"""

import re
from collections.abc import Iterator

from stream.core.errors import PolicyInvalid
from stream.ops.policies.pack.label_rules import BOLD, coded, has_rules, rules_of
from stream.ops.policies.pack.parts import ITEM, LABEL, Part, kind_of, parts_of, sentences
from stream.ops.policies.pack.source import Shown, Source

MAX_SOURCE = 200_000
"""Characters of the longest policy that is read: the model follows none beyond about 40,000."""
_CODE = re.compile(r"\(?#([A-Z]{2,5})\)?")
_SHOWN = re.compile(r'^(?:[-*•] +)?["“](.+)["”] *(?:->|=>|→) *`?([A-Z]{2,5}[0-9]{1,2})`?')
_ELSEWHERE = re.compile(
    r"\boverlap|\bescalate\b|\bpolicy domain|\bother polic|\brelevant policy", re.IGNORECASE
)


_NAMELESS = frozenset(("", "criteria", "policy", "guidelines", "overview"))


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
    parts = list(parts_of(text))
    title, code = _title(parts, file)
    rules = tuple(coded((rule for part in parts for rule in rules_of(part)), code))
    if not any(not rule.safe for rule in rules):
        what = "nothing that violates was found"
        raise PolicyInvalid(
            file, 1, what, f"Head a section with its label: `## What is forbidden ({code}1 - name)`"
        )
    of_rules = [part for part in parts if has_rules(part)]
    shown = tuple(one for part in parts if part not in of_rules for one in _shown(part))
    doubt = [line for part in parts if "ambigu" in part.heading.lower() for line in sentences(part)]
    known = [part for part in parts if part in of_rules or kind_of(part)]
    return Source(
        title=title,
        code=code,
        rules=rules,
        goal=tuple(line for part in parts if kind_of(part) == "goal" for line in sentences(part)),
        definitions=tuple(
            line for part in parts if kind_of(part) == "definitions" for line in _definitions(part)
        ),
        shown=shown,
        intent=tuple(line for part in parts if kind_of(part) == "intent" for line in sentences(part)),
        doubt=tuple(line for line in doubt if not _ELSEWHERE.search(line)),
        hands_over=tuple(line for line in doubt if _ELSEWHERE.search(line)),
        left=tuple(part.heading for part in parts if part not in known and part.lines),
    )


def _title(parts: list[Part], file: str) -> tuple[str, str]:
    first = next((part.heading for part in parts if part.heading), "")
    label = next((found[1] for part in parts if (found := LABEL.search(part.heading))), "")
    code = next((found[1] for part in parts[:3] if (found := _CODE.search(part.heading))), label)
    name = _CODE.sub("", first).replace("()", "").strip()
    title = re.sub(r"\s*\bPolicy\b\s*$", "", name, flags=re.IGNORECASE).strip(" :-")
    if title.lower() in _NAMELESS:
        title = re.sub(r"[_-]+", " ", file.rpartition("/")[2].rpartition(".")[0]).strip().capitalize()
    letters = re.sub(r"[^A-Z]", "", title.upper())
    return title[:80] or "Imported", code or (letters + "PX")[:2]


def _shown(part: Part) -> Iterator[Shown]:
    for line in part.lines:
        if found := _SHOWN.match(line):
            yield Shown(found[1], found[2])


def _definitions(part: Part) -> Iterator[str]:
    """One a line; an item without a term goes on with the one before."""
    said = ""
    for line in part.lines:
        text = BOLD.sub(r"\1:", ITEM.sub(r"\1", line)).replace("::", ":")
        if re.match(r"^[A-Z][^:.]{1,60}:", text):
            if said:
                yield said
            said = text
        else:
            said = f"{said} {text}".strip()
    if said:
        yield said
