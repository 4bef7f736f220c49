"""Reading a policy: what it becomes, and what its author is told when it does not hold together."""

from hashlib import sha256

import pytest

from stream.core.errors import Misconfigured, PolicyInvalid
from stream.core.policy import Action, Autonomy, PolicyResult
from stream.core.policy.reason import Category, Ground, Reason
from stream.core.policy.text import parse_policy, with_notices
from stream.core.prompt import developer_message
from tests.unit.policies.sample import POLICY, policy, refusal


def test_a_policy_holds_what_its_text_says() -> None:
    read = policy()

    assert (read.id, read.version, read.title, read.languages) == ("rude", "1.0", "Rudeness", ("en", "de"))
    assert read.clause_ids == ("RU1.a", "RU1.b", "RS1")
    insult = read.clause("RU1.a")
    assert insult is not None
    assert insult.severities == (1, 2, 3)
    assert insult.actions == ((1, Action.LIMITED_REACH), (3, Action.REMOVE))
    assert [[example.result for example in group] for group in read.examples] == [
        [PolicyResult.VIOLATES, PolicyResult.SAFE]
    ]


def test_a_policy_says_of_each_clause_what_follows_and_why() -> None:
    read = policy()
    insult, threat, criticism = (read.clause(clause_id) for clause_id in read.clause_ids)
    assert insult is not None
    assert threat is not None
    assert criticism is not None

    assert insult.reason == Reason(Ground.TERMS, "https://example.com/terms#rude", Category.CYBER_VIOLENCE)
    assert (insult.strike, insult.label_days, insult.urgent) == (1, 30, False)
    assert threat.reason == Reason(Ground.LAW, "Criminal Code, section 1", Category.VIOLENCE, ("DE",))
    assert (threat.strike, threat.label_days, threat.urgent) == (3, None, True)
    assert criticism.reason is None


def test_a_policy_is_ordinary_unless_it_says_otherwise() -> None:
    ordinary = policy()
    flags = "high_impact = true\nlocal_only = true\nnever_clear = true\n"
    grave = policy(lambda text: text.replace("[reason]", flags + "\n[reason]"))
    free = policy(lambda text: text.replace('autonomy = "remove"\n', ""))

    assert (ordinary.autonomy, free.autonomy) == (Autonomy.REMOVE, Autonomy.FULL)
    assert not any((ordinary.high_impact, ordinary.restricted, ordinary.needs_local, ordinary.never_clear))
    assert all((grave.high_impact, grave.needs_local, grave.never_clear))


def test_what_is_restricted_has_no_examples_and_needs_a_local_model() -> None:
    def restrict(text: str) -> str:
        begin, end = text.index("# EXAMPLES"), text.index("# REVIEWERS")
        return text[:begin].replace('id = "rude"', 'id = "rude"\nrestricted = true') + text[end:]

    grave = policy(restrict)

    assert grave.restricted
    assert grave.needs_local
    assert grave.examples == ()


def test_notes_for_reviewers_are_in_the_digest_and_in_no_prompt() -> None:
    quiet = policy(lambda text: text[: text.index("# REVIEWERS")])

    assert policy().reviewers == "Ask who is meant."
    assert quiet.reviewers == ""
    assert quiet.digest != policy().digest
    assert developer_message([quiet]) == developer_message([policy()])


def test_the_digest_names_the_bytes_of_the_whole_text() -> None:
    assert policy().digest == "sha256:" + sha256(POLICY.encode()).hexdigest()
    assert policy(lambda text: text + "\n").digest != policy().digest


@pytest.mark.parametrize(
    ("severity", "action"), [(1, Action.LIMITED_REACH), (2, Action.LIMITED_REACH), (3, Action.REMOVE)]
)
def test_between_two_steps_the_lower_action_holds(severity: int, action: Action) -> None:
    insult = policy().clause("RU1.a")

    assert insult is not None
    assert insult.action_at(severity) is action


def test_below_the_first_step_the_first_action_holds() -> None:
    threat = policy().clause("RU1.b")

    assert threat is not None
    assert threat.action_at(1) is Action.REVIEW


EXAMPLES = POLICY[POLICY.index("# EXAMPLES") : POLICY.index("# REVIEWERS")]

