"""How likely the label was, found among the probabilities of an answer's tokens. Pure."""

import re
from collections.abc import Sequence

import msgspec
from msgspec import Struct

from stream.core.policy import Policy


class _Token(Struct):
    token: str
    logprob: float
    bytes: list[int] | None = None


class _LogProbabilities(Struct):
    content: list[_Token] | None = None


def of_labels(listed: bytes, final: str, policies: Sequence[Policy]) -> dict[str, float]:
    """The natural logarithm of each label's probability, by policy id; without those that cannot be found.

    A label may be several tokens: their sum. Reasoning may come before the answer in the list.

    Args:
        listed: the choice's `logprobs`, as the server sent it.
        final: the answer.
        policies: that it answers.
    """
    try:
        tokens = (
            msgspec.json.decode(listed, type=_LogProbabilities | None) or _LogProbabilities()
        ).content or []
        pieces = [bytes(one.bytes) if one.bytes else one.token.encode() for one in tokens]
    except (msgspec.MsgspecError, ValueError):
        return {}
    whole = final.encode()
    begin = b"".join(pieces).rfind(whole)
    if begin < 0 or not whole:
        return {}
    found = {}
    for policy in policies:
        opening = rf'"{re.escape(policy.id)}"\s*:\s*' if len(policies) > 1 else r"\s*"
        if label := re.search(rf'{opening}\{{\s*"label"\s*:\s*"([a-z_]+)"'.encode(), whole):
            span = range(begin + label.start(1), begin + label.end(1))
            found[policy.id] = min(_sum_within(tokens, pieces, span), 0.0)
    return found


def _sum_within(tokens: Sequence[_Token], pieces: Sequence[bytes], span: range) -> float:
    total, at = 0.0, 0
    for token, piece in zip(tokens, pieces, strict=True):
        if at < span.stop and at + len(piece) > span.start:
            total += token.logprob
        at += len(piece)
    return total
