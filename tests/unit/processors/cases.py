"""Cases and answers that the tests of triage and judge begin with."""

from collections import Counter
from functools import cache
from pathlib import Path

import msgspec

from stream.adapters.policies import PolicyFolder
from stream.core.cascade import Why
from stream.core.case import Case, RoutedCase, Source
from stream.core.content import Published
from stream.core.judgement import Answer, Question, Usage
from stream.core.policy import PolicyResult
from stream.core.policy.calibration import Lapse
from stream.core.policy.policy_set import PolicySet
from stream.core.terms import Effect, Effort, Origin
from stream.core.wire import encode
from stream.ports import Outgoing, Record

ROOT = Path(__file__).parents[3] / "policies"


@cache
def _shipped(name: str) -> PolicySet:
    return PolicyFolder(ROOT).policy_set(name)


class FixedPolicies:
    """A `PolicySource` that never changes."""

    def __init__(self, given: str | PolicySet = "demo") -> None:
        self._set = _shipped(given) if isinstance(given, str) else given

    def current(self) -> PolicySet:
        return self._set


class Heard:
    """An observer that keeps what it heard."""

    def __init__(self) -> None:
        self.lanes: list[str] = []
        self.reasons: list[str] = []
        self.rules: list[str] = []
        self.proposals: list[str] = []
        self.failures: list[str] = []
        self.canaries: list[str] = []
        self.failing: list[str] = []
        self.unanswered: list[str] = []
        self.audits: list[tuple[str, PolicyResult]] = []
        self.lapses: list[tuple[str, Lapse]] = []
        self.reasons_asked: Counter[tuple[Effort, Why]] = Counter()
        self.tokens = 0
        self.text = 0

    def routed(self, lane: str) -> None:
        self.lanes.append(lane)

    def escalated(self, reason: str) -> None:
        self.reasons.append(reason)

    def ruled(self, rule: str) -> None:
        self.rules.append(rule)

    def judged(self, proposal: str, seconds: float, text: int = 0) -> None:
        self.proposals.append(proposal)
        self.text += text

    def canary(self, fate: str) -> None:
        self.canaries.append(fate)

    def used(self, usage: Usage, effort: Effort, why: Why) -> None:
        self.tokens += usage.prompt + usage.output
        self.reasons_asked[effort, why] += 1

    def failed(self, check: str, policy: str) -> None:
        self.failures.append(check)
        self.failing.append(policy)

    def unanswerable(self, reason: str) -> None:
        self.unanswered.append(reason)

    def audited(self, policy: str, result: PolicyResult) -> None:
        self.audits.append((policy, result))

    def lapsed(self, policy: str, what: Lapse) -> None:
        self.lapses.append((policy, what))


def post(text: str = "good morning", **fields: object) -> Published:
    return msgspec.convert(
        {"id": "p1", "version": 1, "at": 1, "text": text, "language": "en", **fields}, Published
    )


def case(content: Published | None, **fields: object) -> Case:
    named = content or post()
    plain = Case(
        id="p1",
        case="c0-7",
        version=1,
        effect=Effect.HIDE,
        origin=Origin.PUBLISH,
        opened_at=1_000,
        due=601_000,
        digest=named.digest,
        source=Source(0, 7),
        content=content,
    )
    return msgspec.structs.replace(plain, **fields)


def routed(content: Published, **fields: object) -> RoutedCase:
    plain = RoutedCase(
        id="p1",
        case="c0-7",
        version=content.version,
        effect=Effect.HIDE,
        origin=Origin.PUBLISH,
        opened_at=1_000,
        due=601_000,
        digest=content.digest,
        content=content,
        policies=("harassment", "spam-and-scams"),
        policy_set=FixedPolicies().current().digest,
        effort=Effort.LOW,
    )
    return msgspec.structs.replace(plain, **fields)


def record(event: msgspec.Struct, topic: str = "cases", offset: int = 1) -> Record:
    return Record(topic, 0, offset, b"p1", encode(event))


def safe(question: Question) -> Answer:
    """What a model says of a text that breaks nothing."""
    final = {
        "label": "safe",
        "findings": [],
        "severity": 0,
        "confidence": "high",
        "rationale": "Nothing here.",
        "remediation": "",
    }
    return Answer(final=encode_text(final), complete=True, reasoning="…", usage=Usage(100, 60, 20))


def violates(question: Question, clause: str, quote: str, severity: int) -> Answer:
    """What a model says of a text that breaks a clause."""
    final = {
        "label": "violates",
        "findings": [{"clause": clause, "quote": quote}],
        "severity": severity,
        "confidence": "high",
        "rationale": "It does.",
        "remediation": "Do not.",
    }
    return Answer(final=encode_text(final), complete=True)


def encode_text(value: object) -> str:
    return msgspec.json.encode(value).decode()


def value_of(outgoing: Outgoing) -> bytes:
    assert outgoing.value is not None
    return outgoing.value
