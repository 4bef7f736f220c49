"""A policy beside the one that it extends: what may not be turned round unseen."""

import pytest

from stream.core.policy import Policy
from tests.unit.policies.lint.sample import Edit, broken, draft, findings

EXEMPTION = "\n\nCS2 Fair play. Announces harm to a person in a match.\nEnds: where the match is over."


def parent(edit: Edit = str) -> Policy:
    return draft(edit).policy


def rules(child: Edit, mother: Policy) -> list[str]:
    inherited = {"parent-flipped", "parent-weakened", "parent-swallowed"}
    found = findings(draft(child, parent=mother))
    return [finding.rule for finding in found if finding.rule in inherited]


def test_a_child_that_changes_nothing_contradicts_nothing() -> None:
    assert rules(str, parent()) == []


def test_a_clause_that_decides_the_other_way_under_the_same_id_is_an_error() -> None:
    # Given a parent that calls criticism a violation, and a child that calls it safe
    def violating(text: str) -> str:
        moved = text.replace(
            "CS1 Criticism. Of the work.\nEnds: where the person is meant.", "CS2 Praise.\nEnds: here."
        )
        clause = "CS1 Criticism. Of the work.\nTest: is it?\nSeverity: 1 once.\n\nCA1.a Insult."
        table = '[clauses."CS1"]\nactions = { 1 = "remove" }\n\n[clauses."CA1.a"]'
        cited = moved.replace("safe CS1", "safe CS2").replace("CA1.a Insult.", clause)
        return cited.replace('[clauses."CA1.a"]', table)

    (finding,) = (one for one in findings(draft(parent=parent(violating))) if one.rule == "parent-flipped")
    assert finding.text.startswith("CS1")
    assert "CS1 is safe, and CS1 of `calm` says violates" in finding.what


def test_a_clause_that_decides_the_other_way_in_the_same_words_is_an_error() -> None:
    child = broken(
        "# INTENT", "CS2 Threat. Announces harm to a person.\nEnds: where it is meant.\n\n# INTENT"
    )
    assert "parent-flipped" in rules(child, parent())


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ('{ 2 = "remove" }', '{ 2 = "limited_reach" }', ["parent-weakened"]),
        ('3 = "remove"', '3 = "interstitial"', ["parent-weakened"]),
        ('{ 2 = "remove" }', '{ 2 = "review" }', []),
        ('1 = "limited_reach"', '1 = "remove"', []),
    ],
)
def test_a_weaker_action_is_found_and_a_stronger_one_is_not(old: str, new: str, found: list[str]) -> None:
    assert rules(broken(old, new), parent()) == found


def test_an_exemption_that_covers_a_whole_clause_of_the_parent_is_found() -> None:
    assert rules(broken("is meant.\n\n# INTENT", f"is meant.{EXEMPTION}\n\n# INTENT"), parent()) == [
        "parent-swallowed"
    ]


def test_a_narrow_exemption_is_not() -> None:
    narrow = "\n\nCS2 Match. Trash talk about a game between players.\nEnds: where the game is over."
    assert rules(broken("is meant.\n\n# INTENT", f"is meant.{narrow}\n\n# INTENT"), parent()) == []
