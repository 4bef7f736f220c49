"""What triage and the judge write down, in a few words."""

from stream.core.audit import CaseJudged, CaseRouted, CaseShadowed, JudgedRecord
from stream.core.cascade import Why
from stream.ops.phrases.parts import Phrase

_HARDER = (Why.RAISED, Why.AUDITED)


def _audited(event: CaseRouted) -> list[str]:
    return [
        f"routed case {event.case} v{event.version} to {event.lane}",
        event.surface or "",
        ", ".join(event.policies),
        f"rules: {', '.join(event.rules)}" if event.rules else "",
        event.reason,
    ]


def _judged(event: CaseJudged) -> list[str]:
    return [f"judged case {event.case} v{event.version}: {event.proposal.value}", *_how(event)]


def _shadowed(event: CaseShadowed) -> list[str]:
    would = f"would be {event.proposal.value} under {event.policy_set[:19]}…"
    return [f"judged case {event.case} v{event.version} in shadow: {would}", *_how(event)]


def _how(event: JudgedRecord) -> list[str]:
    usage = event.usage
    return [
        f"{event.model} at {event.effort} effort",
        f"{event.seconds:.2f} s",
        f"{usage.prompt:,} + {usage.output:,} tokens ({usage.cached:,} cached)" if usage.prompt else "",
        *(f"{', '.join(one.policies)} {one.why}" for one in event.asks if one.why in _HARDER),
        *(f"{policy} failed: {', '.join(checks)}" for policy, checks in event.failures.items()),
    ]


PHRASES: dict[type, Phrase] = {
    CaseRouted: _audited,
    CaseJudged: _judged,
    CaseShadowed: _shadowed,
}
