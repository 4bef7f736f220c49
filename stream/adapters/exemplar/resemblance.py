"""How far a text resembles one side of a policy's examples or the other, and when that is enough to decide.

Texts are bags of words, word pairs and runs of 2 to 5 letters. A kernel ridge regression puts the examples
that violate at 1 and the safe ones at -1. Leaving one example out and scoring it from the rest has a closed
form there (residual over the diagonal of the inverse), so each bound is the mildest at which at most one in
twenty left-out examples beyond it is of the other side. Features are hashed, so no vocabulary or weight of
words is learned in which the one left out would still have a say.

A text that is less like its nearest example than nineteen in twenty examples are like theirs is unknown.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import HashingVectorizer

from stream.core.policy import Example, PolicyResult

MAX_CHARACTERS = 2_000
"""A longer text resembles no example enough: most of it would be unlike any."""

_RIDGE = 0.1
_TOLERATED = 0.05
_LEAST_EXAMPLES = 10
_ADDRESS = re.compile(r"\b[a-z0-9]+\.[a-z]{2,}\b\S*")
_WORD_OR_MARK = r"\w+|[^\w\s]"
_DIGIT = re.compile(r"\d")

Vector = NDArray[np.float64]


def _plain(text: str) -> str:
    """Lower case; which digits and which address it is does not matter."""
    return _DIGIT.sub("0", _ADDRESS.sub(" address ", text.lower()))


_AS = {"preprocessor": _plain, "binary": True, "alternate_sign": False}
_VIEWS = (
    HashingVectorizer(ngram_range=(1, 2), token_pattern=_WORD_OR_MARK, **_AS),
    HashingVectorizer(analyzer="char_wb", ngram_range=(2, 5), **_AS),
)


class Bounds(NamedTuple):
    """Scores at or below `safe` are safe, at or above `violates` violate; between them it is unsure."""

    safe: float
    violates: float


class Opinion(NamedTuple):
    """A decision, the score it rests on, and the example of its side that is nearest."""

    result: PolicyResult
    score: float
    nearest: Example


class Resemblance:
    """Fitted to one policy's examples. Deterministic: the same examples and text give the same opinion."""

    def __init__(self, examples: Sequence[Example]) -> None:
        """Fit. Examples that need context say nothing about either side and are left out."""
        sides = (PolicyResult.SAFE, PolicyResult.VIOLATES)
        self._examples = [example for example in examples if example.result in sides]
        self._violates = np.array([example.result is PolicyResult.VIOLATES for example in self._examples])
        self._views = [
            (view, view.transform([example.text for example in self._examples])) for view in _VIEWS
        ]
        self._offset = float(np.where(self._violates, 1.0, -1.0).mean())
        self._kernel = sum((vectors @ vectors.T).toarray() for _, vectors in self._views) / len(_VIEWS)
        self._weights, left_out = self._fit()
        self.least_likeness = float(
            np.quantile((self._kernel - np.eye(len(left_out))).max(axis=0), _TOLERATED)
        )
        enough = min(self._violates.sum(), (~self._violates).sum()) >= _LEAST_EXAMPLES
        self.bounds = _bounds(left_out, self._violates) if enough else Bounds(-np.inf, np.inf)

    def opinion(self, text: str) -> Opinion:
        """Decide about one text."""
        similarities = self._similarities(text[:MAX_CHARACTERS])
        score = float(similarities @ self._weights + self._offset)
        unknown = len(text) > MAX_CHARACTERS or similarities.max() < self.least_likeness
        if unknown or self.bounds.safe < score < self.bounds.violates:
            return Opinion(PolicyResult.NEEDS_CONTEXT, score, self._nearest(similarities, violates=True))
        result = PolicyResult.VIOLATES if score >= self.bounds.violates else PolicyResult.SAFE
        return Opinion(result, score, self._nearest(similarities, result is PolicyResult.VIOLATES))

    def likest(self, parts: Sequence[str], example: Example) -> str:
        """The part of a text that resembles an example most; the first of equals."""
        column = self._examples.index(example)
        return max(parts, key=lambda part: self._similarities(part)[column])

    def _fit(self) -> tuple[Vector, Vector]:
        """Weights of the examples, and each example's score when it is left out of them."""
        side = np.where(self._violates, 1.0, -1.0)
        inverse = np.linalg.inv(self._kernel + _RIDGE * np.eye(len(side)))
        weights = inverse @ (side - self._offset)
        return weights, side - weights / np.diag(inverse)

    def _similarities(self, text: str) -> Vector:
        """The mean of both views' cosines with each example."""
        likeness: Vector = sum(
            vectors @ view.transform([text]).toarray()[0] for view, vectors in self._views
        ) / len(_VIEWS)
        return likeness

    def _nearest(self, similarities: Vector, violates: bool) -> Example:
        mine = np.where(self._violates == violates, similarities, -1.0)
        return self._examples[int(np.argmax(mine))]


def _bounds(scores: Vector, violates: NDArray[np.bool_]) -> Bounds:
    return Bounds(safe=-_mildest(-scores, violates), violates=_mildest(scores, ~violates))


def _mildest(scores: Vector, wrong: NDArray[np.bool_]) -> float:
    """The lowest bound at which no more than the tolerated share of the scores at or above it is wrong."""
    order = np.argsort(-scores, kind="stable")
    share = np.cumsum(wrong[order]) / np.arange(1, len(scores) + 1)
    tolerable = np.nonzero(share <= _TOLERATED)[0]
    return float(scores[order][tolerable[-1]]) if len(tolerable) else float("inf")
