"""Policies that extend another: what is judged, what is refused, and what its digest follows."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stream.adapters.policies import LivePolicySet, PolicyFolder
from stream.core.control import SetPromoted
from stream.core.control.promotion import promoted_set
from stream.core.errors import PolicyInvalid
from stream.core.policy import Action, Autonomy, Policy
from stream.core.policy.lineage import Whole, load_policy
from stream.core.prompt import developer_message
from tests.unit.policies.sample import POLICY, line_of

CHILD = '+++\nextends = "rude"\nid = "blunt"\nversion = "1.0"\n+++\n'
INSULT = """RU1.a Insult. Belittles a person in Austria.
Test: is an Austrian belittled?
Severity: 1 once; 3 always."""
NEW = '[clauses."RU2.a"]\nactions = { 2 = "remove" }\n'
CLAUSE = "RU2.a Shouting. Writes in capitals.\nTest: is it loud?\nSeverity: 2 loud."


class Written(dict[str, str]):
    """Policies' files that lie nowhere."""

    def ids(self) -> list[str]:
        return sorted({path.split("/")[0] for path in self})

    def text(self, path: str) -> str | None:
        return self.get(path)

    def place(self, path: str) -> str:
        return path


def child(front: str = "", body: str = "", *, of: str = "rude", name: str = "blunt") -> str:
    """The text of a child: more front matter and sections."""
    return f'+++\nextends = "{of}"\nid = "{name}"\nversion = "1.0"\n{front}+++\n\n{body}'


def whole(text: str, parent: str = POLICY, **more: str) -> Whole:
    files = {f"{name}/policy.md": one for name, one in more.items()}
    return load_policy("blunt", Written({"rude/policy.md": parent, "blunt/policy.md": text, **files}))


def loaded(text: str, parent: str = POLICY) -> Policy:
    return whole(text, parent).policy


def root(parent: str = POLICY) -> Policy:
    return load_policy("rude", Written({"rude/policy.md": parent})).policy


def without(clause: str, why: str = "urgent: no such custom here") -> str:
    return f'[without]\n"{clause}" = "{why}"\n'


def test_a_child_that_says_nothing_asks_what_its_parent_asks() -> None:
    plain = loaded(CHILD)

    assert developer_message([plain]) == developer_message([root()])
    assert plain.clauses == root().clauses
    assert (plain.autonomy, plain.languages, plain.reviewers) == (
        Autonomy.REMOVE,
        ("en", "de"),
        "Ask who is meant.",
    )
    assert (plain.id, plain.extends, plain.parent) == ("blunt", ("rude@1.0",), "rude")


def test_a_policy_that_extends_none_keeps_its_digest() -> None:
    assert root().digest == load_policy("rude", Written({"rude/policy.md": POLICY})).rendered.own
    assert root().extends == ()


def test_a_clause_of_the_same_id_replaces_its_parents_where_it_stands() -> None:
    policy = loaded(child(body=f"# VIOLATES\n{INSULT}\n"))

    assert policy.clause_ids == ("RU1.a", "RU1.b", "RS1")
    assert "Austria" in policy.clauses[0].text
    assert policy.clauses[0].severities == (1, 3)
    assert policy.clauses[0].label_days == 30  # its table is inherited
    assert policy.clauses[1:] == root().clauses[1:]


def test_a_childs_table_replaces_its_parents_whole() -> None:
    policy = loaded(child('[clauses."RU1.a"]\nactions = { 1 = "remove" }\n'))

    assert policy.clauses[0].actions == ((1, Action.REMOVE),)
    assert policy.clauses[0].label_days is None
    assert policy.clauses[0].text == root().clauses[0].text


def test_a_new_clause_follows_after_its_parents() -> None:
    policy = loaded(child(NEW, f"# VIOLATES\n{CLAUSE}\n"))

    assert policy.clause_ids == ("RU1.a", "RU1.b", "RU2.a", "RS1")


def test_sections_and_reasons_replace_their_parents_and_the_rest_is_inherited() -> None:
    policy = loaded(child('[reason]\nreference = "Austrian terms"\n', "# INTENT\nThe aim decides.\n"))

    assert "# INTENT\nThe aim decides." in policy.body
    assert "# AMBIGUITY\nRU1.a in doubt: safe." in policy.body
    reason = policy.clauses[0].reason
    assert reason is not None
    assert (reason.reference, reason.category.value) == ("Austrian terms", "cyber_violence")


