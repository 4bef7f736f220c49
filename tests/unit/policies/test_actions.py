"""The fold: its table, row by row, and the laws that hold for any number of policies in any order."""

from collections.abc import Iterable, Sequence
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from stream.core import actions
from stream.core.actions import Ruling, is_restricted
from stream.core.judgement import Finding, Judgement
from stream.core.outcome import Proposal
from stream.core.policy import Autonomy, PolicyResult
from stream.core.policy.policy_set import PolicySet, Route
from stream.core.step import Terms
from stream.core.terms import Decision, Label, LabelKind
from tests.unit.policies.sample import named, policy

NOW = 1_000_000
MONTH = 30 * 86_400_000
NAMES = ("p1", "p2", "p3")
SAY = {
    "safe": (PolicyResult.SAFE, "", 0),
    "label": (PolicyResult.VIOLATES, "RU1.a", 1),
    "remove": (PolicyResult.VIOLATES, "RU1.a", 3),
    "review": (PolicyResult.VIOLATES, "RU1.b", 2),
    "needs_context": (PolicyResult.NEEDS_CONTEXT, "", 0),
    "doubt": (PolicyResult.NEEDS_CONTEXT, "RU1.a", 0),
    "urgent_doubt": (PolicyResult.NEEDS_CONTEXT, "RU1.b", 0),
    "failed": (PolicyResult.FAILED, "", 0),
}
URGENT = {"review", "urgent_doubt"}
"""The words that cite RU1.b, which is urgent; the one because its author reserved it for people, too."""
TABLE = """
              | shadow | recommend     | remove        | full
safe          | -      | release       | release       | release
label         | -      | review+label  | review+label  | release+label
remove        | -      | review+remove | remove        | remove
review        | -      | review        | review        | review
needs_context | -      | review        | review        | review
doubt         | -      | review        | review        | review
urgent_doubt  | -      | review        | review        | review
failed        | -      | review        | review        | review
missing       | -      | review        | review        | review
"""


CALIBRATED = """
              | as calibrated | another model
safe          | release       | release
label         | review+label  | review+label
remove        | remove        | review+remove
review        | review        | review
needs_context | review        | review
doubt         | review        | review
urgent_doubt  | review        | review
failed        | review        | review
missing       | review        | review
"""
"""The same under `remove` where a calibration says what it rests on."""


def policy_set(**autonomy: Autonomy) -> PolicySet:
    return PolicySet(
        name="t",
        title="T",
        digest="sha256:" + "0" * 64,
        policies={name: named(name) for name in NAMES},
        autonomy={name: autonomy.get(name, Autonomy.FULL) for name in NAMES},
        routes=(Route(NAMES),),
        languages=("en",),
        terms=Terms(),
    )


FULL = policy_set()


def fold(policies: Sequence[str], judgements: Iterable[Judgement], given_set: PolicySet) -> Ruling:
    """The fold, now."""
    return actions.fold(policies, judgements, given_set, NOW)


def said(policy: str, word: str) -> list[Judgement]:
    if word == "missing":
        return []
    result, clause, severity = SAY[word]
    findings = (Finding(clause, "x"),) if clause else ()
    failures = ("not_json",) if result is PolicyResult.FAILED else ()
    return [Judgement(policy=policy, result=result, findings=findings, severity=severity, failures=failures)]


def short(ruling: Ruling) -> str:
    """The ruling as the table writes it."""
    label = "label" if ruling.labels else ""
    wish = "remove" if ruling.recommendation is Decision.REMOVE else label
    return ruling.proposal.value + (f"+{wish}" if wish else "")


def cells(table: str) -> list[tuple[str, str, str]]:
    head, *body = (tuple(cell.strip() for cell in line.split("|")) for line in table.strip("\n").splitlines())
    return [(row[0], head[n], row[n]) for row in body for n in range(1, len(head))]


def rows() -> list[tuple[str, Autonomy, str]]:
    return [(word, Autonomy(column), cell) for word, column, cell in cells(TABLE)]


