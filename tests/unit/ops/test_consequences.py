"""What is said to follow from a promotion, before it is confirmed."""

from msgspec.structs import replace

from stream.core.policy import Autonomy
from stream.core.topics import DAY, Topic, TopicNames
from stream.ops.consequences import CASE_TOPICS, of_deadlines, of_texts
from tests.unit.policies.sample import policy_set

NAMES = TopicNames("trust.")
HOUR = DAY // 24


def test_a_set_of_the_same_texts_has_no_consequences() -> None:
    assert list(of_texts(policy_set(), policy_set())) == []


def test_a_text_that_changes_ends_what_was_measured_of_it() -> None:
    # Given a set in which one policy is another text and one is gone, under which the model acts alone
    before = policy_set()
    rude = replace(before.policies["rude"], version="1.1", digest="sha256:" + "0" * 64)
    after = replace(before, policies={"rude": rude}, autonomy={"rude": Autonomy.REMOVE})
    # Then each is told, and that nobody looks at what it removes
    assert list(of_texts(before, after)) == [
        "rude 1.1 is another text: figures of 1.0 end here, and the model acts alone under it (remove)",
        "no post is asked about loud any more; what was decided by it stays",
    ]
    # And the other way round the one that comes was never at work
    quiet = {"rude": Autonomy.RECOMMEND, "loud": Autonomy.RECOMMEND}
    assert list(of_texts(after, replace(before, autonomy=quiet))) == [
        "rude 1.0 is another text: figures of 1.1 end here",
        "loud 1.0 is another text: nothing of it was measured at work",
    ]


def test_the_first_promotion_ends_what_each_folder_says() -> None:
    (only,) = of_texts(None, policy_set())
    assert "leaves the set of its own folder" in only


def deadlines(automatic: int, people: int, **kept: int | None) -> list[str]:
    terms = replace(policy_set().terms, automatic=automatic, people=people)
    retention = {topic: kept.get(topic.name, 7 * DAY) for topic in CASE_TOPICS}
    return list(of_deadlines(retention, NAMES)(None, replace(policy_set(), terms=terms)))


def test_a_deadline_that_outlasts_a_topic_is_told_with_what_to_set() -> None:
    (only,) = deadlines(HOUR, 5 * DAY, CASES_TRIAGE=5 * DAY)
    assert only.startswith("a case may wait 5.04 days, but trust.cases.triage keeps its record 5 days")
    assert f"Set its retention.ms to {2 * (5 * DAY + HOUR)}" in only


def test_a_deadline_within_what_the_topics_keep_needs_no_word() -> None:
    assert deadlines(HOUR, 6 * DAY) == []
    assert deadlines(HOUR, 60 * DAY, **{topic.name: -1 for topic in CASE_TOPICS}) == []


def test_where_the_cluster_does_not_tell_it_is_said_that_nothing_was_checked() -> None:
    (only,) = deadlines(HOUR, DAY, CONTENT=None, CASES_TRIAGE=None)
    assert "not checked" in only
    assert "trust.content, trust.cases.triage keep" in only
    assert "DescribeConfigs" in only
    assert Topic.AUDIT not in CASE_TOPICS
