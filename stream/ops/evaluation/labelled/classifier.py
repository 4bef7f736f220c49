"""A trained classifier on the same rows, so that an engine's figures have something to be measured against.

Words and word pairs, and runs of 3 to 5 letters, weighted by TF-IDF, into one logistic regression a policy.
It is cross-validated: each fifth of the rows is predicted by what was learned from the other four, equal
texts in the same fifth. It has seen labels of this very data, which a written policy never has.
"""

from collections.abc import Callable, Sequence
from typing import Any

from msgspec import Struct

from stream.core.policy import PolicyResult
from stream.ops.evaluation.labelled.counts import Counts, Estimate, share
from stream.ops.evaluation.labelled.labelling import Labelling, together
from stream.ops.evaluation.labelled.rows import Row

FOLDS = 5
LEAST_OF_A_SIDE = 20
"""Rows of each side without which nothing is trained."""


class Trained(Struct, frozen=True):
    """The classifier's figures: by policy, for all together, and by row of the label matrix.

    Attributes:
        untrained: the policies with too few rows of one side; none of the classifier's figures covers them.
        as_given: against the data's own label for "breaks any of them", where there is one.
    """

    rows: int
    by_policy: dict[str, Counts]
    overall: Counts
    as_given: Counts
    exact: Estimate
    untrained: tuple[str, ...] = ()


def trained(
    rows: Sequence[Row], labelling: Labelling, advanced: Callable[[], None] = lambda: None
) -> Trained | None:
    """Train and predict; `advanced` is called after each fifth. None where nothing can be trained."""
    truths = [labelling.of(row.labels) for row in rows]
    able = [policy for policy in labelling.policies if _is_able([truth[policy] for truth in truths])]
    if not able:
        return None
    predicted: list[dict[str, bool]] = [{} for _ in rows]
    for train, test in _folds(rows):
        learn, apply = _vectors([rows[place].text for place in train], [rows[place].text for place in test])
        for policy in able:
            known = [spot for spot, place in enumerate(train) if truths[place][policy] is not None]
            sides = [truths[train[spot]][policy] for spot in known]
            for place, flagged in zip(test, _predictions(learn[known], sides, apply), strict=True):
                predicted[place][policy] = bool(flagged)
        advanced()
    return _figures(rows, labelling, truths, predicted, able)


def _is_able(truths: Sequence[bool | None]) -> bool:
    return min(truths.count(True), truths.count(False)) >= LEAST_OF_A_SIDE


def _folds(rows: Sequence[Row]) -> Any:  # noqa: ANN401 - arrays of a package without types
    from sklearn.model_selection import GroupKFold

    groups = {text: number for number, text in enumerate(dict.fromkeys(row.text for row in rows))}
    split = GroupKFold(FOLDS, shuffle=True, random_state=1)
    return split.split(range(len(rows)), groups=[groups[row.text] for row in rows])


def _vectors(train: Sequence[str], test: Sequence[str]) -> Any:  # noqa: ANN401 - as above
    from scipy.sparse import hstack
    from sklearn.feature_extraction.text import TfidfVectorizer

    views = (
        TfidfVectorizer(ngram_range=(1, 2), min_df=2, max_features=50_000, sublinear_tf=True),
        TfidfVectorizer(
            analyzer="char_wb", ngram_range=(3, 5), min_df=3, max_features=100_000, sublinear_tf=True
        ),
    )
    learned = [(view.fit_transform(train), view.transform(test)) for view in views]
    return hstack([one for one, _ in learned], "csr"), hstack([one for _, one in learned], "csr")


def _predictions(vectors: Any, sides: Sequence[bool | None], apply: Any) -> Any:  # noqa: ANN401 - as above
    from sklearn.linear_model import LogisticRegression

    if len(set(sides)) == 1:
        return [sides[0]] * apply.shape[0]
    model = LogisticRegression(C=10.0, class_weight="balanced", solver="liblinear", random_state=1)
    return model.fit(vectors, sides).predict(apply)


def _figures(
    rows: Sequence[Row],
    labelling: Labelling,
    truths: Sequence[dict[str, bool | None]],
    predicted: Sequence[dict[str, bool]],
    able: Sequence[str],
) -> Trained:
    by_policy = {policy: Counts() for policy in able}
    overall, given = Counts(), Counts()
    exact = complete = 0
    for row, truth, flags in zip(rows, truths, predicted, strict=True):
        for policy in able:
            _add(by_policy[policy], truth[policy], flags[policy])
        any_flag = any(flags.values())
        _add(overall, together(truth.values()), any_flag)
        if labelling.overall is not None:
            _add(given, together([row.labels.get(labelling.overall)]), any_flag)
        if None not in truth.values():
            complete += 1
            exact += all(truth[policy] is flags.get(policy, False) for policy in truth)
    untrained = tuple(policy for policy in labelling.policies if policy not in able)
    return Trained(len(rows), by_policy, overall, given, share(exact, complete), untrained)


def _add(counts: Counts, truth: bool | None, flagged: bool) -> None:
    if truth is not None:
        counts.add(truth, PolicyResult.VIOLATES if flagged else PolicyResult.SAFE)
