"""Each rule finds its fault, on its line, and nothing else speaks up."""

import pytest
from msgspec.structs import replace

from stream.core.policy.golden import GoldenCase
from stream.ops.policies.lint import RULES
from stream.ops.policies.lint.page import page
from stream.ops.policies.lint.rules import POLICY_RULES
from tests.unit.policies.lint.sample import CALM, Edit, broken, draft, findings, whole

EXAMPLES_ONLY_VIOLATING = broken(
    '- "what a foolish plan this is" => safe CS1: the plan is meant\n',
    '- "you" => needs_context CA1.a: unclear\n',
)
THREAT = '- "I will break your legs" => violates CA1.b severity 2: harm announced\n'
ONE_FAULT: list[tuple[str, Edit, str]] = [
    ("clauses-too-long", broken("Belittles a person.", "Belittles a person" + " and" * 700 + "."), "CA1.a"),
    ("prompt-too-long", broken("who is named.", "who is named" + ", and more" * 900 + "."), "# INSTRUCTIONS"),
    ("vague-word", broken("Of the work.", "Of the work, usually."), "CS1 Criticism."),
    ("vague-word", broken("1 once; 3", "1 inappropriate; 3"), "Severity: 1 inappropriate"),
    ("left-unsaid", broken("The effect decides.", "The source says nothing about it."), "The source says"),
    ("test-no-question", broken("is harm announced?", "harm is announced."), "Test: harm"),
    ("undefined-term", broken("Announces harm to", "Announces harm by OSINT to"), "CA1.b Threat."),
    ("unused-definition", broken("is named.", "is named.\nLure: a prize, a job."), "Lure:"),
    ("clause-without-example", broken(THREAT, ""), "CA1.b Threat."),
    ("ambiguity-unruled", broken("CA1.a, CA1.b: in doubt safe.", "CA1.a: in doubt safe."), "CA1.b Threat."),
    ("post-gives-orders", broken(" is never an instruction to you.", " is text."), "# INSTRUCTIONS"),
    ("left-to-nobody", broken("belongs to loud", "belongs to quiet"), "CA1.b over"),
    ("left-to-nobody", broken("to loud.", "to loud, noise to louder-stil."), "CA1.b over"),
    ("untrained-subject", broken("Announces harm to", "Announces harm by malware to"), "CA1.b Threat."),
    ("children-unrestricted", broken("Announces harm to", "Announces sex with a minor or harm to"),
     "CA1.b Threat."),
]  # fmt: skip


def test_nothing_is_found_where_nothing_is_wrong() -> None:
    assert findings(draft()) == []


@pytest.mark.parametrize(("rule", "edit", "line"), ONE_FAULT, ids=[f"{one[0]} {one[2]}" for one in ONE_FAULT])
def test_one_fault_is_found_once_on_its_line(rule: str, edit: Edit, line: str) -> None:
    one = draft(edit)

    (finding,) = findings(one)

    assert finding.rule == rule
    assert finding.text.startswith(line)
    assert one.page.lines[finding.line - 1].text == finding.text
    assert 1 <= finding.column <= finding.end <= len(finding.text) + 1


def test_the_word_is_marked_and_not_the_line() -> None:
    (finding,) = findings(draft(broken("Of the work.", "Of the work, usually.")))
    assert finding.text[finding.column - 1 : finding.end - 1] == "usually"


@pytest.mark.parametrize(
    "quoted", ['Not: "usually right".', "Not: “usually right”.", 'Not: "what is\nusually right", a saying.']
)
def test_quoted_words_decide_nothing(quoted: str) -> None:
    assert findings(draft(broken("is named.", f"is named. {quoted}"))) == []


def test_reviewers_notes_and_examples_may_be_vague() -> None:
    text = broken("harm announced\n", "usually harm\n\n# REVIEWERS\n- It is generally inappropriate.\n")
    assert findings(draft(text)) == []


def test_a_term_that_two_clauses_use_is_to_be_defined_and_a_name_is_not() -> None:
    # Given a capitalised word in one clause: it may be a name
    once = broken("Belittles a person.", "Belittles a person in the Gazette.")
    assert findings(draft(once)) == []

    # When a second clause hangs on it, it is a term
    twice = draft(lambda text: once(text).replace("Of the work.", "Of the work for the Gazette."))
    (finding,) = findings(twice)
    assert (finding.rule, finding.text[finding.column - 1 : finding.end - 1]) == ("undefined-term", "Gazette")

    # And defined, it is none to find
    defined = draft(lambda text: once(text).replace("is named.", "is named.\nGazette: our paper."))
    assert findings(defined) == []


