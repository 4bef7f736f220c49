"""Rows through an engine: what is counted, masked, and kept to be looked at."""

from pathlib import Path

import pytest

from stream.adapters.answers import RememberingEngine
from stream.ops.evaluation.judging import Judging
from stream.ops.evaluation.labelled.classifier import trained
from stream.ops.evaluation.labelled.measuring import SAMPLING, measure
from stream.ops.evaluation.labelled.result import Prices, Result, Setup, result_of
from stream.ops.evaluation.labelled.rows import read_rows
from stream.ops.evaluation.labelled.shown import page_of
from stream.ops.evaluation.labelled.survey import survey
from stream.ops.evaluation.labelled.tally import Tally
from stream.ops.evaluation.silence import Silence
from stream.ops.report import page_html
from tests.unit.evaluation.labelled.world import LABELS, Planned, data_file, labelling, policy_set, row

SETUP = Setup("rows.jsonl", 0, "sample", "sha256:" + "0" * 64, "scripted", "scripted")
HARD = LABELS + '[hard_negatives]\nwhat = "look-alikes"\nby = "kind"\n'


async def run(folder: Path, lines: list[str], text: str = LABELS) -> tuple[Tally, Result]:
    """Measure these lines."""
    file = data_file(folder, lines)
    tally = Tally(labelling(text), policy_set())
    engine = RememberingEngine(Planned(), None, tally.hear)
    await measure(read_rows(file), Judging(policy_set(), engine, Silence(), SAMPLING), tally, 4)
    classifier = trained(survey(file).sample, labelling(text))
    return tally, result_of(SETUP, tally, classifier, Prices(1.0, 2.0))


async def test_a_row_counts_for_a_policy_only_where_its_label_is_known(tmp_path: Path) -> None:
    """Given labels that are known, unknown and missing, when measured, then unknown ones are masked."""
    lines = [
        row(1, {"R": 1, "L": 0}, "you fool rude:violates"),
        row(2, {"R": 1, "L": None}, "you fool loud:violates"),
        row(3, {"L": 0}, "you fool"),
    ]
    _, result = await run(tmp_path, lines)
    rude, loud = result.by_policy["rude"].counts, result.by_policy["loud"].counts
    assert (rude.caught, rude.missed, rude.safe) == (1, 1, 0)
    assert (loud.total, loud.let_pass) == (2, 2)
    # Any policy: the third row is masked, for R may be 1.
    assert (result.overall.counts.total, result.unlabelled) == (2, 1)


async def test_exact_match_is_over_rows_whose_labels_are_all_known(tmp_path: Path) -> None:
    """Given complete and incomplete rows, when measured, then only complete ones count, if all is right."""
    lines = [
        row(1, {"R": 1, "L": 0}, "you fool rude:violates"),
        row(2, {"R": 1, "L": 1}, "you fool rude:violates"),
        row(3, {"R": 0, "L": 0}, "you fool loud:needs_context"),
        row(4, {"R": 1}, "you fool rude:violates"),
    ]
    _, result = await run(tmp_path, lines)
    matrix = result.matrix
    assert (matrix.rows, matrix.exact.count, matrix.with_people.count) == (3, 1, 2)
    assert (matrix.to_people.count, matrix.always_safe.count) == (1, 1)


async def test_what_goes_to_people_is_counted_apart_and_both_ways(tmp_path: Path) -> None:
    """Given answers that need context or are broken, when measured, then both readings have them."""
    lines = [
        row(1, {"R": 1, "L": 0}, "you fool rude:needs_context"),
        row(2, {"R": 1, "L": 0}, "you fool rude:nonsense"),
        row(3, {"R": 0, "L": 0}, "you fool rude:needs_context"),
        row(4, {"R": 0, "L": 0}, "   "),
    ]
    _, result = await run(tmp_path, lines)
    rude = result.by_policy["rude"]
    assert rude.to_people.count == 4
    assert (rude.flagged.recall.value, rude.with_people.recall.value) == (0, 1)
    assert (rude.flagged.false_flags.value, rude.with_people.false_flags.value) == (0, 1)
    assert sum(result.failures.values()) > 0
    assert result.obstacles == {"there is no text to judge": 1}


