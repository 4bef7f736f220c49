"""How sure a model was of its labels: where they stand among an output's tokens, and their log-probability.

The form puts each policy's label first, and no text of an answer may hold a quotation mark: so `"label": "`
stands there once for each policy, in the question's order. vLLM takes log-probabilities after the grammar's
mask: among the labels, not among all words.
"""

import re
from collections.abc import Sequence

from stream.adapters.vllm.harmony import Harmony

_LABEL = re.compile(r'"label": "([a-z_]+)"')


def label_log_probabilities(
    harmony: Harmony, tokens: Sequence[int], log_probabilities: Sequence[float]
) -> list[float]:
    """Return the log-probability of each label in the last channel, in order; fewer where it was cut off.

    Args:
        harmony: the vocabulary.
        tokens: the output.
        log_probabilities: of each of its tokens; empty where there are none.
    """
    begin = _after_last(harmony.marks.message, tokens)
    pieces = [harmony.piece(token) for token in tokens[begin:]]
    ends = [0]
    for piece in pieces:
        ends.append(ends[-1] + len(piece))
    found = []
    for label in _LABEL.finditer("".join(pieces)) if log_probabilities else ():
        first, last = label.span(1)
        inside = [n for n in range(len(pieces)) if ends[n] < last and ends[n + 1] > first]
        found.append(min(0.0, sum(log_probabilities[begin + n] for n in inside)))
    return found


def _after_last(mark: int, tokens: Sequence[int]) -> int:
    return next((n + 1 for n in range(len(tokens) - 1, -1, -1) if tokens[n] == mark), len(tokens))