def test_a_clause_is_taken_out_by_name_and_with_it_the_examples_that_cite_it() -> None:
    parent = POLICY.replace(
        "\n# REVIEWERS",
        '\n- "beware" => violates RU1.b severity 2: vague\n- "dog" => safe RS1: a sign\n\n# REVIEWERS',
    )

    policy = loaded(child(without("RU1.b")), parent)

    assert policy.clause_ids == ("RU1.a", "RS1")
    assert [[one.clause for one in group] for group in policy.examples] == [["RU1.a", "RS1"]]


def test_an_urgent_clause_is_taken_out_in_so_many_words_and_an_ordinary_one_for_any_reason() -> None:
    assert loaded(child(without("RU1.b", "urgent: the law of AT, ticket 12"))).clause_ids == ("RU1.a", "RS1")
    calm = POLICY.replace("urgent = true\n", "")
    assert loaded(child(without("RU1.b", "no such custom here")), calm).clause_ids == ("RU1.a", "RS1")


def test_where_each_line_was_written_is_known() -> None:
    text = child(NEW, f"# VIOLATES\n{CLAUSE}\n")
    rendered = whole(text).rendered
    origins = {line.text: line.origin for line in rendered.lines}

    assert origins["RU2.a Shouting. Writes in capitals."] == (
        "blunt@1.0",
        "blunt/policy.md",
        line_of(text, "Shout"),
    )
    assert origins["RU1.b Threat. Announces harm."] == (
        "rude@1.0",
        "rude/policy.md",
        line_of(POLICY, "RU1.b Th"),
    )
    assert origins['[clauses."RU2.a"]'].line == line_of(text, '"RU2.a"')
    assert origins["label_days = 30"] == ("rude@1.0", "rude/policy.md", line_of(POLICY, "label_days"))


def test_a_chain_goes_from_the_market_to_the_globe() -> None:
    files = Written(
        {
            "rude/policy.md": POLICY,
            "market/policy.md": child(body="# INTENT\nMarket.\n\n# AMBIGUITY\nMarket.\n", name="market"),
            "blunt/policy.md": child(body="# INTENT\nForum.\n", of="market"),
        }
    )

    policy = load_policy("blunt", files).policy

    assert policy.extends == ("market@1.0", "rude@1.0")
    assert "# INTENT\nForum.\n\n# AMBIGUITY\nMarket.\n\n# PRECEDENCE\nRU1.b over RU1.a." in policy.body


PARTS = {
    "INSTRUCTIONS": "Judge it.",
    "DEFINITIONS": "Person: anybody.",
    "VIOLATES": INSULT,
    "SAFE": "RS1 Criticism. Of any work.\nEnds: never.\n\nRS2 Jokes. Of friends.\nEnds: where one weeps.",
    "INTENT": "The aim decides.",
    "AMBIGUITY": "In doubt: safe.",
    "PRECEDENCE": "None.",
    "EXAMPLES": '- "you fool" => violates RU1.a severity 3: all\n- "a fool\'s plan" => safe RS1: the plan',
    "REVIEWERS": "Look twice.",
}
parts = st.sets(st.sampled_from(sorted(PARTS)))


def body_of(names: set[str], mark: str = "") -> str:
    return "\n".join(f"# {name}\n{PARTS[name]}{mark}\n" for name in PARTS if name in names)


@given(parts)
def test_saying_the_same_again_changes_nothing(names: set[str]) -> None:
    once = child(body=body_of(names))
    again = child(body=body_of(names), of="blunt", name="frank")

    files = Written({"rude/policy.md": POLICY, "blunt/policy.md": once, "frank/policy.md": again})

    first, second = load_policy("blunt", files).policy, load_policy("frank", files).policy
    assert developer_message([second]) == developer_message([first])
    assert second.clauses == first.clauses


@given(parts, parts)
def test_of_a_chain_the_nearest_that_says_something_counts(market: set[str], forum: set[str]) -> None:
    plain = {"INSTRUCTIONS", "DEFINITIONS", "INTENT", "AMBIGUITY", "PRECEDENCE", "REVIEWERS"}
    files = Written(
        {
            "rude/policy.md": POLICY,
            "market/policy.md": child(body=body_of(market & plain, " Market."), name="market"),
            "blunt/policy.md": child(body=body_of(forum & plain, " Forum."), of="market"),
        }
    )

    text = load_policy("blunt", files).rendered.text

    for name in plain:
        section = text.split(f"# {name}\n")[1].split("\n# ")[0]
        by = "Forum." if name in forum else "Market." if name in market else ""
        assert ("Forum." in section, "Market." in section) == (by == "Forum.", by == "Market.")


