"""What a rule would have taken, counted over posts that come in any order."""

from stream.adapters.rules import Re2Finders
from stream.core.content import Published
from stream.ops.rule_trial import EXAMPLES, Count, Trial, in_words
from tests.unit.rules.sample import NOW, post, rules, written


def tried(text: str, *posts: tuple[Published, int]) -> Count:
    trial = Trial(rules(text), Re2Finders())
    for content, at in posts:
        trial.look(content, at)
    [count] = trial.counts()
    return count


def test_hits_are_counted_by_surface_language_and_author() -> None:
    posts = [
        (post("buy now", author=f"a{n % 3}", surface="market", language="en"), NOW + n) for n in range(9)
    ]
    count = tried(written(), *posts, (post("buy now"), NOW), (post("hello", author="b"), NOW))
    assert count.hits == 10
    assert count.surfaces == {"market": 9, "default": 1}
    assert count.languages == {"en": 9, "not said": 1}
    assert (len(count.authors), count.share(1), count.share(5)) == (3, 0.3, 0.9)
    assert len(count.examples) == EXAMPLES


def test_a_rate_is_counted_in_the_order_of_time_whatever_comes_first() -> None:
    # Given a partition that is read after another: posts of one author, the newest first
    rate = written(body='rate = { posts = 3, window = "1m" }')
    times = [NOW + 50_000, NOW + 40_000, NOW + 3_000_000, NOW + 30_000, NOW + 20_000]
    count = tried(rate, *((post(author="a"), at) for at in times))
    # Then the third and fourth within the minute are taken, and what came an hour later is not
    assert [taken.at for taken in count.examples] == [NOW + 40_000, NOW + 50_000]


def test_a_rule_that_has_ended_can_be_tried() -> None:
    assert tried(written().replace("2024-12-01", "2020-01-01"), (post("buy now"), NOW)).hits == 1


def test_examples_keep_their_text_to_themselves_until_asked() -> None:
    [taken] = tried(written(), (post("buy now \x1b[2J"), NOW)).examples
    assert taken.told(show_text=False)["text"] == "[12 characters]"
    assert taken.told(show_text=True)["text"] == "buy now \\x1b[2J"


def test_what_a_rule_does_is_said_in_words() -> None:
    then = '{ escalate = true, route = { policies = ["spam"], lane = "priority" }, effort = "high" }'
    [rule] = rules(written(then=then))
    assert in_words(rule.then) == "escalate, ask spam too, lane priority, effort high"
