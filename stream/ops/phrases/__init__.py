"""What each event of the contract says, in a few words; nothing here is what a person wrote. Pure."""

from typing import Any

from stream.ops.phrases import audit, cases, content, operation, outcomes, verdicts

_PHRASES = (
    content.PHRASES | verdicts.PHRASES | cases.PHRASES | outcomes.PHRASES | audit.PHRASES | operation.PHRASES
)


def phrases_of(event: Any) -> list[str]:  # noqa: ANN401 - any event of the contract
    """Say what an event says, in parts; some may be empty."""
    return _PHRASES[type(event)](event)


def bare_phrases_of(event: Any) -> list[str]:  # noqa: ANN401 - any event of the contract
    """What may be said of an event about restricted content: what it is, of which version, and its state."""
    kind = str(type(event).__struct_config__.tag).removesuffix(".v1")
    version = getattr(event, "version", None)
    states = (getattr(event, name, None) for name in ("decision", "proposal", "stage", "closing", "lane"))
    case = getattr(event, "case", None)
    return [
        "restricted",
        kind if version is None else f"{kind} v{version}",
        *(str(state) for state in states if state is not None),
        *([f"case {case}"] if case else []),
    ]