@pytest.mark.parametrize("after", ["+++\n# a remark\n", "+++\n\n"])
def test_whatever_changes_in_a_parent_changes_the_childs_digest(after: str) -> None:
    changed = POLICY.replace("+++\n", after, 1)

    assert loaded(CHILD, changed).digest != loaded(CHILD).digest
    assert loaded(CHILD).digest != root().digest


@pytest.mark.parametrize("flag", ["high_impact", "restricted", "local_only", "never_clear"])
def test_a_flag_is_inherited_and_can_be_switched_on_but_never_off(flag: str) -> None:
    bare = POLICY.replace(POLICY[POLICY.index("# EXAMPLES") : POLICY.index("# REVIEWERS")], "")
    strict = (bare if flag == "restricted" else POLICY).replace("+++\n", f"+++\n{flag} = true\n", 1)

    assert getattr(loaded(CHILD, strict), flag)
    assert getattr(loaded(child(f"{flag} = true\n")), flag)
    with pytest.raises(
        PolicyInvalid, match=rf"^blunt/policy\.md:5: `{flag}` is switched off, and rude@1\.0 has"
    ):
        loaded(child(f"{flag} = false\n"), strict)


def test_what_becomes_restricted_inherits_no_examples() -> None:
    assert loaded(child("restricted = true\n")).examples == ()


Broken = tuple[str, str, int]
FAULTS: dict[str, Broken] = {
    "no parent": (child(of="crude"), "there is no policy `crude` to extend. Did you mean `rude`?", 2),
    "itself": (child(of="blunt"), "policies extend each other: blunt → blunt", 2),
    "no name": (CHILD.replace('"rude"', "7"), "there is no policy `7` to extend", 2),
    "unknown key": (child('titel = "x"\n'), "unknown key `titel`. Did you mean `title`?", 5),
    "no version": (CHILD.replace('version = "1.0"\n', ""), "`version` is missing. Add it", 2),
    "more autonomy": (
        child('autonomy = "full"\n'),
        "autonomy `full` is more than the `remove` of rude@1.0",
        5,
    ),
    "less urgent": (
        child('[clauses."RU1.b"]\nactions = { 2 = "review" }\n'),
        "clause RU1.b is urgent in rude@1.0, and no longer here. Write `urgent = true`",
        5,
    ),
    "takes out nothing": (child(without("RU9")), "takes out clause RU9, which rude@1.0 has not", 6),
    "takes out without why": (child(without("RS1", "")), "`without.RS1` is empty. Fill it in", 6),
    "takes out what is urgent": (
        child(without("RU1.b", "urgent, but no such custom here")),
        "takes out clause RU1.b, which is urgent in rude@1.0. Keep it, or begin the reason so:",
        6,
    ),
    "takes out what is urgent without why": (child(without("RU1.b", "urgent: ")), "which is urgent", 6),
    "takes out and writes": (
        child(without("RU1.a"), f"# VIOLATES\n{INSULT}\n"),
        "takes out clause RU1.a, and writes it",
        6,
    ),
    "takes out all": (child(without("RS1")), "section SAFE is missing here", 2),
    "no table": (child(body=f"# VIOLATES\n{CLAUSE}\n"), "clause RU2.a has no action", 8),
    "no clause": (child(NEW), "consequences of RU2.a, which is no clause of VIOLATES", 5),
    "ladder and action": (
        child(body=f"# VIOLATES\n{INSULT.replace('; 3 always', '')}\n"),
        "clause RU1.a has an action at severity 3, which its ladder lacks",
        2,
    ),
    "twice": (child(body=f"# VIOLATES\n{INSULT}\n\n{INSULT}\n"), "clause RU1.a of VIOLATES stands twice", 12),
    "no clause's": (child(body=f"# VIOLATES\n{INSULT}\n\nAnd more.\n"), "belongs to no clause", 12),
    "no test": (
        child(body="# VIOLATES\nRU1.a Insult.\nSeverity: 1 once.\n"),
        "clause RU1.a has no `Test:` line",
        8,
    ),
    "other side": (child(body="# SAFE\nRU1.a Fine.\nEnds: never.\n"), "stands in VIOLATES and in SAFE", 7),
    "out of order": (child(body="# SAFE\nRS1 A.\nEnds: b.\n\n# VIOLATES\nx\n"), "SAFE", 11),
    "unknown section": (child(body="# SAVE\nx\n"), "unknown section `SAVE`. Did you mean `SAFE`?", 7),
    "before the first": (child(body="Hello.\n"), "text before the first section", 7),
    "example": (
        child(body=f"# VIOLATES\n{INSULT.replace('1 once', '2 once')}\n"),
        "clause RU1.a has an action at severity 1",
        2,
    ),
    "restricted and examples": (
        child("restricted = true\n", f"# EXAMPLES\n{PARTS['EXAMPLES']}\n"),
        "a restricted policy has examples",
        8,
    ),
}


