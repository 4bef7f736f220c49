"""A policy as a pack has it, and labelled rows for it."""

PACK = """# Loud Noise Policy (#LNO)

## Goal

Identify loud words. Classify each example as `VALID` (allowed) or `INVALID` (loud) using this policy.

## Definitions

- Loud words: Words in capital letters, or with many exclamation marks.
- Shouting: Loud words at a person.

## Allowed Content (LNO0 - Quiet)

Content that is quiet, or speaks about noise.

Examples:

- LNO0.a Report: "My neighbour shouts all day."; "The concert was over at ten."
- LNO0.b Question: "How loud may a party be?"

Output: `VALID`

## Shouting at nobody (LNO1 - Noise)

Loud words that no one is meant by.

Examples:

- LNO1.a Joy: "GOAL!!! WHAT A GOAL!!!"
- LNO1.b Anger: "TRAFFIC AGAIN!!!" or "NOT TODAY!!!"

Output: `INVALID`

## Shouting at somebody (LNO2 - Attack)

Examples:

- LNO2.a Order: "SHUT UP PETER!!!"

Output: `INVALID`

## Label Format

Each item gets one label.

Examples:

- "Is a drum loud?" -> `LNO0`
- "DRUMS FOREVER!!!" -> `LNO1`

## Ambiguity and Escalation

- Capital letters alone remain `LNO0`.
- If the content overlaps with harassment, escalate to the relevant policy.

## Appendix

History of the policy.
"""


def row(
    row_id: str, text: str, code: str, kind: str = "prompt", violates: int | None = None
) -> dict[str, object]:
    """One labelled row."""
    wrong = int(not code.endswith("0")) if violates is None else violates
    labels = {"violates": wrong, "policy": "loud-noise", "code": code, "kind": kind}
    return {"id": row_id, "text": text, "labels": labels, "lang": "en", "source": "test"}


ROWS = [
    row("ln-0-p", "Tell me how to be heard at the back of a hall", "LNO0"),
    row("ln-0-r", "Speak slowly and look at the last row.", "LNO0", "response"),
    row("ln-1-p", "WE WON THE CUP AND NOBODY BELIEVED IN US!!!", "LNO1"),
    row("ln-2-p", "is a drum loud", "LNO0"),
    row("ln-3-p", "I am here", "LNO9"),
]
