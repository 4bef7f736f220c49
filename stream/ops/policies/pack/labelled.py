"""Labelled rows of other people's data → golden cases, where they fit. Pure.

A row is one JSON object: `id`, `text`, `lang`, `labels` with `policy`, `code` and `violates`, as in the data
set `openai_teen_safety_policies`. A response is judged with its prompt as the thread.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

import msgspec
from msgspec import Struct

from stream.core.errors import PolicyInvalid
from stream.core.misfit import MISFITS, misfit
from stream.core.policy import Policy
from stream.core.policy.golden import GoldenCase
from stream.ops.amounts import count
from stream.ops.policies.lint.golden_cases import TOO_NEAR
from stream.ops.policies.lint.words import likeness, words
from stream.ops.policies.pack.example_texts import SEVERITY


class Labels(Struct, frozen=True):
    """What people said of a row."""

    violates: int
    policy: str
    code: str
    kind: str = "prompt"


class LabelledRow(Struct, frozen=True):
    """One row."""

    id: str
    text: str
    labels: Labels
    lang: str = "en"


class Fitted(Struct, frozen=True):
    """The lines of `tests.jsonl`, how many there are, and why others are not: how many by reason."""

    text: str
    cases: int
    passed_over: dict[str, int]

    def __str__(self) -> str:
        """One line for people."""
        passed = (f"; {count(rows, 'row')} passed over: {why}" for why, rows in self.passed_over.items())
        return count(self.cases, "golden case") + "".join(passed)


def read_rows(lines: Iterable[str], file: str) -> list[LabelledRow]:
    """Read all rows.

    Raises:
        PolicyInvalid: a line does not fit, or repeats an id.
    """
    decoder, rows = msgspec.json.Decoder(LabelledRow), dict[str, LabelledRow]()
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            row = decoder.decode(line)
        except MISFITS as error:
            what, _ = misfit(error, LabelledRow)
            mend = "A row has id, text, lang, and labels with policy, code and violates"
            raise PolicyInvalid(file, number, f"this line does not fit: {what}", mend) from None
        if row.id in rows:
            raise PolicyInvalid(file, number, f"row `{row.id}` stands twice", "Take one out")
        rows[row.id] = row
    return list(rows.values())


def fitted(rows: Iterable[LabelledRow], policy: Policy, clauses: Mapping[str, str]) -> Fitted:
    """Make golden cases of the rows of one policy.

    Args:
        rows: all rows; those of other policies are passed over in silence.
        policy: as imported.
        clauses: our clause of each code of the source.
    """
    mine = [row for row in rows if row.labels.policy == policy.id]
    prompts = {_stem(row.id): row.text for row in mine if row.labels.kind == "prompt"}
    shown = [words(example.text) for group in policy.examples for example in group]
    reasons: Counter[str] = Counter()
    cases, seen = [], set[frozenset[str]]()
    for row in mine:
        case = _case(row, clauses, policy, prompts)
        reason = _misfit(row, case, shown, seen, policy)
        if reason or case is None:
            reasons[reason] += 1
        else:
            seen.add(words(row.text))
            cases.append(case)
    return Fitted("".join(_lines(cases)), len(cases), dict(reasons))


def _misfit(
    row: LabelledRow,
    case: GoldenCase | None,
    shown: Iterable[frozenset[str]],
    seen: set[frozenset[str]],
    policy: Policy,
) -> str:
    """Why a row is no golden case; empty if it is one."""
    if policy.restricted:
        return "the policy is restricted"
    if case is None:
        return "labelled with what the policy lacks, or against its own label"
    if not row.text.strip():
        return "no text"
    own = words(row.text)
    if any(likeness(own, one) >= TOO_NEAR for one in shown):
        return "too near an example of the prompt"
    return "the same words as another" if own in seen else ""


def _case(
    row: LabelledRow, clauses: Mapping[str, str], policy: Policy, prompts: Mapping[str, str]
) -> GoldenCase | None:
    clause = policy.clause(clauses.get(row.labels.code, ""))
    if clause is None or clause.violates != bool(row.labels.violates):
        return None
    prompt = prompts.get(_stem(row.id)) if row.labels.kind == "response" else None
    return GoldenCase(
        id=re.sub(r"[^a-z0-9._-]+", "-", row.id.lower()).strip("-._"),
        text=row.text,
        language=row.lang,
        result="violates" if clause.violates else "safe",
        clause=clause.id,
        severity=SEVERITY if clause.violates else 0,
        thread=(prompt,) if prompt else (),
    )


def _stem(row_id: str) -> str:
    """Prompt and response of one exchange differ in their last part."""
    return row_id.rpartition("-")[0]


def _lines(cases: Iterable[GoldenCase]) -> Iterator[str]:
    """Without the fields that say nothing."""
    for case in cases:
        told = {
            key: value
            for key, value in msgspec.to_builtins(case).items()
            if value not in (0, (), [], False, None)
        }
        yield msgspec.json.encode(told).decode() + "\n"
