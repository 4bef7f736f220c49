"""A small set with two policies, rows for it, and an engine that answers by plan."""

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from stream.adapters.memory.engine import ScriptedEngine
from stream.core.judgement import Answer, Question, Usage
from stream.core.policy.policy_set import PolicySet
from stream.ops.evaluation.labelled.labelling import Labelling, parse_labelling
from tests.unit.policies import sample

LABELS = 'title = "Sample"\noverall = "violates"\n[labels]\nR = "rude"\nL = "loud"\n'
PACK_SET = """title = "Sample"
languages = ["en", "de"]
[policies.rude]
[policies.loud]
[[routes]]
policies = ["rude", "loud"]
effort = "high"
"""


def policy_set() -> PolicySet:
    """Both policies asked once, at high effort."""
    return sample.policy_set(lambda _text: PACK_SET)


def labelling(text: str = LABELS) -> Labelling:
    return parse_labelling(text, "labels.toml", policy_set())


def row(number: int, labels: Mapping[str, object], text: str = "you fool", lang: str | None = "en") -> str:
    """A line of data."""
    written = {"id": f"r{number}", "text": text, "labels": labels, "source": "test"}
    return json.dumps(written | ({"lang": lang} if lang else {}))


def data_file(folder: Path, lines: Iterable[str]) -> Path:
    path = folder / "rows.jsonl"
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def answer(label: str, confidence: str = "high", log_probability: float | None = None) -> Answer:
    """An answer in the model's form; what violates cites RU1.a."""
    findings: Sequence[Mapping[str, str]] = (
        [] if label == "safe" else [{"clause": "RU1.a", "quote": "you fool"}]
    )
    final = {
        "label": label,
        "findings": findings,
        "severity": 1 if label == "violates" else 0,
        "confidence": confidence,
        "rationale": "Plain.",
        "remediation": "",
    }
    known = {} if log_probability is None else dict.fromkeys(("rude", "loud"), log_probability)
    return Answer(final=json.dumps(final), complete=True, usage=Usage(900, 800, 30), log_probabilities=known)


class Planned(ScriptedEngine):
    """Says under a policy what the text says of it: `rude:violates loud:safe you fool`; else safe."""

    def __init__(self) -> None:
        self.asked: list[Question] = []

        async def say(question: Question) -> Answer:
            self.asked.append(question)
            words = dict(word.split(":", 1) for word in question.text.split() if ":" in word)
            return answer(words.get(question.policies[0].id, "safe"))

        super().__init__(say)
