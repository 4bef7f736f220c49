"""A folder looked at whole: sets, silences, what cannot be read, and the shipped policies."""

from collections.abc import Callable
from pathlib import Path
from shutil import copytree

import pytest

from stream.adapters.vllm.harmony import Harmony
from stream.core.policy.lock import parse_lock
from stream.ops.policies.lint import Linted, lint, read_folder
from tests.unit.policies.lint.sample import CALM

SHIPPED = Path(__file__).parents[4] / "policies"
SET = 'title = "T"\nlanguages = ["en"]\n\n{policies}\n\n[[routes]]\npolicies = {routed}\neffort = "high"\n'


@pytest.fixture(scope="module")
def tokens() -> Callable[[str], int]:
    return Harmony().count


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two calm policies under one route."""
    root = tmp_path / "policies"
    (root / "sets").mkdir(parents=True)
    loud = (
        CALM.replace('"calm"', '"loud"')
        .replace("CA1", "LO1")
        .replace("CS1", "LS1")
        .replace("to loud", "to calm")
    )
    for name, text in (("calm", CALM), ("loud", loud)):
        (root / name).mkdir()
        (root / name / "policy.md").write_text(text, "utf-8")
    route(root, "calm", "loud")
    return root


def route(root: Path, *names: str) -> None:
    policies = "\n".join(f"[policies.{name}]" for name in names)
    text = SET.format(policies=policies, routed=str(list(names)).replace("'", '"'))
    (root / "sets" / "one.toml").write_text(text, "utf-8")


def looked_at(root: Path, *names: str, tokens: Callable[[str], int] = len) -> Linted:
    return lint(read_folder(root, list(names) or None, tokens), str(root))


def rules(linted: Linted) -> set[str]:
    return {finding.rule for finding in linted.findings}


def silence(root: Path, rule: str, line: str, reason: str = "because", file: str = "calm/policy.md") -> None:
    text = f"[[silence]]\nrule = '{rule}'\nfile = '{file}'\nline = '{line}'\nreason = '{reason}'\n"
    (root / "lint.toml").write_text(text, "utf-8")


def test_the_shipped_policies_pass_and_each_silence_has_a_reason(tokens: Callable[[str], int]) -> None:
    linted = looked_at(SHIPPED, tokens=tokens)
    assert linted.findings == []
    assert linted.silenced
    assert all(len(silenced.reason) > 20 for silenced in linted.silenced)


# Sets


def test_a_route_that_does_not_ask_whom_its_policy_leaves_something_to_has_a_gap(folder: Path) -> None:
    assert "route-leaves-gap" not in rules(looked_at(folder))
    route(folder, "calm")
    (finding,) = (one for one in looked_at(folder).findings if one.rule == "route-leaves-gap")
    assert finding.text == 'policies = ["calm"]'
    assert "`loud`" in finding.what


def test_two_policies_of_a_route_that_forbid_the_same_must_name_each_other(folder: Path) -> None:
    # Given two policies with the same clauses, of which each names the other
    assert "overlap-without-precedence" not in rules(looked_at(folder))

    # When neither does any more
    for name in ("calm", "loud"):
        path = folder / name / "policy.md"
        path.write_text(
            path.read_text("utf-8")
            .replace(" Spam belongs to loud.", "")
            .replace(" Spam belongs to calm.", "")
        )

    # Then the first of the two is told, at its clause
    (finding,) = (one for one in looked_at(folder).findings if one.rule == "overlap-without-precedence")
    assert finding.file.endswith("calm/policy.md")
    assert finding.text.startswith("CA1.")


# Silences


def test_what_is_silenced_with_a_reason_is_not_told(folder: Path) -> None:
    before = [one for one in looked_at(folder).findings if one.file.endswith("calm/policy.md")]
    silence(folder, "few-golden-cases", "id = ")
    linted = looked_at(folder)
    assert len([one for one in linted.findings if one.file.endswith("calm/policy.md")]) == len(before) - 1
    assert [silenced.reason for silenced in linted.silenced] == ["because"]


def test_a_silence_without_a_reason_silences_nothing_and_is_found(folder: Path) -> None:
    silence(folder, "few-golden-cases", "id = ", reason=" ")
    found = rules(looked_at(folder))
    assert {"silence-without-reason", "few-golden-cases"} <= found


@pytest.mark.parametrize(("rule", "line"), [("few-golden-cases", "id = none"), ("vague-word", "id = ")])
def test_a_silence_of_what_no_longer_fires_is_found(folder: Path, rule: str, line: str) -> None:
    silence(folder, rule, line)
    (finding,) = (one for one in looked_at(folder).findings if one.rule == "stale-silence")
    assert (finding.line, finding.text) == (1, "[[silence]]")


def test_a_silence_of_a_file_that_is_not_there_is_found(folder: Path) -> None:
    silence(folder, "vague-word", "whatever", file="clam/policy.md")
    assert "stale-silence" in rules(looked_at(folder))


def test_silences_of_policies_that_were_not_asked_about_are_left_alone(folder: Path) -> None:
    silence(folder, "vague-word", "whatever", file="loud/policy.md")
    assert "stale-silence" not in rules(looked_at(folder, "calm"))


def test_a_silence_changes_no_digest_and_no_lock(folder: Path) -> None:
    before = [draft.policy.digest for draft in read_folder(folder, None, len).drafts]
    silence(folder, "few-golden-cases", "id = ")
    assert [draft.policy.digest for draft in read_folder(folder, None, len).drafts] == before
    assert parse_lock((SHIPPED / "policies.lock").read_text("utf-8"), "lock")


# What cannot be read


@pytest.mark.parametrize(
    ("file", "old", "new", "line", "what"),
    [
        ("calm/policy.md", "=> safe CS1: the", "=> safe: the", '- "what a foolish', "does not parse"),
        ("calm/policy.md", "Test: is a person", "Try: is a person", "CA1.a Insult.", "no `Test:` line"),
        ("sets/one.toml", "effort", "efort", "efort", "unknown key"),
        ("sets/one.toml", '"calm", ', '"clam", ', "policies = [", "names policy `clam`"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_line_and_the_rest_is_looked_at(
    folder: Path, file: str, old: str, new: str, line: str, what: str
) -> None:
    path = folder / file
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")

    linted = looked_at(folder)

    assert linted.unreadable
    (finding,) = (one for one in linted.findings if one.rule == "unreadable")
    assert path.read_text("utf-8").splitlines()[finding.line - 1].startswith(line)
    assert what in finding.what
    assert any(one.file.endswith("loud/policy.md") for one in linted.findings)


def test_golden_cases_and_silences_that_cannot_be_read_are_told(folder: Path) -> None:
    (folder / "calm" / "tests.jsonl").write_text('\n{"id": "x"}\n', "utf-8")
    (folder / "lint.toml").write_text("[[silence]]\nrul = 1\n", "utf-8")
    linted = looked_at(folder)
    places = {(Path(one.file).name, one.line) for one in linted.findings if one.rule == "unreadable"}
    assert places == {("tests.jsonl", 2), ("lint.toml", 2)}


def test_a_shipped_policy_in_a_copy_of_the_folder_is_found_by_its_place(
    tmp_path: Path, tokens: Callable[[str], int]
) -> None:
    root = copytree(SHIPPED, tmp_path / "policies")
    (root / "policies.lock").unlink()
    text = root / "hate" / "policy.md"
    text.write_text(text.read_text("utf-8").replace("Harm wanted.", "Harm usually wanted."), "utf-8")
    (finding,) = looked_at(root, "hate", tokens=tokens).findings
    assert (finding.rule, finding.line) == ("vague-word", 69)