@pytest.mark.parametrize(("word", "autonomy", "expected"), rows())
def test_one_policys_word_under_each_autonomy(word: str, autonomy: Autonomy, expected: str) -> None:
    ruling = fold(["p1"], said("p1", word), policy_set(p1=autonomy))

    # Then a policy in shadow, alone, decides nothing and leaves it to people
    assert short(ruling) == ("review" if expected == "-" else expected)


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("safe", "safe", "release"),
        ("safe", "label", "release+label"),
        ("label", "label", "release+label"),
        ("label", "remove", "remove"),
        ("remove", "needs_context", "remove"),
        ("remove", "doubt", "remove"),
        ("remove", "urgent_doubt", "review+remove"),
        ("safe", "urgent_doubt", "review"),
        ("remove", "failed", "review+remove"),
        ("remove", "missing", "review+remove"),
        ("remove", "review", "review+remove"),
        ("safe", "needs_context", "review"),
        ("label", "failed", "review"),
        ("safe", "missing", "review"),
    ],
)
def test_of_two_words_the_heavier_wins(first: str, second: str, expected: str) -> None:
    ruling = fold(["p1", "p2"], said("p1", first) + said("p2", second), FULL)

    assert short(ruling) == expected
    assert ruling.urgent == bool(URGENT & {first, second})
    assert not ruling.restricted


def test_an_urgent_clause_cited_by_nobody_who_counts_is_not_urgent() -> None:
    # Given a policy in shadow that is alarmed, beside one that finds the text safe by name of a safe clause
    safe = Judgement(policy="p1", result=PolicyResult.SAFE, findings=(Finding("RS1", ""),))
    for word in URGENT:
        ruling = fold(["p1", "p2"], [safe, *said("p2", word)], policy_set(p2=Autonomy.SHADOW))
        assert (ruling.proposal, ruling.urgent) == (Proposal.RELEASE, False)


def test_a_removal_under_an_urgent_clause_is_a_persons_though_the_model_may_remove() -> None:
    # Given a policy whose removals are urgent
    text = policy(lambda text: text.replace("label_days = 30", "urgent = true"))
    given_set = replace(FULL, policies=FULL.policies | {"p1": replace(text, id="p1")})

    ruling = fold(["p1"], said("p1", "remove"), given_set)

    assert (short(ruling), ruling.urgent) == ("review+remove", True)


def with_restricted(name: str, **autonomy: Autonomy) -> PolicySet:
    plain = policy_set(**autonomy)
    return replace(
        plain, policies=plain.policies | {name: replace(plain.policies[name], restricted=True, examples=())}
    )


@pytest.mark.parametrize("word", [*SAY, "missing"])
def test_what_a_restricted_policy_does_not_call_safe_goes_to_few_people(word: str) -> None:
    # Given a restricted policy beside one that would remove
    given_set = with_restricted("p2")
    ruling = fold(["p1", "p2"], said("p1", "remove") + said("p2", word), given_set)

    # Then nothing but its own `safe` leaves the decision to a machine
    assert ruling.restricted == (word != "safe")
    assert (ruling.proposal is Proposal.REMOVE) == (word == "safe")
    assert is_restricted(["p1", "p2"], said("p2", word), given_set) == (word != "safe")


def test_a_restricted_policy_in_shadow_decides_nothing_and_still_keeps_words_back() -> None:
    given_set = with_restricted("p2", p2=Autonomy.SHADOW)
    said_both = said("p1", "safe") + said("p2", "remove")

    assert fold(["p1", "p2"], said_both, given_set) == Ruling(Proposal.RELEASE)
    assert is_restricted(["p1", "p2"], said_both, given_set)
    assert not is_restricted(["p1"], said_both, given_set)


def test_one_answer_that_was_not_safe_keeps_the_words_back_whatever_came_later() -> None:
    assert is_restricted(["p2"], said("p2", "needs_context") + said("p2", "safe"), with_restricted("p2"))


def test_a_policy_in_shadow_never_counts_beside_others() -> None:
    for word in (*SAY, "missing"):
        ruling = fold(["p1", "p2"], said("p1", "safe") + said("p2", word), policy_set(p2=Autonomy.SHADOW))
        assert ruling == Ruling(Proposal.RELEASE)


def test_an_earned_removal_stands_beside_one_that_may_only_recommend() -> None:
    ruling = fold(
        ["p1", "p2"], said("p1", "remove") + said("p2", "remove"), policy_set(p2=Autonomy.RECOMMEND)
    )

    assert ruling.proposal is Proposal.REMOVE
    assert ruling.clauses == ("p1/ru1.a", "p2/ru1.a")


def test_labels_are_united_and_all_clauses_kept() -> None:
    both = Judgement(
        policy="p1",
        result=PolicyResult.VIOLATES,
        findings=(Finding("RU1.a", "x"), Finding("RS1", ""), Finding("RU1.a", "y")),
        severity=1,
    )

    ruling = fold(["p1", "p2"], [both, *said("p2", "label")], FULL)

    kind, ends = LabelKind.LIMITED_REACH, NOW + MONTH
    assert ruling.labels == (Label(kind, "p1/ru1.a", (), ends), Label(kind, "p2/ru1.a", (), ends))
    assert ruling.clauses == ("p1/ru1.a", "p2/ru1.a")


