"""Other people's policies: what is taken over, what is left open, and what is never put into words."""

from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stream.core.errors import SluiceError
from stream.core.policy import Action, Policy, PolicyResult
from stream.core.policy.golden import parse_exemplars, parse_golden
from stream.core.policy.text import parse_policy
from stream.core.prompt import developer_message
from stream.ops.policies.pack import pack
from stream.ops.policies.pack.labelled import Fitted, fitted, read_rows
from stream.ops.policies.pack.markdown import read_source
from stream.ops.policies.pack.naming import id_of, letters_of, version_of
from stream.ops.policies.pack.policy_text import Form, Origin, Written, written
from tests.unit.policies.pack.sample import PACK, ROWS

FORM = Form("loud-noise", "0.1", "LN")
ORIGIN = Origin("pack/policy.md", "0" * 64, "Free")


def made(text: str = PACK) -> tuple[Written, Policy]:
    result = written(read_source(text, "policy.md"), FORM, ORIGIN)
    return result, parse_policy(result.policy, "policy.md")


def rows_fitted(policy: Policy, clauses: dict[str, str]) -> Fitted:
    lines = [msgspec.json.encode(one).decode() for one in ROWS]
    return fitted(read_rows(lines, "rows.jsonl"), policy, clauses)


def test_the_labels_become_clauses_and_the_sections_find_their_place() -> None:
    result, policy = made()

    assert result.clauses == {"LNO0": "LN0", "LNO1": "LN1", "LNO2": "LN2"}
    assert [(clause.id, clause.violates) for clause in policy.clauses] == [
        ("LN1", True),
        ("LN2", True),
        ("LN0", False),
    ]
    assert "Loud words that no one is meant by. Joy; Anger." in policy.body
    assert "Shouting: Loud words at a person." in policy.body
    assert "Capital letters alone remain LN0." in policy.body.partition("# AMBIGUITY")[2].partition("#")[0]
    assert "overlaps with harassment" in policy.body.partition("# PRECEDENCE")[2]
    assert "Sections without a place here: Appendix" in policy.reviewers
    assert "Licence of the source: Free" in policy.reviewers


def test_the_sources_own_form_of_answer_does_not_reach_the_prompt() -> None:
    _, policy = made()
    prompt = developer_message([policy])
    assert "Identify loud words." in prompt
    assert "VALID" not in prompt
    assert "LNO" not in prompt


def test_nothing_is_invented_where_the_source_is_silent() -> None:
    _, policy = made()
    assert policy.body.count("The source says nothing") == 2 * 2 + 1 + 1
    for clause in policy.clauses:
        assert not clause.violates or {action for _, action in clause.actions} == {Action.REVIEW}


def test_examples_cite_clauses_in_groups_of_both_sides_and_the_rest_lies_beside() -> None:
    result, policy = made()
    shown = [example for group in policy.examples for example in group]
    assert {example.text: example.clause for example in shown} == {
        "Is a drum loud?": "LN0",
        "DRUMS FOREVER!!!": "LN1",
        "SHUT UP PETER!!!": "LN2",
    }
    beside = parse_exemplars(result.exemplars, "exemplars.jsonl", policy)
    assert len(beside) == 6
    assert {example.text for example in beside}.isdisjoint(example.text for example in shown)
    assert {example.result for example in beside} == {PolicyResult.SAFE, PolicyResult.VIOLATES}


def test_labelled_rows_become_golden_cases_where_they_fit() -> None:
    result, policy = made()
    cases = rows_fitted(policy, result.clauses)

    golden = parse_golden(cases.text, "tests.jsonl", policy)
    assert [(case.id, case.clause, case.result) for case in golden] == [
        ("ln-0-p", "LN0", "safe"),
        ("ln-0-r", "LN0", "safe"),
        ("ln-1-p", "LN1", "violates"),
    ]
    # The answer to a prompt is judged as one
    assert golden[1].thread == (golden[0].text,)
    assert cases.passed_over == {
        "too near an example of the prompt": 1,
        "labelled with what the policy lacks, or against its own label": 1,
    }


