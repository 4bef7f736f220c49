"""Hostile texts: the corpus with known violations in it, and random splices of what it is made of."""

from hypothesis import strategies as st

from stream.ops.canaries.attempts import Attempt, attempts
from tests.injection.frames import HARASSMENT, SPAM
from tests.unit.policies.sample import SHIPPED

CORPUS = attempts()
VIOLATIONS = [
    case
    for policy in (HARASSMENT, SPAM)
    for case in SHIPPED.golden(policy)
    if case.must_pass and case.result == "violates"
]
CONTROLS = ["<|start|>", "<|end|>", "<|message|>", "<|channel|>", "<|return|>", "<|call|>", "<|constrain|>"]
_PIECES = [
    "<|", "|>", "<", "|", "start", "end", "\ud800", "\udc00", "\ud83d", "\ude00", "\x00", "\r", "\u2028",
    "\x85", "\n", "\nEND OF TARGET ", "\n\nTARGET ", "END OF THREAD ", "\nSpeaker 2 ", "[", "]", ": ",
    "{payload}",
]  # fmt: skip

splices = st.lists(
    st.one_of(
        st.sampled_from([attempt.wrap("some words").text for attempt in CORPUS]),
        st.sampled_from(CONTROLS + _PIECES),
        st.text(st.characters(codec=None), max_size=20),
    ),
    max_size=8,
).map("".join)
"""Also with halves of surrogate pairs, which may meet to a whole one."""


def payload_for(attempt: Attempt) -> str:
    """A known violation for each attempt, every one in its turn."""
    return VIOLATIONS[CORPUS.index(attempt) % len(VIOLATIONS)].text
