"""Everything that is counted while an engine judges labelled rows: bounded, whatever their number."""

from collections import Counter, defaultdict
from collections.abc import Mapping

from msgspec import Struct

from stream.adapters.answers import Heard
from stream.core.actions import is_restricted
from stream.core.judgement import Judgement, Usage
from stream.core.policy import PolicyResult
from stream.core.policy.policy_set import PolicySet
from stream.ops.evaluation.judging import Judged
from stream.ops.evaluation.labelled.counts import Counts, is_peoples
from stream.ops.evaluation.labelled.durations import Durations
from stream.ops.evaluation.labelled.kept import Kept
from stream.ops.evaluation.labelled.labelling import Labelling, together
from stream.ops.evaluation.labelled.rows import Row
from stream.ops.evaluation.labelled.signals import Signal, SignalTally
from stream.ops.evaluation.labelled.survey import MOST_GROUPS, OTHERS

SHOWN = 6
"""Texts a policy and kind of mistake that are kept to be looked at."""
SHOWN_CHARACTERS = 1_000
UNKNOWN_LANGUAGE = "not said"
_DECIDED = (PolicyResult.SAFE, PolicyResult.VIOLATES)


class Mistake(Struct, frozen=True):
    """A text that the engine decided wrongly; never one of restricted content."""

    id: str
    text: str
    policy: str
    violates: bool
    clauses: tuple[str, ...]


class Grouped(defaultdict[str, Counts]):
    """Counts by the value of something, such as the language; beyond a bound the rest counts together."""

    def __init__(self) -> None:
        super().__init__(Counts)

    def of(self, name: str) -> Counts:
        """The counts of a value."""
        return self[name if name in self or len(self) < MOST_GROUPS else OTHERS]


class Tally:
    """Counts rows and answers.

    Args:
        labelling: how labels are read.
        policy_set: what is judged by.
    """

    def __init__(self, labelling: Labelling, policy_set: PolicySet) -> None:
        self.labelling = labelling
        self._set = policy_set
        self.rows = self.unlabelled = 0
        self.by_policy = {policy: Counts() for policy in labelling.policies}
        self.overall, self.as_given = Counts(), Counts()
        self.by_language: Grouped = Grouped()
        self.by_kind: Grouped = Grouped()
        self.language_policy: dict[str, Grouped] = {policy: Grouped() for policy in labelling.policies}
        self.complete = self.exact = self.exact_with_people = self.matrix_to_people = 0
        self.constant: Counter[bool] = Counter()
        self.signals = [SignalTally(signal) for signal in Signal]
        self.failures: Counter[str] = Counter()
        self.obstacles: Counter[str] = Counter()
        self.proposals: Counter[str] = Counter()
        self.usage, self.paid = Usage(), Usage()
        self.answers = self.remembered = 0
        self.durations = Durations()
        self.mistakes: dict[tuple[str, bool], Kept[Mistake]] = {}

    def hear(self, heard: Heard) -> None:
        """Count an answer: its tokens, and where it was asked for now, how long it took."""
        self.answers += 1
        self.usage = _sum(self.usage, heard.answer.usage)
        if heard.remembered:
            self.remembered += 1
            return
        self.paid = _sum(self.paid, heard.answer.usage)
        self.durations.add(heard.seconds)

    def add(self, row: Row, judged: Judged) -> None:
        """Count one row."""
        self.rows += 1
        self.proposals[judged.ruling.proposal.value] += 1
        if judged.obstacle:
            known = judged.obstacle in self.obstacles or len(self.obstacles) < MOST_GROUPS
            self.obstacles[judged.obstacle if known else OTHERS] += 1
        for judgement in judged.judgements:
            self.failures.update(judgement.failures)
        results = {policy: _result(judged.judgement(policy)) for policy in self.labelling.policies}
        truths = self.labelling.of(row.labels)
        self._count_policies(row, judged, truths, results)
        self._count_overall(row, truths, results)
        self._count_matrix(truths, results)

    def _count_policies(
        self,
        row: Row,
        judged: Judged,
        truths: Mapping[str, bool | None],
        results: Mapping[str, PolicyResult],
    ) -> None:
        shown = not self._is_restricted(judged)
        for policy, truth in truths.items():
            result, judgement = results[policy], judged.judgement(policy)
            if truth is None:
                continue
            self.by_policy[policy].add(truth, result)
            self.language_policy[policy].of(row.lang or UNKNOWN_LANGUAGE).add(truth, result)
            if judgement is None or result not in _DECIDED:
                continue
            right = truth is (result is PolicyResult.VIOLATES)
            for signal in self.signals:
                signal.add(judgement.confidence, right=right)
            if not right and shown and not self._set.policies[policy].restricted:
                self._keep(row, policy, truth, judgement)

    def _count_overall(
        self, row: Row, truths: Mapping[str, bool | None], results: Mapping[str, PolicyResult]
    ) -> None:
        result, truth = united(results), together(truths.values())
        if self.labelling.overall is not None:
            given = together([row.labels.get(self.labelling.overall)])
            if given is not None:
                self.as_given.add(given, result)
        if truth is None:
            self.unlabelled += 1
            return
        self.overall.add(truth, result)
        self.by_language.of(row.lang or UNKNOWN_LANGUAGE).add(truth, result)
        hard = self.labelling.hard_negatives
        if hard is not None and hard.by is not None:
            self.by_kind.of(str(row.labels.get(hard.by) or "not said")).add(truth, result)

    def _count_matrix(self, truths: Mapping[str, bool | None], results: Mapping[str, PolicyResult]) -> None:
        """A row counts only where every label of the matrix is known."""
        if None in truths.values():
            return
        self.complete += 1
        self.constant[any(truths.values())] += 1
        wrong = [
            policy
            for policy, result in results.items()
            if result in _DECIDED and truths[policy] is not (result is PolicyResult.VIOLATES)
        ]
        people = any(is_peoples(result) for result in results.values())
        self.matrix_to_people += people
        self.exact += not wrong and not people
        self.exact_with_people += not wrong

    def _is_restricted(self, judged: Judged) -> bool:
        if judged.answers is None:
            return False
        everything = judged.answers.everything
        return judged.ruling.restricted or is_restricted(judged.policies, everything, self._set)

    def _keep(self, row: Row, policy: str, truth: bool, judgement: Judgement) -> None:
        clauses = tuple(finding.clause for finding in judgement.findings)
        kept = self.mistakes.setdefault((policy, truth), Kept(SHOWN))
        kept.offer(f"{row.line}", Mistake(row.id, row.text[:SHOWN_CHARACTERS], policy, truth, clauses))


def united(results: Mapping[str, PolicyResult]) -> PolicyResult:
    """What several policies say together: violates as soon as one does, then people's, else safe."""
    order = (PolicyResult.VIOLATES, PolicyResult.FAILED, PolicyResult.NEEDS_CONTEXT)
    return next((result for result in order if result in results.values()), PolicyResult.SAFE)


def _result(judgement: Judgement | None) -> PolicyResult:
    return PolicyResult.FAILED if judgement is None else judgement.result


def _sum(one: Usage, other: Usage) -> Usage:
    return Usage(one.prompt + other.prompt, one.cached + other.cached, one.output + other.output)
