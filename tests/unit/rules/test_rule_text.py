"""Rules as operators write them: what is read, and what is refused with file, line and how to mend it."""

import pytest

from stream.core.errors import PolicyInvalid
from stream.core.policy.policy_set import Lane
from stream.core.rules import MAX_DAYS, Per, Rate, parse_rules
from stream.core.rules.date import DAY, end_of
from stream.core.terms import Effort
from tests.unit.rules.sample import NOW, rules, written


def test_a_rule_is_read_whole() -> None:
    then = '{ route = { policies = ["spam"], lane = "priority" }, effort = "high" }'
    body = 'phrases = ["Buy  NOW"]\nsurfaces = ["comment"]\nrate = { posts = 5, window = "2m" }'
    [rule] = rules(written(body=body, then=then))
    assert (rule.name, rule.owner, rule.why) == ("wave", "night-shift", "a wave")
    assert rule.phrases == ("buy now",)
    assert rule.rate == Rate(5, 120_000, Per.AUTHOR)
    assert (rule.then.route.policies, rule.then.route.lane, rule.then.effort) == (
        ("spam",), Lane.PRIORITY, Effort.HIGH,
    )  # fmt: skip
    assert not rule.is_over(rule.until - 1)
    assert rule.is_over(rule.until)


def test_a_file_without_rules_has_none() -> None:
    assert rules("# nothing yet") == ()


@pytest.mark.parametrize(
    ("date", "days"),
    [("1970-01-01", 1), ("2024-02-29", 19_783), ("2024-10-04", 20_001), ("2026-12-31", 20_819)],
)
def test_a_day_ends_at_its_midnight(date: str, days: int) -> None:
    assert end_of(date) == days * DAY


@pytest.mark.parametrize(
    "date", ["2023-02-29", "2024-13-01", "2024-00-10", "2024-1-1", "tomorrow", "1969-12-31"]
)
def test_what_is_no_day_ends_never(date: str) -> None:
    assert end_of(date) is None


def test_a_rule_whose_day_has_passed_is_read_like_any_other() -> None:
    # Time alone must not make a file unreadable, and take its other rules away.
    [rule] = rules(written().replace("2024-12-01", "2024-01-01"))
    assert rule.is_over(NOW)


def test_authors_come_from_the_list_beside_the_rule() -> None:
    text = written(body='authors_file = "wave.txt"\nauthors = ["a"]')
    lists = {"wave.txt": "# who\nb\n\n c \n"}
    [rule] = parse_rules(text, "f.toml", NOW, lists.__getitem__)
    assert rule.authors == ("a", "b", "c")


LATE = "2025-06-01"


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        (written(body=""), 1, "it has no condition"),
        (written(then="{}"), 6, "it does nothing"),
        (written(then='{ effort = "low" }'), 6, "Write medium or high"),
        (written(then="{ remove = true }"), 6, "unknown key `remove`"),
        (written().replace("2024-12-01", LATE), 4, f"more than {MAX_DAYS} days"),
        (written().replace("2024-12-01", '"soon"'), 4, "is no date"),
        (written().replace('owner = "night-shift"\n', ""), 1, "owner"),
        (written().replace("expires = 2024-12-01\n", ""), 1, "expires"),
        (written().replace("phrases", "phrase"), 5, "Did you mean `phrases`?"),
        (written(body='phrases = ["\\u200b "]'), 5, "nothing is left"),
        (written(body='domains = ["https://evil.example/"]'), 5, "is no domain"),
        (written(body='domains = ["evil"]'), 5, "is no domain"),
        (written(body='fingerprints = ["abc"]'), 5, "fingerprints"),
        (written(body='rate = { posts = 5, window = "3d" }'), 5, "Count over a day at most"),
        (written(body='rate = { posts = 1, window = "3m" }'), 5, "rate.posts"),
        (written(body='rate = { posts = 5, window = "3m\\n" }'), 5, "rate.window"),
        (written(body='authors_file = "wave.txt"'), 5, "only this one is known"),
        (written(body='authors_file = "../secret"'), 5, "authors_file"),
        (written(name='"Big Wave"'), 1, "rules"),
        ("[rules.x]\nwhy = ", 2, "not TOML"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(text: str, line: int, says: str) -> None:
    with pytest.raises(PolicyInvalid) as caught:
        rules(text)
    assert (caught.value.file, caught.value.line) == ("wave.toml", line)
    assert says in str(caught.value)


@pytest.mark.parametrize("content", ["", "# nobody\n", "x" * 129])
def test_a_list_that_names_nobody_is_refused(content: str) -> None:
    with pytest.raises(PolicyInvalid, match=r"f\.toml:5: rule `wave`: wave\.txt names nobody"):
        parse_rules(written(body='authors_file = "wave.txt"'), "f.toml", NOW, lambda _: content)
