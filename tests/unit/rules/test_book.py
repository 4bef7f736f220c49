"""What rules take, what they say together, and that neither order nor any text upsets them."""

from collections.abc import Sequence
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stream.adapters.rules import Re2Finders
from stream.core.content import Published
from stream.core.errors import PolicyInvalid
from stream.core.fingerprint import fingerprint
from stream.core.policy.policy_set import Lane
from stream.core.rules import NOTHING, Rates, RuleBook
from stream.core.terms import Effort
from tests.unit.rules.sample import NOW, book, fact, hits, judged, post, rules, written

FP = fingerprint("Hello  there")


@pytest.mark.parametrize(
    ("body", "content"),
    [
        ('phrases = ["x", "Búy now"]', post("please BUY\u200b now!")),
        ("patterns = ['(?i)call \\d{4}']", post("ＣＡＬＬ 1234")),
        ('domains = ["evil.example"]', post("go to www.evil.example/x")),
        ('authors = ["a1", "a2"]', post(author="a2")),
        (f'fingerprints = ["{FP}"]', post("hello there")),
        ('signals = [{ kind = "media-hash" }]', post(signals=(fact("media-hash"),))),
        ('signals = [{ kind = "age", below = 7 }]', post(signals=(fact("age", 3.0),))),
        ('signals = [{ kind = "score", at_least = 0.9 }]', post(signals=(fact("score", 0.9),))),
        ('signals = [{ kind = "list", equals = "bad" }]', post(signals=(fact("list", "bad"),))),
        ('signals = [{ kind = "new", equals = true }]', post(signals=(fact("new", True),))),
        ('phrases = ["x"]\nsurfaces = ["market"]\nlanguages = ["pt"]',
         post("x", surface="market", language="pt-BR")),
    ],
)  # fmt: skip
def test_a_rule_takes_what_its_condition_says(body: str, content: Published) -> None:
    assert hits(body, content)


@pytest.mark.parametrize(
    ("body", "content"),
    [
        ('phrases = ["buy now"]', post("buy nowhere")),
        ("patterns = ['call \\d{4}']", post("CALL 1234")),
        ('domains = ["evil.example"]', post("notevil.example")),
        ('authors = ["a1"]', post()),
        (f'fingerprints = ["{FP}"]', post("hello there!")),
        ('signals = [{ kind = "age", below = 7 }]', post(signals=(fact("age", 7.0),))),
        ('signals = [{ kind = "age", below = 7 }]', post(signals=(fact("age", "3"),))),
        ('signals = [{ kind = "age", at_least = 1 }]', post(signals=(fact("age", True),))),
        ('signals = [{ kind = "n", equals = 1 }]', post(signals=(fact("n", True),))),
        ('signals = [{ kind = "n", source = "ours" }]', post(signals=(fact("n", 1.0, "theirs"),))),
        ('signals = [{ kind = "a" }, { kind = "b" }]', post(signals=(fact("a"),))),
        ('phrases = ["x"]\nsurfaces = ["market"]', post("x")),
        ('phrases = ["x"]\nlanguages = ["pt"]', post("x")),
        ('phrases = ["x"]\nauthors = ["a"]', post("x", author="b")),
        ('phrases = ["x"]\nsignals = [{ kind = "a" }]', post("x")),
        ('phrases = ["x"]\ndomains = ["evil.example"]', post("x y.example")),
    ],
)
def test_every_kind_that_is_given_must_hold(body: str, content: Published) -> None:
    assert not hits(body, content)


def test_a_rule_that_has_ended_does_nothing() -> None:
    ruled = book(written())
    [rule] = ruled.rules
    assert judged(ruled, post("buy now"), rule.until - 1).people
    assert judged(ruled, post("buy now"), rule.until) == NOTHING


def test_several_rules_say_the_strongest_of_each_kind() -> None:
    # Given rules that all take a post
    found = judged(
        book(
            written("c", then='{ route = { policies = ["spam"], lane = "priority" }, effort = "medium" }'),
            written("b", then='{ effort = "high" }'),
            written("a", then='{ route = { policies = ["hate", "spam"], lane = "urgent" } }'),
        ),
        post("buy now"),
    )
    # Then policies are united, lane and effort the highest, and nobody is asked yet
    assert found.rules == ("a", "b", "c")
    assert (found.policies, found.lane, found.effort) == (("hate", "spam"), Lane.URGENT, Effort.HIGH)
    assert (found.people, found.urgent, found.reason) == (False, False, "")


def test_people_are_told_which_rules_and_whose_and_nothing_of_the_post() -> None:
    names = ["e", "a", "d", "b", "c"]
    found = judged(
        book(*(written(name) for name in names), written("z", then="{ effort = 'high' }")), post("buy now")
    )
    assert found.people
    assert not found.urgent
    assert found.reason == (
        "an operator's rule: a (owner night-shift), b (owner night-shift), c (owner night-shift) and 2 more"
    )


def test_escalation_asks_people_and_says_that_it_is_urgent() -> None:
    found = judged(book(written(then="{ escalate = true }")), post("buy now"))
    assert (found.people, found.urgent) == (True, True)


