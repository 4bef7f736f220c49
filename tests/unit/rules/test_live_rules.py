"""Rules on disk: in force when they are written, and still in force when they are broken."""

import logging
from pathlib import Path

import pytest
from prometheus_client import generate_latest

from stream.adapters.metrics import TriageMetrics
from stream.adapters.rules import LiveRules, RuleFolder
from stream.core.control import RulesPublished
from stream.core.errors import PolicyInvalid
from stream.core.rules.date import DAY
from tests.unit.processors.cases import FixedPolicies
from tests.unit.rules.sample import NOW, judged, post, written


class Folder:
    """A folder of rules, the rules that live from it, and a clock."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.now = NOW

    def write(self, name: str, text: str) -> None:
        self.root.mkdir(exist_ok=True)
        (self.root / name).write_text(text, encoding="utf-8")

    def live(self) -> LiveRules:
        return LiveRules(RuleFolder(self.root), FixedPolicies(), lambda: self.now)


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "rules")


def names(live: LiveRules) -> list[str]:
    return [rule.name for rule in live.current().rules]


def test_a_folder_that_is_not_there_has_no_rules_until_it_is(folder: Folder) -> None:
    live = folder.live()
    assert names(live) == []
    assert not live.refresh()
    folder.write("a.toml", written("a"))
    assert live.refresh()
    assert names(live) == ["a"]
    assert not live.refresh()


def test_examples_and_hidden_files_are_not_read(folder: Folder) -> None:
    folder.write("a.toml", written("a"))
    folder.write(".b.toml", "nonsense = ")
    (folder.root / "examples").mkdir()
    folder.write("examples/c.toml", written("c"))
    assert names(folder.live()) == ["a"]


def test_a_broken_edit_leaves_the_last_good_rules_of_its_file_and_others_go_on(
    folder: Folder, caplog: pytest.LogCaptureFixture
) -> None:
    # Given two files
    folder.write("a.toml", written("a"))
    folder.write("b.toml", written("b"))
    live = folder.live()
    # When one is broken while the other gets a rule more
    folder.write("a.toml", written("a2", "patterns = ['(']"))
    folder.write("b.toml", written("b") + written("c"))
    with caplog.at_level(logging.ERROR):
        assert live.refresh()
        assert not live.refresh()
    # Then what was broken is as it was, the other is in force, and the mistake is told once
    assert names(live) == ["a", "b", "c"]
    assert (live.reloads, live.refused, live.stale) == (1, 1, True)
    assert "a.toml:5: rule `a2`: pattern `(`" in caplog.text
    # And when it is mended, it is in force
    folder.write("a.toml", written("a2"))
    assert live.refresh()
    assert names(live) == ["a2", "b", "c"]
    assert not live.stale


def test_a_name_that_another_file_has_is_refused_and_nothing_changes(folder: Folder) -> None:
    folder.write("a.toml", written("a"))
    live = folder.live()
    folder.write("b.toml", written("a", then="{ escalate = true }"))
    assert not live.refresh()
    assert (live.refused, live.stale) == (1, True)
    assert not judged(live.current(), post("buy now")).urgent


def test_a_file_that_goes_takes_its_rules_with_it(folder: Folder) -> None:
    folder.write("a.toml", written("a"))
    live = folder.live()
    (folder.root / "a.toml").unlink()
    assert live.refresh()
    assert names(live) == []


def test_a_list_of_authors_is_followed_too(folder: Folder) -> None:
    folder.write("who.txt", "a1\n")
    folder.write("a.toml", written("a", 'authors_file = "who.txt"'))
    live = folder.live()
    assert not judged(live.current(), post(author="a2")).people
    folder.write("who.txt", "a1\na2\n")
    assert live.refresh()
    assert judged(live.current(), post(author="a2")).people


def test_triage_does_not_begin_with_rules_that_it_cannot_read(folder: Folder) -> None:
    folder.write("a.toml", written("a", ""))
    with pytest.raises(PolicyInvalid, match=r"a\.toml:1"):
        folder.live()


def test_the_end_of_a_rule_and_a_policy_that_nobody_has_are_told_once(
    folder: Folder, caplog: pytest.LogCaptureFixture
) -> None:
    # Given a rule that ends in a while, and asks a policy that the set lacks
    folder.write("a.toml", written("a", then='{ route = { policies = ["harassment", "nosuch"] } }'))
    with caplog.at_level(logging.WARNING):
        live = folder.live()
        live.refresh()
        assert live.counts() == (1, 0)
        # When its day has passed
        folder.now += 60 * DAY
        live.refresh()
        live.refresh()
    # Then each is said once, and the counts tell
    assert live.counts() == (0, 1)
    assert live.unknown == {"nosuch"}
    said = [record.getMessage() for record in caplog.records]
    assert len([line for line in said if "nosuch" in line]) == 1
    assert len([line for line in said if "rule a has ended" in line]) == 1
    assert len(said) == 2


ABOUT = {
    "in_force_rules", "expired_rules", "rule_reloads_total", "rule_refusals_total", "rules_stale",
    "unknown_policies",
}  # fmt: skip


def told(metrics: TriageMetrics) -> dict[str, float]:
    lines = generate_latest(metrics.registry).decode().splitlines()
    series = (line.rpartition(" ") for line in lines if line.startswith("sluice_triage_"))
    told = {name.removeprefix("sluice_triage_"): float(value) for name, _, value in series}
    return {name: value for name, value in told.items() if name in ABOUT}


def test_the_page_tells_of_rules_and_their_edits(folder: Folder) -> None:
    metrics = TriageMetrics()
    assert told(metrics) == dict.fromkeys(ABOUT, 0)
    folder.write("a.toml", written("a"))
    live = folder.live()
    metrics.rules.watch(live)
    folder.write("a.toml", written("a") + written("b").replace("2024-12-01", "2024-01-01"))
    live.refresh()
    folder.write("c.toml", "nonsense = ")
    live.refresh()
    assert told(metrics) == {
        "in_force_rules": 1,
        "expired_rules": 1,
        "rule_reloads_total": 1,
        "rule_refusals_total": 1,
        "rules_stale": 1,
        "unknown_policies": 0,
    }


def test_hits_are_told_by_rule_and_their_series_are_bounded() -> None:
    metrics = TriageMetrics()
    for number in range(300):
        metrics.ruled(f"rule-{number}")
    lines = generate_latest(metrics.registry).decode().splitlines()
    series = [line for line in lines if line.startswith("sluice_triage_rule_hits_total{")]
    assert len(series) == 201
    assert 'sluice_triage_rule_hits_total{rule="other"} 100.0' in series


def published(name: str, text: str) -> RulesPublished:
    return RulesPublished(name=name, text=text, by="ana", at=NOW)


def test_rules_that_are_told_count_beside_those_of_the_folder_until_they_are_taken_back(
    folder: Folder,
) -> None:
    # Given a rule in the folder
    folder.write("a.toml", written("a"))
    live = folder.live()

    # When another is told, then both are in force, also after an edit of the folder
    live.hear((published("wave.toml", written("wave")),))
    assert names(live) == ["a", "wave"]
    folder.write("b.toml", written("b"))
    assert live.refresh()
    assert names(live) == ["a", "b", "wave"]

    # And when it is taken back, the folder's stay
    live.hear(())
    assert names(live) == ["a", "b"]


@pytest.mark.parametrize("broken", ["nonsense = ", written("a")], ids=["unreadable", "a double name"])
def test_what_is_told_and_does_not_hold_together_leaves_what_was_told_before(
    folder: Folder, broken: str
) -> None:
    # Given a rule of the folder and one that was told
    folder.write("a.toml", written("a"))
    live = folder.live()
    live.hear((published("wave.toml", written("wave")),))

    # When it is replaced by what does not hold together
    live.hear((published("wave.toml", broken),))

    # Then the one before stays in force, and the refusal is told until it is mended
    assert names(live) == ["a", "wave"]
    assert (live.refused, live.stale) == (1, True)
    folder.write("b.toml", written("b"))
    live.refresh()
    assert live.stale, "an edit of the folder mends nothing that was told"
    live.hear((published("wave.toml", written("tide")),))
    assert (names(live), live.stale) == (["a", "b", "tide"], False)