async def test_the_datas_own_label_for_any_is_reported_beside(tmp_path: Path) -> None:
    """Given rows that say 0 for any though a label is unknown, then that reading stands apart."""
    _, result = await run(tmp_path, [row(1, {"R": 0, "violates": 0}), row(2, {"R": 1, "violates": 1})])
    assert result.overall.counts.total == 1
    assert result.as_given is not None
    assert result.as_given.counts.total == 2


async def test_hard_negatives_are_told_by_kind_and_languages_apart(tmp_path: Path) -> None:
    """Given look-alikes of two kinds in two languages, when measured, then each has its own false flags."""
    lines = [
        row(1, {"R": 0, "L": 0, "kind": "idiom"}, "you fool rude:violates"),
        row(2, {"R": 0, "L": 0, "kind": "game"}, "you fool", "de"),
        row(3, {"R": 0, "L": 0, "kind": "game"}, "you fool", None),
    ]
    _, result = await run(tmp_path, lines, HARD)
    assert result.by_kind["idiom"].flagged.false_flags.value == 1
    assert result.by_kind["game"].flagged.false_flags.value == 0
    assert set(result.by_language) == {"en", "de", "not said"}


async def test_cost_and_mistakes_reach_the_page_and_texts_only_behind_details(tmp_path: Path) -> None:
    """Given a wrong decision, when the page is written, then its text stands masked, and money is told."""
    lines = [row(1, {"R": 1, "L": 0}, "you fool unusualword"), row(2, {"R": 0, "L": 0}, "you fool")]
    tally, result = await run(tmp_path, lines)
    assert (result.cost.answers, result.cost.usage.prompt) == (4, 3_600)
    assert result.cost.money == pytest.approx((4 * 900 + 2 * 4 * 30) / 1e6)
    wrong = [one for kept in tally.mistakes.values() for one in kept.items()]
    html = page_html(page_of(result, labelling(), wrong))
    assert html.count("unusualword") == 1
    assert "unusualword" in html.split("<details>")[1]
    for wanted in ("At a glance", "always violating", "Risk against coverage", "gpt-oss-safeguard-20b"):
        assert wanted in html


async def test_texts_of_restricted_content_are_not_kept(tmp_path: Path) -> None:
    """Given a policy that is restricted, when it decides wrongly, then no text of the row is kept."""
    from msgspec.structs import replace

    restricted = policy_set()
    rude = replace(restricted.policies["rude"], restricted=True)
    restricted = replace(restricted, policies={**restricted.policies, "rude": rude})
    file = data_file(tmp_path, [row(1, {"R": 0, "L": 1}, "you fool rude:violates")])
    tally = Tally(labelling(), restricted)
    await measure(read_rows(file), Judging(restricted, Planned(), Silence(), SAMPLING), tally, 4)
    assert tally.by_policy["loud"].missed == 1
    assert tally.mistakes == {}


async def test_a_classifier_learns_what_can_be_learned_and_is_never_asked_about_its_own_rows(
    tmp_path: Path,
) -> None:
    """Given a word that decides and labels at random, when trained, then one is learned and the other not."""
    import random

    draw = random.Random(5)
    lines = []
    for number in range(300):
        rude = number % 2
        word = "awful" if rude else "pleasant"
        filler = " ".join(draw.choice(["tree", "house", "river", "stone", "cloud"]) for _ in range(6))
        lines.append(row(number, {"R": rude, "L": draw.randint(0, 1)}, f"{word} {filler} {number}"))
    _, result = await run(tmp_path, lines)
    assert result.classifier is not None
    learned = result.classifier.by_policy["rude"].measures().f1.value
    noise = result.classifier.by_policy["loud"].measures().f1.value
    assert learned == 1
    assert noise is not None
    assert noise < 0.7