@pytest.mark.parametrize(("text", "what", "line"), FAULTS.values(), ids=FAULTS)
def test_what_does_not_fit_its_parent_is_one_error_with_file_and_line(
    text: str, what: str, line: int
) -> None:
    with pytest.raises(PolicyInvalid) as caught:
        loaded(text)

    assert what in str(caught.value)
    assert (caught.value.file, caught.value.line) == ("blunt/policy.md", line)


def test_an_inherited_example_that_no_longer_fits_names_both_places() -> None:
    body = f"# VIOLATES\n{INSULT}\n".replace("1 once", "2 once")
    front = '[clauses."RU1.a"]\nactions = { 2 = "remove" }\n'

    with pytest.raises(PolicyInvalid) as caught:
        loaded(child(front, body))

    assert str(caught.value).startswith(
        f"blunt/policy.md:2: with what it inherits from rude/policy.md:{line_of(POLICY, 'you fool')},"
        " severity 1 is not on the ladder of RU1.a."
    )


def test_a_circle_of_policies_is_named() -> None:
    files = Written({"blunt/policy.md": child(), "rude/policy.md": child(of="blunt", name="rude")})

    with pytest.raises(PolicyInvalid, match=r"rude/policy\.md:2: .* blunt → rude → blunt\. Let one of them"):
        load_policy("blunt", files)


def test_what_is_wrong_in_a_parent_is_told_of_the_parent() -> None:
    with pytest.raises(PolicyInvalid) as caught:
        loaded(CHILD, POLICY.replace("Ends: where the person is meant.\n", ""))

    assert caught.value.file == "rude/policy.md"


def test_notices_are_inherited_by_clause_and_language() -> None:
    files = Written(
        {
            "rude/policy.md": POLICY,
            "rude/notices.toml": '["RU1.a"]\nen = "Be kind."\n["RU1.b"]\nen = "No threats."\n',
            "blunt/policy.md": child(without("RU1.b") + NEW, f"# VIOLATES\n{CLAUSE}\n"),
            "blunt/notices.toml": '["RU1.a"]\nde = "Freundlich!"\n["RU2.a"]\nen = "Quiet."\n',
        }
    )

    notices = load_policy("blunt", files).policy.notices

    assert notices == {"RU1.a": {"en": "Be kind.", "de": "Freundlich!"}, "RU2.a": {"en": "Quiet."}}
    del files["blunt/notices.toml"]
    with pytest.raises(PolicyInvalid, match=r"^blunt/notices\.toml:1: no notice for clause RU2\.a"):
        load_policy("blunt", files)


SET = 'title = "T"\nlanguages = ["en"]\n[policies.blunt]\n[[routes]]\npolicies = ["blunt"]\n'


@pytest.fixture
def folder(tmp_path: Path) -> Callable[[str, str], PolicyFolder]:
    """Writes a file of the folder, which begins with a child and its parent."""

    def written(path: str, text: str) -> PolicyFolder:
        file = tmp_path / path
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return PolicyFolder(tmp_path)

    written("sets/default.toml", SET)
    written("rude/policy.md", POLICY)
    written("blunt/policy.md", CHILD)
    return written


Write = Callable[[str, str], PolicyFolder]


def test_a_parent_that_changes_is_taken_up_while_the_process_runs(folder: Write) -> None:
    live = LivePolicySet(folder("rude/policy.md", POLICY), "default")
    before = live.current().digest

    folder("rude/policy.md", POLICY.replace("somebody real", "somebody who is real"))

    assert live.refresh()
    assert live.current().digest != before
    assert "who is real" in live.current().policies["blunt"].body