MISTAKES = {
    "no front matter": ("+++\nid", "id", "id = ", "no front matter"),
    "open front matter": ('["DE"] }\n+++', '["DE"] }', "+++", "does not end"),
    "not TOML": ('version = "1.0"', "version = ", "version = ", "not TOML"),
    "unknown key": ('title = "', 'titel = "', "titel", "unknown key `titel`. Did you mean `title`?"),
    "missing key": ('version = "1.0"\n', "", 'id = "rude"', "`version` is missing. Add it"),
    "value of the wrong form": (
        'version = "1.0"',
        'version = "one"',
        "version",
        "`version` has not the form",
    ),
    "unknown action": (
        '3 = "remove"',
        '3 = "delete"',
        '3 = "delete"',
        "none of the values that there are. Write `",
    ),
    "unknown section": ("# INTENT", "# INTENTS", "# INTENTS", "Did you mean `INTENT`?"),
    "missing section": (
        "# INTENT\nThe effect decides.\n",
        "",
        "# AMBIGUITY",
        "section INTENT is missing here",
    ),
    "empty section": ("The effect decides.", "", "# INTENT", "section INTENT is empty"),
    "text before the sections": (
        "# INSTRUCTIONS",
        "Hello.\n# INSTRUCTIONS",
        "Hello.",
        "before the first section",
    ),
    "no test": ("Test: is harm announced?\n", "", "RU1.b Threat", "no `Test:` line"),
    "two ladders": ("2 vague; 4 clear.", "2 vague.\nSeverity: 4 clear.", "RU1.b Threat", "more than one"),
    "no ladder": ("2 vague; 4 clear", "bad", "Severity: bad", "no ascending ladder"),
    "falling ladder": ("2 vague; 4 clear", "4 clear; 2 vague", "4 clear; 2", "no ascending ladder"),
    "no end": ("Ends: where", "It ends where", "RS1 Criticism", "no `Ends:` line"),
    "clause twice": ("RU1.b Threat", "RU1.a Threat", "RU1.a Threat", "stands twice"),
    "clause on both sides": ("RS1 Criticism", "RU1.a Criticism", "# SAFE", "in VIOLATES and in SAFE"),
    "stray paragraph": ("# SAFE", "And so on.\n\n# SAFE", "And so on.", "belongs to no clause"),
    "no clause": ("RS1 Criticism. Of the work.\nEnds:", "Ends:", "# SAFE", "SAFE has no clause"),
    "no consequences": ('[clauses."RU1.b"]', '[clauses."RU1.c"]', "RU1.b Threat", "RU1.b has no action"),
    "action off the ladder": ('2 = "review"', '2 = "review", 3 = "review"', '"RU1.b"', "its ladder lacks"),
    "ladder begins without action": (
        '1 = "limited_reach", ',
        "",
        '"RU1.a"',
        "no action at severity 1, where its ladder begins",
    ),
    "consequences of nothing": (
        '[clauses."RU1.b"]',
        '[clauses.RU2]\nactions = { 2 = "remove" }\n[clauses."RU1.b"]',
        "RU2",
        "RU1.b",
    ),
    "strike beyond the most": ("strike = 3", "strike = 11", "strike = 11", "must be at most 10"),
    "no ground": ('ground = "terms"\n', "", '"RU1.a"', "RU1.a has no complete reason"),
    "unknown category": (
        'category = "cyber_violence"',
        'category = "rudeness"',
        "category",
        "none of the values that there are",
    ),
    "removal everywhere under one country's law": (
        '2 = "review"',
        '2 = "remove"',
        '"RU1.b"',
        "counts in DE only, but removes everywhere",
    ),
    "hidden in no territory": ('1 = "limited_reach"', '1 = "region"', '"RU1.a"', "has none"),
    "support that is punished": (
        '1 = "limited_reach", 3 = "remove"',
        '1 = "support"',
        '"RU1.a"',
        "offers support, and counts as a strike",
    ),
    "restricted with examples": (
        'id = "rude"',
        'id = "rude"\nrestricted = true',
        "# EXAMPLES",
        "has examples",
    ),
    "no examples": (EXAMPLES, "", "# PRECEDENCE", "EXAMPLES is missing"),
    "malformed example": (
        "=> violates RU1.a severity 1: belittles",
        "is bad",
        '"you fool"',
        "does not parse",
    ),
    "example of an unknown clause": ("safe RS1:", "safe RS2:", "safe RS2", "Did you mean `RS1`?"),
    "example of the other side": ("safe RS1:", "safe RU1.a:", "safe RU1.a", "a clause of the other side"),
    "example off the ladder": (
        "severity 1: b",
        "severity 4: b",
        "severity 4: b",
        "not on the ladder of RU1.a",
    ),
    "safe with severity": ("safe RS1:", "safe RS1 severity 1:", "safe RS1", "has severity 1"),
    "one-sided group": ('- "a foolish', '\n- "a foolish', '"you fool"', "one side only"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_an_error_names_file_line_and_the_mistake(mistake: str) -> None:
    # When a policy with one mistake in it is read, then the error says where and what
    error = refusal(
        MISTAKES[mistake], POLICY, "rude/policy.md", lambda text: parse_policy(text, "rude/policy.md")
    )

    # And it ends the process that meets it at its start
    assert isinstance(error, Misconfigured)


def test_a_section_that_stands_twice_is_refused() -> None:
    with pytest.raises(PolicyInvalid, match="missing here"):
        policy(lambda text: text.replace("# INTENT", "# SAFE\nRS2 More. Of it.\nEnds: here.\n\n# INTENT"))
    with pytest.raises(PolicyInvalid, match="section EXAMPLES stands twice or out of order"):
        policy(lambda text: text + "\n# EXAMPLES\nmore\n")


NOTICES = '["RU1.a"]\nen = "Be kind."\n\n["RU1.b"]\nen = "No threats."\nde = "Keine Drohungen."\n'


def test_notices_stand_beside_the_policy_and_change_no_digest() -> None:
    told = with_notices(policy(), NOTICES, "notices.toml")

    assert told.notices["RU1.b"] == {"en": "No threats.", "de": "Keine Drohungen."}
    assert told.digest == policy().digest


@pytest.mark.parametrize(
    ("before", "after", "line", "says"),
    [
        ('["RU1.a"]', '["RU1.c"]', 1, "a notice for clause RU1.c. Did you mean"),
        ('["RU1.a"]\nen = "Be kind."\n', "", 4, "no notice for clause RU1.a"),
        ('"No threats."', '" "', 5, "an empty notice for RU1.b"),
        ('de = "Keine', 'Deutsch = "Keine', 4, "has not the form"),
        ('"No threats."', f'"{"no " * 1_400}"', 5, "at most 4,000 characters"),
    ],
)
def test_a_notice_that_does_not_fit_is_refused(before: str, after: str, line: int, says: str) -> None:
    with pytest.raises(PolicyInvalid) as caught:
        with_notices(policy(), NOTICES.replace(before, after), "notices.toml")

    assert str(caught.value).startswith(f"notices.toml:{line}: ")
    assert says in str(caught.value)