def test_a_rate_counts_only_what_the_rest_of_its_rule_takes() -> None:
    # Given a rule that takes an author's third post with a phrase
    ruled, rates = book(written(body='phrases = ["buy now"]\nrate = { posts = 3, window = "10m" }')), Rates()

    def takes(text: str, author: str | None, counts: bool = True) -> bool:
        return ruled.judge(post(text, author=author), NOW, rates, at=NOW, counts=counts).people

    # When they post other things, when others post, when an author is not named, then it does not count
    assert not any(takes("good morning", "a") for _ in range(5))
    assert not any([takes("buy now", "a"), takes("buy now", "b"), takes("buy now", None)])
    # And a report of a post is no post
    assert not any(takes("buy now", "a", counts=False) for _ in range(5))
    # Then the third one is taken
    assert [takes("buy now", "a"), takes("buy now", "a")] == [False, True]


def test_one_text_from_many_authors_reaches_a_rate() -> None:
    ruled, rates = book(written(body='rate = { posts = 3, window = "1m", per = "fingerprint" }')), Rates()
    texts = ["Free money", "free  MONEY", "other", "ｆｒｅｅ money"]
    found = [
        ruled.judge(post(text, author=f"a{n}"), NOW, rates, at=NOW, counts=True).people
        for n, text in enumerate(texts)
    ]
    assert found == [False, False, False, True]


def test_two_rules_of_one_name_are_refused_with_both_places() -> None:
    with pytest.raises(PolicyInvalid, match=r"wave\.toml:1: rule `wave` is in wave\.toml too"):
        RuleBook([*rules(written()), *rules(written())], Re2Finders())


@pytest.mark.parametrize(
    ("pattern", "says"),
    [
        ("(", r"missing \)"),
        ("(?=x)y", "invalid perl operator"),
        (r"(a)\1", "invalid escape sequence"),
        ("a*", "matches every text"),
        (r"\\pL{900}", "repetition size"),
        (r"(?i)\\pL{1,500}\\pN{1,500}", "too large"),
    ],
)
def test_what_is_no_pattern_is_refused_with_its_line(pattern: str, says: str) -> None:
    body = f"patterns = ['''{pattern}''']".replace("\\\\", "\\")
    if says == "repetition size":
        body = body.replace("{900}", "{9000}")
    with pytest.raises(PolicyInvalid, match=says) as caught:
        book("# a remark\n" + written(body=body))
    assert caught.value.line == 6


MIXED = (
    written("p1", 'phrases = ["a", "b c", "é"]'),
    written("p2", "patterns = ['a+b', '(?i)[x-z]{2}', '\\s$']", '{ effort = "high" }'),
    written("d", 'domains = ["a.b"]', '{ route = { policies = ["spam"] } }'),
    written("a", 'authors = ["a"]\nphrases = ["b"]', '{ route = { lane = "priority" } }'),
    written("s", 'signals = [{ kind = "k", below = 2 }]', "{ escalate = true }"),
    written("r", 'rate = { posts = 2, window = "1s", per = "fingerprint" }', '{ effort = "medium" }'),
)
POSTS = st.builds(
    post,
    st.text(alphabet=st.sampled_from("abc xyzé.\u200bﬀ") | st.characters(), max_size=40),
    author=st.sampled_from([None, "a", "b"]),
    signals=st.sampled_from([(), (fact("k", 1.0),), (fact("k", "x"), fact("k"))]),
)


@given(st.lists(POSTS, max_size=6), st.permutations(range(len(MIXED))))
def test_no_text_upsets_rules_and_their_order_makes_no_difference(
    posts: Sequence[Published], order: Sequence[int]
) -> None:
    one, other = book(*MIXED), book(*(MIXED[place] for place in order))
    rates, others = Rates(), Rates()
    for at, content in enumerate(posts):
        first = one.judge(content, NOW, rates, at=NOW + at, counts=True)
        assert first == other.judge(content, NOW, others, at=NOW + at, counts=True)


@given(POSTS, st.integers(0, len(MIXED) - 1))
def test_a_rule_does_not_depend_on_the_others(content: Published, place: int) -> None:
    alone = judged(book(MIXED[place]), content).rules
    among = judged(book(*MIXED), content).rules
    assert set(alone) == set(among) & {book(MIXED[place]).rules[0].name}


def test_many_rules_take_the_same_as_each_alone() -> None:
    # Given hundreds of rules of random words, each of which is also asked in Python's own way
    draw = Random(7)
    words = ["".join(draw.choices("abcde", k=draw.randint(1, 4))) for _ in range(400)]
    phrases = sorted({" ".join(draw.choices(words, k=draw.randint(1, 2))) for _ in range(800)})
    ruled = book(*(written(f"r{n}", f'phrases = ["{phrase}"]') for n, phrase in enumerate(phrases)))
    for _ in range(30):
        text = " ".join(draw.choices(words, k=20))
        wanted = {f"r{n}" for n, phrase in enumerate(phrases) if f" {phrase} " in f" {text} "}
        assert set(judged(ruled, post(text)).rules) == wanted
