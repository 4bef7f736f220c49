"""A policy set: the way of a post, the digest that names it, and what its author is told of a mistake."""

import pytest

from stream.core.brake import Brakes
from stream.core.errors import PolicyInvalid
from stream.core.judgement import Stated
from stream.core.policy import Autonomy, Policy
from stream.core.policy.calibration import Signal
from stream.core.policy.policy_set import Lane, Repetition, speaks
from stream.core.policy.set_text import parse_set
from stream.core.step import MINUTE, Terms
from stream.core.terms import Effort
from tests.unit.policies.sample import SET, SHIPPED, named, policy, policy_set, refusal


def test_a_set_grants_no_more_than_recommending_unless_it_says_so() -> None:
    assert policy_set().autonomy == {"rude": Autonomy.REMOVE, "loud": Autonomy.RECOMMEND}


def test_deadlines_are_ten_minutes_and_a_day_unless_it_says_so() -> None:
    assert policy_set().terms == Terms(automatic=5 * MINUTE)
    assert policy_set(lambda text: text.replace('automatic = "5m"', "")).terms == Terms()


def test_a_set_says_by_when_people_answer_what_is_urgent_and_how_much_machines_may_remove() -> None:
    brakes = "[brakes]\nremovals_an_hour = 500\ntimes_usual = 4\n"
    found = policy_set(
        lambda text: text.replace(
            "[policies.rude]", f"{brakes}\n[policies.rude]\nremovals_an_hour = 7"
        ).replace('automatic = "5m"', 'urgent = "3m"')
    ).terms
    assert found.urgent == 3 * MINUTE
    assert found.brakes == Brakes(500, 4.0, {"rude": 7})
    assert (found.brakes.cap("rude"), found.brakes.cap("loud")) == (7, 500)


def test_the_first_route_that_matches_counts() -> None:
    found = policy_set().route("market", "de")

    assert (found.policies, found.effort, found.lane) == (("loud",), Effort.HIGH, Lane.PRIORITY)
    assert found.required_signals == ("media-hash",)
    assert found.supported


@pytest.mark.parametrize(("surface", "language"), [("market", "en"), ("feed", "de"), ("market", None)])
def test_the_last_route_takes_the_rest(surface: str, language: str | None) -> None:
    found = policy_set().route(surface, language)

    assert (found.policies, found.effort, found.lane) == (("rude", "loud"), Effort.LOW, Lane.BULK)
    assert found.supported


def test_a_language_that_the_set_does_not_name_is_not_supported() -> None:
    assert not policy_set().route("feed", "fr").supported


@pytest.mark.parametrize(
    ("tag", "language", "covered"),
    [
        ("de", "de-AT", True),
        ("de", "DE", True),
        ("de-AT", "de", False),
        ("de", "den", False),
        ("pt-BR", "pt-br", True),
    ],
)
def test_a_tag_covers_its_regions(tag: str, language: str, covered: bool) -> None:
    assert speaks(tag, language) is covered


def test_the_digest_changes_with_the_set_and_with_each_policy() -> None:
    digest = policy_set().digest

    assert policy_set(lambda text: text + "# a remark\n").digest != digest
    softer = policy(
        lambda text: text.replace("Belittles a person", "Belittles someone").replace("rude", "loud")
    )
    edited = parse_set(
        SET, "set.toml", "test", ["loud", "rude"], lambda name: softer if name == "loud" else named(name)
    )
    assert edited.digest != digest
    assert policy_set().digest == digest


def test_notices_are_found_by_the_references_that_outcomes_carry() -> None:
    shipped = SHIPPED.policy_set("default")
    threat = shipped.policies["harassment"]

    texts = shipped.notice_texts([threat.reference("HR2.a"), "nothing/hr2.a"])

    assert texts["harassment/hr2.a:de"].startswith("Dein Beitrag bedroht")
    assert {key.split(":")[0] for key in texts} == {"harassment/hr2.a"}


def test_a_surface_of_high_impact_is_judged_at_high_effort_by_a_local_model() -> None:
    found = policy_set().route("school", "en")

    assert (found.policies, found.effort) == (("rude", "loud"), Effort.HIGH)
    assert found.needs_local
    ordinary = policy_set().route("feed", "en")
    assert not any((ordinary.needs_local, ordinary.never_clear))


