"""The example texts of a source: which enter the prompt, in which groups, and which lie beside it. Pure."""

from collections.abc import Iterable, Sequence

import msgspec

from stream.ops.policies.lint.words import likeness, meaning
from stream.ops.policies.pack.prose import one_line, unquoted
from stream.ops.policies.pack.source import Shown, Source, SourceRule

SEVERITY = 2
"""Of every violation: the source grades none."""
MOST_SHOWN = 12
"""Example lines in the prompt; the others lie beside it, for the engine `exemplar`."""


class ExampleTexts:
    """The example texts of a source, each once."""

    def __init__(self, source: Source, clauses: dict[str, str]) -> None:
        self.rules = {rule.code: rule for rule in source.rules}
        self._clauses = clauses
        self._source = source

    def parted(self) -> tuple[list[Shown], list[Shown]]:
        """Those for the prompt: the source's own examples, then one a rule that has none; and the others."""
        own = [one for one in self._source.shown if one.code in self.rules]
        of_rules = [
            Shown(text, rule.code)
            for rule in self._source.rules
            for item in rule.items
            for text in item.texts
        ]
        seen: dict[str, Shown] = {}
        for one in (*own, *of_rules):
            seen.setdefault(one.text, one)
        prompt = [one for one in seen.values() if one in own][:MOST_SHOWN]
        for code in self.rules:
            if code not in {one.code for one in prompt}:
                prompt += [one for one in seen.values() if one.code == code][:1]
        return prompt, [one for one in seen.values() if one not in prompt]

    def line(self, shown: Shown) -> str:
        """One line of EXAMPLES."""
        rule, clause = self.rules[shown.code], self._clauses[shown.code]
        side = f"safe {clause}" if rule.safe else f"violates {clause} severity {SEVERITY}"
        return f'- "{one_line(shown.text)}" => {side}: {_item(rule, shown.text)}'

    def exemplars(self, shown: Iterable[Shown]) -> str:
        """The lines of `exemplars.jsonl`."""
        return "".join(msgspec.json.encode(self._exemplar(one)).decode() + "\n" for one in shown)

    def _exemplar(self, shown: Shown) -> dict[str, object]:
        rule = self.rules[shown.code]
        label: dict[str, object] = {"text": shown.text, "language": "en"}
        if rule.safe:
            return {**label, "result": "safe", "clause": self._clauses[shown.code]}
        return {**label, "result": "violates", "clause": self._clauses[shown.code], "severity": SEVERITY}


def groups_of(shown: Sequence[Shown], safe: set[str]) -> list[list[Shown]]:
    """A group a safe text, with the violating ones most like it; a safe one that has none joins another."""
    calm = [one for one in shown if one.code in safe]
    groups: dict[str, list[Shown]] = {one.text: [one] for one in calm}
    if not calm:
        return []
    for one in (each for each in shown if each.code not in safe):
        mine = meaning(one.text)
        best = max(calm, key=lambda each: (likeness(mine, meaning(each.text)), -len(groups[each.text])))
        groups[best.text].append(one)
    full = [group for group in groups.values() if len(group) > 1]
    alone = [group for group in groups.values() if len(group) == 1]
    for group in alone:
        if full:
            full[0].extend(group)
    return full


def _item(rule: SourceRule, text: str) -> str:
    """Which item of its rule a text shows."""
    title = next((item.title for item in rule.items if text in item.texts and item.title), rule.title)
    return one_line(unquoted(title)).strip(" .") or "as the source says"