def test_nothing_is_released_where_no_policy_was_asked_or_known() -> None:
    assert fold([], [], FULL).proposal is Proposal.REVIEW
    assert fold(["gone"], said("gone", "safe"), FULL).proposal is Proposal.REVIEW


def test_a_judgement_that_nobody_asked_for_changes_nothing() -> None:
    assert fold(["p1"], said("p1", "safe") + said("p2", "remove"), FULL) == Ruling(Proposal.RELEASE)


words = st.tuples(*(st.sampled_from([*SAY, "missing"]) for _ in NAMES))
grants = st.tuples(*(st.sampled_from(list(Autonomy)) for _ in NAMES))


@given(words, grants, st.permutations(NAMES), st.permutations(range(3)))
def test_order_never_matters(
    spoken: tuple[str, ...], granted: tuple[Autonomy, ...], asked: list[str], order: list[int]
) -> None:
    given_set = policy_set(**dict(zip(NAMES, granted, strict=True)))
    given_set = replace(given_set, policies=given_set.policies | with_restricted("p3").policies)
    judgements = [one for name, word in zip(NAMES, spoken, strict=True) for one in said(name, word)]
    shuffled = sorted(judgements, key=lambda one: order[NAMES.index(one.policy)])

    assert fold(asked, shuffled, given_set) == fold(NAMES, judgements, given_set)


HARSHER = ("safe", "label", "needs_context", "remove", "review", "failed")
WEIGHT = {"release": 0, "release+label": 1, "review": 2, "review+label": 2, "remove": 3, "review+remove": 2}


@given(words, grants, st.integers(0, 2), st.sampled_from(HARSHER), st.sampled_from(HARSHER))
def test_a_harsher_word_never_shows_more(
    spoken: tuple[str, ...], granted: tuple[Autonomy, ...], which: int, mild: str, harsh: str
) -> None:
    if HARSHER.index(mild) > HARSHER.index(harsh):
        mild, harsh = harsh, mild
    given_set = policy_set(**dict(zip(NAMES, granted, strict=True)))

    def ruled(word: str) -> Ruling:
        changed = [*spoken[:which], word, *spoken[which + 1 :]]
        return fold(
            NAMES, [one for n, w in zip(NAMES, changed, strict=True) for one in said(n, w)], given_set
        )

    before, after = ruled(mild), ruled(harsh)
    shown, then = WEIGHT[short(before)], WEIGHT[short(after)]
    assert min(then, 2) >= min(shown, 2)
    assert before.urgent <= after.urgent or harsh == "failed"
    if harsh not in ("failed", "review"):
        assert then >= shown or before.proposal is Proposal.REVIEW


def test_release_needs_every_counting_policy_safe_or_labelled_by_right() -> None:
    for spoken, granted in product(product([*SAY, "missing"], repeat=2), product(Autonomy, repeat=2)):
        given_set = policy_set(p1=granted[0], p2=granted[1])
        ruling = fold(["p1", "p2"], said("p1", spoken[0]) + said("p2", spoken[1]), given_set)
        counting = [(w, a) for w, a in zip(spoken, granted, strict=True) if a is not Autonomy.SHADOW]
        allowed = all(w == "safe" or (w == "label" and a is Autonomy.FULL) for w, a in counting)
        assert (ruling.proposal is Proposal.RELEASE) == (bool(counting) and allowed)


def test_the_model_removes_alone_only_where_the_set_lets_it() -> None:
    for word, granted in product(SAY, product(Autonomy, repeat=2)):
        given_set = policy_set(p1=granted[0], p2=granted[1])
        ruling = fold(["p1", "p2"], said("p1", "remove") + said("p2", word), given_set)
        entitled = {Autonomy.REMOVE, Autonomy.FULL}
        if ruling.proposal is Proposal.REMOVE:
            assert granted[0] in entitled or (word == "remove" and granted[1] in entitled)


def test_a_failure_is_named_for_the_people_who_get_it() -> None:
    ruling = fold(["p1", "p2"], said("p1", "failed") + said("p2", "safe"), FULL)

    assert ruling.reason == "p1: not_json"
    assert replace(ruling, reason="") == Ruling(Proposal.REVIEW)