def test_what_one_policy_asks_for_holds_for_the_whole_case() -> None:
    # Given a route to two policies of which one is grave
    grave = "high_impact = true\nrestricted = true\nnever_clear = true\n"

    def load(name: str) -> Policy:
        return named(name) if name == "rude" else policy(lambda text: restricted(text, name, grave))

    found = parse_set(SET, "set.toml", "test", ["loud", "rude"], load).route("feed", "en")
    # Then its text is seen by local models only, and never cleared unasked; the other is asked as ever
    assert found.effort is Effort.LOW
    assert found.needs_local
    assert found.never_clear


def test_a_set_with_a_restricted_policy_says_so_to_the_gate() -> None:
    def load(name: str) -> Policy:
        return (
            named(name)
            if name == "rude"
            else policy(lambda text: restricted(text, name, "restricted = true\n"))
        )

    assert parse_set(SET, "set.toml", "test", ["loud", "rude"], load).terms.restricted
    assert not policy_set().terms.restricted


def restricted(text: str, name: str, flags: str) -> str:
    """The sample policy under another name, with flags, and without examples."""
    begin, end = text.index("# EXAMPLES"), text.index("# REVIEWERS")
    return (text[:begin] + text[end:]).replace('id = "rude"\n', f'id = "{name}"\n{flags}')


def test_one_in_a_hundred_releases_at_low_effort_is_judged_again_unless_it_says_otherwise() -> None:
    assert policy_set().audited == 0.02
    assert policy_set(lambda text: text.replace("audited = 0.02", "")).audited == 0.01
    assert (policy_set().to_auditors, policy_set().confidence.share) == (0.01, 0.0)
    drawn = policy_set(
        lambda text: text.replace(
            "audited = 0.02", "audited = 0.02\nto_auditors = 0.5\n[confidence]\nshare = 0.1\nrepeats = 3"
        )
    )
    assert (drawn.to_auditors, drawn.confidence) == (0.5, Repetition(share=0.1, repeats=3))


def test_each_effort_may_have_a_model_of_its_own() -> None:
    assert policy_set().models == {Effort.HIGH: "larger"}


CALIBRATION = f"""
[policies.rude.calibration]
policy = "sha256:{64 * "a"}"
by = "ana"
at = "2026-11-23"

[policies.rude.calibration.remove]
template = "sha256:{64 * "b"}"
model = "safeguard-20b"
effort = "high"
target = 0.95
bound = 0.956
confidence = 0.9875
rows = 240
mistakes = 3
drawn = "flagged"
signal = "stated"
at_least = "high"
"""


def test_a_grant_above_recommending_rests_on_evidence_or_says_that_it_does_not() -> None:
    measured = policy_set(lambda text: text.replace('uncalibrated = "a test"', CALIBRATION))
    evidence = measured.calibrations["rude"].remove
    assert evidence is not None
    assert (evidence.signal, evidence.at_least, evidence.mistakes) == (Signal.STATED, Stated.HIGH, 3)
    assert measured.calibrations["rude"].attempt == 1
    assert measured.autonomy["rude"] is Autonomy.REMOVE
    assert (policy_set().calibrations, policy_set().uncalibrated) == ({}, {"rude": "a test"})


@pytest.mark.parametrize(
    ("written", "instead", "fault"),
    [
        ("bound = 0.956", "bound = 0.10", "a bound of 0.1 for a target of 0.95"),
        ("rows = 240", "rows = 0", "3 mistakes in 0 rows"),
        ("mistakes = 3", "mistakes = 500", "500 mistakes in 240 rows"),
        ('signal = "stated"\nat_least = "high"', 'signal = "log_probability"\nat_least = nan', "do not fit"),
    ],
)
def test_evidence_that_does_not_show_what_it_is_for_carries_no_grant(
    written: str, instead: str, fault: str
) -> None:
    said = CALIBRATION.replace(written, instead)
    assert said != CALIBRATION
    with pytest.raises(PolicyInvalid, match=fault):
        policy_set(lambda text: text.replace('uncalibrated = "a test"', said))


def test_a_restricted_policy_is_never_calibrated() -> None:
    text = SET.replace("[policies.loud]\n", "[policies.loud]\n" + CALIBRATION.replace("rude", "loud"))

    def load(name: str) -> Policy:
        return (
            named(name)
            if name == "rude"
            else policy(lambda text: restricted(text, name, "restricted = true\n"))
        )

    with pytest.raises(PolicyInvalid, match="is restricted, and has a calibration"):
        parse_set(text, "set.toml", "test", ["loud", "rude"], load)


