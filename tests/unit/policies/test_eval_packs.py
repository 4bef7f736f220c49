"""The evaluation packs: they hold together, fit their data sets, and have not seen them."""

import re
from pathlib import Path

import pytest

from stream.adapters.policies import PolicyFolder
from stream.core.cascade import asked_again, first_effort
from stream.core.judgement import Judgement
from stream.core.policy import PolicyResult
from stream.core.policy.lock import name_of
from stream.core.policy.policy_set import PolicySet, speaks
from stream.core.terms import Effort
from stream.ops.evaluation.labelled.labelling import Labelling, parse_labelling
from stream.ops.evaluation.labelled.rows import read_rows
from stream.ops.evaluation.labelled.survey import check_labels, survey

PACKS = Path(__file__).parents[3] / "policies" / "eval"
NAMES = ("openai_moderation_2022", "xstest_v2", "hatecheck_multilingual_sample")
NEAR = 0.6
"""As for golden cases: the share of words that two texts may have in common."""


def loaded(name: str) -> tuple[PolicyFolder, PolicySet, Labelling]:
    folder = PolicyFolder(PACKS / name)
    policy_set = folder.policy_set("default")
    labels = PACKS / name / "labels.toml"
    return folder, policy_set, parse_labelling(labels.read_text("utf-8"), str(labels), policy_set)


def test_every_pack_is_tested_here() -> None:
    assert sorted(path.parent.name for path in PACKS.glob("*/labels.toml")) == sorted(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_pack_holds_together_and_is_locked(name: str) -> None:
    """Given a pack, when loaded, then each policy is measured, locked, and has examples of both sides."""
    folder, policy_set, labelling = loaded(name)
    assert set(labelling.policies) == set(policy_set.policies)
    for policy in policy_set.policies.values():
        assert folder.lock()[name_of(policy)] == policy.digest
        results = {example.result for example in folder.exemplars(policy)}
        assert {PolicyResult.SAFE, PolicyResult.VIOLATES} <= results


@pytest.mark.parametrize("name", NAMES)
def test_a_pack_asks_each_policy_once_and_alone(name: str) -> None:
    """Given a pack's set, when a row violates, then nothing is asked again: a figure is of one answer."""
    _, policy_set, _ = loaded(name)
    routing = policy_set.route("default", None)
    for policy in policy_set.policies.values():
        assert first_effort((policy,), routing.effort) is Effort.HIGH
        flagged = Judgement(policy=policy.id, result=PolicyResult.VIOLATES)
        assert asked_again(flagged, (policy,), routing.effort, drawn=True) is None


@pytest.mark.parametrize("name", NAMES)
def test_a_pack_fits_its_data(name: str, data_dir: Path) -> None:
    """Given the data set of a pack, when looked through, then all rows fit, in languages that the set has."""
    _, policy_set, labelling = loaded(name)
    data = data_dir / f"{name}.jsonl.gz"
    found = survey(data)
    check_labels(data, labelling, found)
    known = dict.fromkeys(labelling.policies, 0)
    for row in read_rows(data):
        assert row.lang is not None
        assert any(speaks(tag, row.lang) for tag in policy_set.languages)
        for policy, truth in labelling.of(row.labels).items():
            known[policy] += truth is not None
    assert min(known.values()) >= 400


def test_unknown_labels_of_the_moderation_data_are_masked(data_dir: Path) -> None:
    """Given the data set, when its labels are read, then 711 rows have all seven."""
    _, _, labelling = loaded("openai_moderation_2022")
    truths = [labelling.of(row.labels) for row in read_rows(data_dir / "openai_moderation_2022.jsonl.gz")]
    assert sum(None not in truth.values() for truth in truths) == 711
    assert sum(True in truth.values() for truth in truths) == 437


@pytest.mark.parametrize("name", NAMES)
def test_no_example_of_a_pack_is_near_a_row_of_its_data(name: str, data_dir: Path) -> None:
    """Given examples and exemplars, when compared with the data, then none was taken from it."""
    folder, policy_set, _ = loaded(name)
    rows = [words(row.text) for row in read_rows(data_dir / f"{name}.jsonl.gz")]
    index: dict[str, list[int]] = {}
    for place, row in enumerate(rows):
        for word in row:
            index.setdefault(word, []).append(place)
    for policy in policy_set.policies.values():
        examples = [example for group in policy.examples for example in group]
        for example in (*examples, *folder.exemplars(policy)):
            mine = words(example.text)
            for place in {place for word in mine for place in index.get(word, ())}:
                alike = len(mine & rows[place]) / len(mine | rows[place])
                assert alike < NEAR, (policy.id, example.text)


def words(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", text.lower()))
