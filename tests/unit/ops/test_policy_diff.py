"""What changed between two states of a policy or set, by clause, as people read it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stream.core.control.promotion import CarriedFiles
from stream.core.errors import PolicyInvalid
from stream.ops.policies.diff.comparing import compared_policies, compared_set
from stream.ops.policies.diff.policies import Change, PolicyDiff
from stream.ops.policies.diff.sets import SetDiff
from stream.ops.policies.diff.words import Mark, changed_words, marked, shortened
from tests.unit.policies.sample import POLICY, SET

LOUD = POLICY.replace('id = "rude"', 'id = "loud"')


def difference(after: str, before: str = POLICY) -> PolicyDiff:
    old, new = (CarriedFiles({"rude/policy.md": text}) for text in (before, after))
    (found,) = compared_policies(old, new, [("rude", "rude")], len)
    return found


def edited(*edits: tuple[str, str]) -> PolicyDiff:
    text = POLICY
    for before, after in edits:
        assert before in text
        text = text.replace(before, after)
    return difference(text)


def test_the_same_text_has_no_difference() -> None:
    assert not difference(POLICY)


@pytest.mark.parametrize("remark", [("+++\n\n#", "+++\n\n\n#"), ("strike = 3", "strike = 3  # as ever")])
def test_a_change_that_nobody_reads_is_none(remark: tuple[str, str]) -> None:
    assert not edited(remark)


def test_a_reworded_clause_shows_which_words_went_and_came() -> None:
    (clause,) = edited(("Belittles a person.", "Belittles any living person.")).clauses

    assert (clause.id, clause.how, clause.values) == ("RU1.a", "changed", ())
    assert "Belittles [-a-]{+any living+} person." in marked(clause.text)


def test_what_follows_from_a_clause_is_told_as_values() -> None:
    (clause,) = edited(('{ 1 = "limited_reach", 3 = "remove" }', '{ 1 = "age_gate" }')).clauses
    assert clause.text == ()
    assert clause.values == (Change("actions", "1 = limited_reach, 3 = remove", "1 = age_gate"),)

    (clause,) = edited(("strike = 3\nurgent = true", "strike = 4")).clauses
    assert set(clause.values) == {Change("strike", "3", "4"), Change("urgent", "yes", "no")}


def test_clauses_are_added_and_removed_by_their_ids() -> None:
    found = edited(("RS1", "RS2"))

    assert [(one.id, one.how) for one in found.clauses] == [("RS2", "added"), ("RS1", "removed")]
    assert {piece.mark for piece in found.clauses[1].text} == {Mark.OUT}


def test_flags_sections_examples_and_reviewers_notes_are_told_apart() -> None:
    found = edited(
        ('autonomy = "remove"', 'autonomy = "recommend"\nhigh_impact = true'),
        ("The effect decides.", "The aim decides."),
        ("Ask who is meant.", "Ask twice."),
        ('- "a foolish plan" =>', '- "a fool\'s plan" =>'),
        ("severity 1: belittles", "severity 1: a name"),
    )

    assert found.values == (Change("autonomy", "remove", "recommend"), Change("high_impact", "no", "yes"))
    assert [one.name for one in found.sections] == ["INTENT", "REVIEWERS"]
    assert marked(found.sections[0].text) == "The [-effect-]{+aim+} decides."
    assert found.examples == (
        Change("you fool", "violates RU1.a severity 1: belittles", "violates RU1.a severity 1: a name"),
        Change("a fool's plan", None, "safe RS1: the plan is meant"),
        Change("a foolish plan", "safe RS1: the plan is meant", None),
    )


def test_notices_are_compared_by_clause_and_language() -> None:
    notices = '["RU1.a"]\nen = "Be kind."\n["RU1.b"]\nen = "No threats."\n'
    old = CarriedFiles({"rude/policy.md": POLICY, "rude/notices.toml": notices})
    new = CarriedFiles(
        {**old.files, "rude/notices.toml": notices.replace("kind", "kinder") + 'de = "Nein."\n'}
    )

    (found,) = compared_policies(old, new, [("rude", "rude")], len)

    assert {one.name: marked(one.text) for one in found.notices} == {
        "RU1.a en": "Be [-kind.-]{+kinder.+}",
        "RU1.b de": "{+Nein.+}",
    }


def test_what_a_prompt_takes_is_counted_on_both_sides() -> None:
    old, new = (
        CarriedFiles({"rude/policy.md": POLICY}),
        CarriedFiles({"rude/policy.md": POLICY.replace("you ", "")}),
    )

    (found,) = compared_policies(old, new, [("rude", "rude")], len)

    assert found.tokens is not None
    assert found.tokens[0] - found.tokens[1] == len("you ")


def test_a_change_of_a_parent_is_a_change_of_its_child() -> None:
    child = '+++\nextends = "rude"\nid = "blunt"\nversion = "1.0"\n+++\n'
    old = CarriedFiles({"rude/policy.md": POLICY, "blunt/policy.md": child})
    new = CarriedFiles({**old.files, "rude/policy.md": POLICY.replace("Announces harm", "Announces pain")})

    (found,) = compared_policies(old, new, [("blunt", "blunt")], len)

    assert [one.id for one in found.clauses] == ["RU1.b"]


def test_a_policy_that_only_one_place_has_is_new_or_gone() -> None:
    old, new = CarriedFiles({"rude/policy.md": POLICY}), CarriedFiles({"loud/policy.md": LOUD})

    gone, come = compared_policies(old, new, [("rude", "rude"), ("loud", "loud")], len)

    assert (gone.before, gone.after) == ("rude@1.0", None)
    assert (come.before, come.after) == (None, "loud@1.0")
    with pytest.raises(PolicyInvalid, match=r"there is no policy `lod`\. Did you mean `loud`\?"):
        list(compared_policies(old, new, [("lod", "lod")], len))


def set_difference(*edits: tuple[str, str]) -> SetDiff:
    text = SET
    for before, after in edits:
        assert before in text
        text = text.replace(before, after)
    policies = {"rude/policy.md": POLICY, "loud/policy.md": LOUD}
    old, new = (CarriedFiles({**policies, "sets/test.toml": one}) for one in (SET, text))
    return compared_set(old, new, "test")


def test_a_set_says_what_is_granted_asked_for_and_by_when() -> None:
    found = set_difference(
        ('automatic = "5m"', 'automatic = "5m"\npeople = "12h"'),
        ("[policies.loud]", '[policies.loud]\nautonomy = "shadow"\n[thresholds]\nrecall = 0.95\n'),
    )

    assert set(found.values) == {
        Change("deadlines.people", "24h", "12h"),
        Change("policies.loud.autonomy", "recommend", "shadow"),
        Change("thresholds.recall", "0.9", "0.95"),
    }
    assert not set_difference()


def test_a_value_that_only_says_the_default_is_no_change() -> None:
    assert not set_difference(('automatic = "5m"', 'automatic = "5m"\npeople = "24h"'))


def test_routes_are_told_in_one_line_each_and_their_order_too() -> None:
    found = set_difference(('effort = "high"\nlane', 'effort = "medium"\nlane'))
    (gone, come) = found.routes
    assert gone.before is not None
    assert "effort = high" in gone.before
    assert come.after is not None
    assert "effort = medium" in come.after
    assert come.after.endswith("policies = loud")
    assert not found.values

    route = '[[routes]]\nsurface = "%s"\npolicies = ["rude", "loud"]\n\n'
    first, second = route % "a", route % "b"
    policies = {"rude/policy.md": POLICY, "loud/policy.md": LOUD}
    texts = [SET.replace("[[routes]]", one + "[[routes]]", 1) for one in (first + second, second + first)]
    old, new = (CarriedFiles({**policies, "sets/test.toml": text}) for text in texts)
    assert compared_set(old, new, "test") == SetDiff("test", "test", reordered=True)


def test_a_set_that_neither_place_has_is_an_error() -> None:
    with pytest.raises(PolicyInvalid, match=r"sets/tst\.toml:1: there is no set `tst`"):
        compared_set(CarriedFiles({}), CarriedFiles({}), "tst")


texts = st.lists(st.sampled_from(["a", "b", " ", "\n", "cd", "  "]), max_size=40).map("".join)


@given(texts, texts)
def test_the_pieces_hold_both_texts(before: str, after: str) -> None:
    pieces = changed_words(before, after)

    assert "".join(one.text for one in pieces if one.mark is not Mark.IN) == before
    assert "".join(one.text for one in pieces if one.mark is not Mark.OUT) == after
    kept = [one for one in shortened(pieces) if one.mark in (Mark.IN, Mark.OUT)]
    assert kept == [one for one in pieces if one.mark in (Mark.IN, Mark.OUT)]


def test_what_lies_far_from_a_change_is_left_out() -> None:
    before = " ".join(f"word{number}" for number in range(100))

    shown = shortened(changed_words(before, before.replace("word50", "other")))

    assert marked(shown) == (
        " … word44 word45 word46 word47 word48 word49 [-word50-]{+other+} word51 word52 word53 word54 word55"
        " word56 … "
    )