def test_a_policy_in_another_language_is_found() -> None:
    german = (
        "Beleidigt jemanden schwer oder mehrfach und hört trotz der Bitte der anderen nicht damit auf. " * 12
    )
    (finding,) = findings(draft(broken("Belittles a person.", german)))
    assert finding.rule == "not-english"


def test_a_group_of_examples_without_a_safe_one_teaches_that_the_subject_violates() -> None:
    found = findings(draft(EXAMPLES_ONLY_VIOLATING))
    assert [finding.rule for finding in found] == ["group-without-safe", "examples-on-one-side"]
    assert found[0].text.startswith('- "you" =>')


@pytest.mark.parametrize(
    "sentence",
    ["Any other clause: in doubt safe.", "In doubt safe.", "Otherwise needs_context.", "CA1: in doubt safe."],
)
def test_one_sentence_may_rule_all_doubt(sentence: str) -> None:
    assert findings(draft(broken("CA1.a, CA1.b: in doubt safe.", sentence))) == []


def test_a_restricted_policy_needs_no_examples_and_no_golden_cases() -> None:
    def restricted(text: str) -> str:
        front = text.replace("[reason]", "restricted = true\n\n[reason]", 1)
        return front[: front.index("# EXAMPLES")].replace("Announces harm", "Wants sex with a minor or harm")

    assert findings(draft(restricted)) == []


# Golden cases


def test_a_golden_case_like_an_example_or_quoted_from_the_prompt_is_found() -> None:
    cases = list(whole(draft().policy))
    cases[0] = replace(cases[0], text="what a big fool you are")
    cases[31] = replace(cases[31], text="Somebody real who is NAMED.")

    found = findings(draft(cases=tuple(cases)))

    assert [(finding.rule, finding.line) for finding in found] == [
        ("golden-in-prompt", 1),
        ("golden-in-prompt", 32),
    ]
    assert "near the example of CA1.a" in found[0].what
    assert "word for word" in found[1].what


def test_few_golden_cases_are_counted() -> None:
    found = findings(draft(cases=whole(draft().policy)[:40]))
    assert [finding.what for finding in found] == [
        "has only 40 golden cases (of 60), 10 safe look-alikes (of 25)",
    ]


def test_a_clause_that_no_golden_case_sees_from_its_other_side_is_found() -> None:
    cases = tuple(replace(case, near=()) if "CA1.b" in case.near else case for case in whole(draft().policy))
    rules = {finding.rule: finding for finding in findings(draft(cases=cases))}
    assert rules["clause-untested"].text.startswith("CA1.b")


def test_a_language_without_golden_cases_on_both_sides_is_found() -> None:
    extra = GoldenCase(id="de", text="Ein Wort", language="de", result="safe", clause="CS1", near=("CA1.a",))
    one = draft(
        broken('languages = ["en"]', 'languages = ["en", "de"]'), cases=(*whole(draft().policy), extra)
    )
    assert {finding.rule for finding in findings(one)} == {"language-untested", "notice-missing"}


def test_a_policy_without_notices_is_found() -> None:
    one = draft()
    bare = replace(one, policy=replace(one.policy, notices={}))
    assert [finding.rule for finding in findings(bare)] == ["notice-missing"]


# The rules themselves


def test_every_rule_has_an_id_of_its_own_and_says_why_and_how_to_mend() -> None:
    assert len({rule.id for rule in RULES}) == len(RULES)
    for rule in RULES:
        assert rule.why.endswith((".", ")"))
        assert rule.mend.endswith(".")


def test_a_page_that_is_no_policy_has_lines_all_the_same() -> None:
    assert [line.section for line in page("# SAFE\nno fence\n", "x").lines] == ["", ""]
    assert page("", "x").lines[0].number == 1
    assert len(page(CALM, "x").lines) == CALM.count("\n")


def test_the_rules_of_a_policy_look_at_any_text_that_parses() -> None:
    assert len(POLICY_RULES) >= 20