MISTAKES = {
    "grant beyond what a policy allows": (
        'autonomy = "remove"',
        'autonomy = "full"',
        'autonomy = "full"',
        "policy `rude` allows `remove` at most",
    ),
    "low effort that nobody measures": ("audited = 0.02", "audited = 0", "audited = 0", "what that misses"),
    "grant that nobody measured": (
        'uncalibrated = "a test"',
        "",
        'autonomy = "remove"',
        "nothing says that it was earned. Run `sluice policy calibrate`",
    ),
    "grant to label on evidence about removals": (
        'autonomy = "remove"\nuncalibrated = "a test"',
        f'autonomy = "full"\n{CALIBRATION}',
        'autonomy = "full"',
        "policy `rude` allows `remove` at most",
    ),
    "calibration and none": (
        'uncalibrated = "a test"',
        f'uncalibrated = "a test"\n{CALIBRATION}',
        "uncalibrated =",
        "has a calibration and says that it has none",
    ),
    "signal without a threshold": (
        'uncalibrated = "a test"',
        CALIBRATION.replace('at_least = "high"', ""),
        "[policies.rude.calibration.remove]",
        "a signal and a threshold that do not fit",
    ),
    "threshold of another signal": (
        'uncalibrated = "a test"',
        CALIBRATION.replace('"stated"', '"log_probability"'),
        "[policies.rude.calibration.remove]",
        "a signal and a threshold that do not fit",
    ),
    "share above one": ("audited = 0.02", "audited = 2", "audited = 2", "must be at most 1.0"),
    "unknown key": (
        'lane = "priority"',
        'lanes = "priority"',
        "lanes =",
        "unknown key `lanes`. Did you mean `lane`?",
    ),
    "unknown key in a table": (
        'automatic = "5m"',
        'automatik = "5m"',
        "automatik",
        "Did you mean `automatic`?",
    ),
    "unknown autonomy": ('"remove"', '"delete"', "delete", "is none of the values that there are. Write `"),
    "no duration": (
        '"5m"',
        '"5 minutes"',
        "5 minutes",
        "`deadlines.automatic` has not the form",
    ),
    "a line's end in a duration": (
        '"5m"',
        '"5m\\n"',
        "automatic",
        "`deadlines.automatic` has not the form",
    ),
    "unknown policy": (
        "[policies.loud]",
        "[policies.lout]",
        "policies.lout",
        "no policy `lout`. Did you mean `loud`?",
    ),
    "route to nothing": ('["loud"]', '["lout"]', '["lout"]', "which [policies] lacks. Did you mean `loud`?"),
    "route without policy": ('["loud"]', "[]", "policies = []", "a route without a policy"),
    "route of too many policies": (
        '["loud"]',
        "[" + 33 * '"loud", ' + "]",
        "policies = [",
        "`routes.0.policies` has more than it may. Give it at most 32 entries",
    ),
    "policy without route": (
        '["rude", "loud"]',
        '["loud"]',
        "[policies.rude]",
        "no route asks policy `rude`",
    ),
    "last route is narrow": (
        '[[routes]]\npolicies = ["rude"',
        '[[routes]]  # last\nsurface = "feed"\npolicies = ["rude"',
        "# last",
        "leaves posts without",
    ),
    "first route is wide": (
        'surface = "market"\nlanguages = ["de"]\n',
        "",
        "[[routes]]",
        "are never reached",
    ),
    "language without golden cases": ('["en", "de"]', '["en", "ja"]', "languages", "never tested in it"),
    "route in a foreign language": ('languages = ["de"]', 'languages = ["fr"]', '["fr"]', "does not support"),
    "retention below the deadline": (
        'automatic = "5m"',
        'retention = "1h"',
        'retention = "1h"',
        "forgotten before an open case is due",
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_an_error_names_file_line_and_the_mistake(mistake: str) -> None:
    error = refusal(
        MISTAKES[mistake],
        SET,
        "set.toml",
        lambda text: parse_set(text, "set.toml", "test", ["loud", "rude"], named),
    )

    assert error.file == "set.toml"