def test_what_brings_children_and_sex_together_is_restricted_and_none_of_its_texts_is_taken() -> None:
    text = PACK.replace("Loud words that no one is meant by.", 'Sexual words on minors, as "QUOTED".')
    result, policy = made(text.replace("- Capital letters alone", '- Capitals as in "DOUBTED" alone'))

    assert policy.restricted
    assert policy.never_clear
    assert result.exemplars == ""
    for planted in ("QUOTED", "DOUBTED", "SHUT UP", "DRUMS", "neighbour"):
        assert planted not in result.policy
    fitted_rows = rows_fitted(policy, result.clauses)
    assert (fitted_rows.text, fitted_rows.passed_over) == ("", {"the policy is restricted": 5})


def test_bold_headings_and_curly_quotes_are_read_too() -> None:
    text = (
        "**Spam Policy (#SPX)**\n**GOAL:** Identify spam.\n\n**DEFINITIONS**\n"
        "- **Spam**: unasked promotion.\n\n"
        "**Allowed Content (SPX0 – Non-Spam)**\n- **SPX0.a Request** – “How do I pay?”\n\n"
        "**Likely Spam (SPX2 – Medium)**\n- **SPX2.a Cold promotion** – “Buy my rings”\n"
    )
    _, policy = made(text)
    assert [clause.id for clause in policy.clauses] == ["LN2", "LN0"]
    assert [example.text for example in policy.examples[0]] == ["How do I pay?", "Buy my rings"]
    assert "Spam: unasked promotion." in policy.body


def test_plain_lists_of_what_violates_and_what_is_allowed_are_read_too() -> None:
    text = (
        '# Criteria\n## Includes\n- **Insult**: belittles (e.g., "you fool")\n- Threat\n'
        '## Excludes\n- Criticism of work ("a foolish plan")\n'
    )
    _, policy = made(text)
    assert [clause.violates for clause in policy.clauses] == [True, True, False]


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.sampled_from([*PACK.splitlines(), "+++", '# "', '- LNO1.z "\\" -> `LNO1`', "\x07", "…", "```"])
    )
)
def test_any_text_is_either_refused_or_becomes_a_policy_that_parses(lines: list[str]) -> None:
    try:
        source = read_source("\n".join(lines), "policy.md")
    except SluiceError:
        return
    result = written(source, FORM, ORIGIN)
    if result.shown or result.restricted:
        assert parse_policy(result.policy, "policy.md").clauses


def test_letters_are_never_those_of_another_policy() -> None:
    assert letters_of("LNO", "Loud noise", set()) == "LN"
    assert letters_of("LNO", "Loud noise", {"LN"}) == "LO"
    assert letters_of("SP", "S", {"SP"}) == "AA"


def test_names_come_from_the_file_or_its_folder_and_versions_from_the_lock() -> None:
    assert id_of("Loud Noise!", "policy.md") == "loud-noise"
    assert id_of("policies", "toxic_chat.md") == "toxic-chat"
    assert version_of("a", {"a@0.1", "a@0.2", "b@0.3"}) == "0.3"


# The real packs' labelled rows


@pytest.fixture
def labelled(data_dir: Path) -> Path:
    return data_dir / "openai_teen_safety_policies.jsonl.gz"


@pytest.mark.data
def test_the_labelled_rows_of_the_teen_safety_packs_fit_a_policy_of_their_labels(
    labelled: Path, tmp_path: Path
) -> None:
    # Given a policy in the packs' form with the labels that the rows of one pack have
    text = (
        PACK.replace("LNO0", "HBI0").replace("LNO1", "HBI1").replace("LNO2", "HBI2").replace("#LNO", "#HBI")
    )
    source = tmp_path / "harmful-body-ideals"
    source.mkdir()
    (source / "policy.md").write_text(text, "utf-8")

    # When the rows are imported with it
    (packed,) = pack([source / "policy.md", labelled], Path(__file__).parents[4] / "policies")

    # Then nearly all of that pack's 84 become golden cases, and the others' rows are left alone
    assert packed.rows.cases + sum(packed.rows.passed_over.values()) == 84
    assert packed.rows.cases >= 80