def test_a_promotion_carries_what_its_policies_extend(folder: Write) -> None:
    here = folder("rude/notices.toml", '["RU1.a"]\nen = "Be kind."\n["RU1.b"]\nen = "No threats."\n')
    policy_set = here.policy_set("default")

    files = here.texts(policy_set)

    assert sorted(files) == ["blunt/policy.md", "rude/notices.toml", "rude/policy.md", "sets/default.toml"]
    event = SetPromoted(name="default", digest=policy_set.digest, files=files, by="ada", at=1)
    assert promoted_set(event) == policy_set
    less = {path: text for path, text in files.items() if path != "rude/policy.md"}
    with pytest.raises(PolicyInvalid, match=r"^blunt/policy\.md:2: there is no policy `rude` to extend"):
        promoted_set(SetPromoted(name="default", digest=policy_set.digest, files=less, by="ada", at=1))


def test_the_lock_refuses_a_child_whose_parent_changed_and_names_the_parent(folder: Write) -> None:
    assert folder("rude/policy.md", POLICY).write_lock() == ["blunt@1.0", "rude@1.0"]

    here = folder("rude/policy.md", POLICY.replace('"1.0"', '"1.1"'))

    with pytest.raises(PolicyInvalid) as caught:
        here.policy("blunt")
    assert str(caught.value).endswith(
        "blunt/policy.md:4: version 1.0 of `blunt` was locked with its parent `rude@1.0`, which is `rude@1.1`"
        " now. Raise `version`, then run `sluice policy lock`."
    )
    assert here.policy("rude").version == "1.1"
    here = folder("blunt/policy.md", CHILD.replace("1.0", "1.1"))
    assert here.write_lock() == ["blunt@1.1", "rude@1.1"]


def test_the_lock_refuses_a_changed_parent_first_and_a_childs_own_text_too(folder: Write) -> None:
    folder("rude/policy.md", POLICY).write_lock()

    here = folder("rude/policy.md", POLICY + "\n")
    with pytest.raises(
        PolicyInvalid, match=r"rude/policy\.md:3: version 1\.0 of `rude` was locked with another"
    ):
        here.policy("blunt")

    folder("rude/policy.md", POLICY)
    here = folder("blunt/policy.md", CHILD + "\n# INTENT\nNone.\n")
    with pytest.raises(
        PolicyInvalid, match=r"with another text, of its own or of `rude@1\.0`, which it extends"
    ):
        here.policy("blunt")


CASE = '{"id": "%s", "text": "%s", "language": "en", "result": "violates", "clause": "%s", "severity": %d}\n'
GOLDEN = (
    CASE % ("fool", "you fool", "RU1.a", 1)
    + CASE % ("beware", "beware", "RU1.b", 4)
    + '{"id": "hello", "text": "hello", "language": "en", "result": "safe"}\n'
)


def test_golden_cases_are_inherited_but_for_those_of_a_clause_taken_out_or_written_anew(
    folder: Write,
) -> None:
    folder("rude/tests.jsonl", GOLDEN)
    folder(
        "rude/exemplars.jsonl",
        '{"text": "tremble", "language": "en", "result": "violates", "clause": "RU1.b", "severity": 2}\n',
    )
    folder("blunt/tests.jsonl", GOLDEN.splitlines()[0].replace("you fool", "du Depp") + "\n")
    here = folder("blunt/policy.md", child(without("RU1.b")))

    cases = here.golden(here.policy("blunt"))

    assert [case.text for case in cases] == ["du Depp", "hello"]
    assert here.exemplars(here.policy("blunt")) == ()


def test_a_golden_case_that_no_longer_fits_its_clause_is_to_be_written_anew(folder: Write) -> None:
    folder("rude/tests.jsonl", GOLDEN)
    text = child(
        '[clauses."RU1.a"]\nactions = { 3 = "remove" }\n',
        f"# VIOLATES\n{INSULT}\n\n# EXAMPLES\n" + PARTS["EXAMPLES"] + "\n",
    ).replace("1 once; ", "")
    here = folder("blunt/policy.md", text)

    with pytest.raises(
        PolicyInvalid, match=r"blunt/tests\.jsonl:1: golden case `fool` of rude@1\.0: severity 1 is"
    ):
        here.golden(here.policy("blunt"))
