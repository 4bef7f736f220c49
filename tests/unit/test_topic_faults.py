"""Every way in which topics can be wrong is told with what mends it; a sound cluster is left in peace."""

import pytest
from msgspec.structs import replace

from stream.core.topic_faults import ClusterFacts, Fault, Needs, TopicFacts, faults
from stream.core.topics import SPECS, Topic, TopicNames

NAMES = TopicNames("eu.")
NEEDS = Needs(partitions=12, transaction_timeout=3_000, session_timeout=6_000)
BROKER = {
    "transaction.max.timeout.ms": "900000",
    "offset.metadata.max.bytes": "4096",
    "group.min.session.timeout.ms": "6000",
    "group.max.session.timeout.ms": "1800000",
    "auto.create.topics.enable": "false",
}
SOUND = ClusterFacts(
    "kafka:9092",
    3,
    {
        NAMES.of(topic): TopicFacts(
            12, 3, spec.settings() | {"min.insync.replicas": "2", "retention.bytes": "-1"}
        )
        for topic, spec in SPECS.items()
    },
    BROKER,
)


def with_setting(topic: Topic, setting: str, value: str) -> ClusterFacts:
    name = NAMES.of(topic)
    facts = SOUND.topics[name]
    changed = replace(facts, settings=facts.settings | {setting: value})
    return replace(SOUND, topics=SOUND.topics | {name: changed})


def only(found: list[Fault]) -> Fault:
    (fault,) = found
    return fault


def test_a_cluster_made_by_the_specification_has_no_fault() -> None:
    assert faults(SOUND, NAMES, NEEDS) == []


@pytest.mark.parametrize(("asked", "said"), [(3_000, "group.min"), (40_000, "group.max")])
def test_a_session_that_the_brokers_refuse_is_told_to_the_ledger_and_stops_nobody_else(
    asked: int, said: str
) -> None:
    # Given brokers that allow sessions from 6 to 30 s / When a ledger asks for another
    bounded = replace(SOUND, settings=BROKER | {"group.max.session.timeout.ms": "30000"})
    fault = only(faults(bounded, NAMES, replace(NEEDS, ledger_session_timeout=asked)))
    # Then it may not start, and is told what to set
    assert fault.grave
    assert f"{said}.session.timeout.ms" in fault.what
    assert "ledger.session_timeout_ms" in str(fault)
    # And a process that asks for none is not held up
    assert faults(bounded, NAMES, NEEDS) == []


def test_missing_topics_are_told_by_their_full_names() -> None:
    topics = {name: facts for name, facts in SOUND.topics.items() if name not in ("eu.content", "eu.audit")}
    fault = only(faults(replace(SOUND, topics=topics), NAMES, NEEDS))
    assert set(fault.topics) == {"eu.content", "eu.audit"}
    assert "sluice topics create" in str(fault)


def test_another_number_of_partitions_is_grave_and_what_topics_share_is_told_once() -> None:
    # Given settings that say 6 where every topic has 12
    fault = only(faults(SOUND, NAMES, replace(NEEDS, partitions=6)))
    # Then one fault names them all, and the way out
    assert fault.grave
    assert len(fault.topics) == len(Topic)
    assert "topics.partitions = 12" in fault.mend


@pytest.mark.parametrize(
    ("topic", "setting", "value", "said"),
    [
        (Topic.CONTENT, "cleanup.policy", "compact", "earlier records of an id would be lost"),
        (Topic.VERDICTS, "cleanup.policy", "compact,delete", "old ids would be forgotten"),
        (Topic.CASES_JUDGE, "max.message.bytes", "1048588", "must take 2,097,152"),
        (Topic.CONTENT, "retention.ms", "3600000", "would be gone first"),
        (Topic.OUTCOMES, "min.insync.replicas", "4", "one broker down stops all writing"),
    ],
)
def test_a_setting_that_breaks_a_promise_is_grave_with_the_line_that_mends_it(
    topic: Topic, setting: str, value: str, said: str
) -> None:
    fault = only(faults(with_setting(topic, setting, value), NAMES, NEEDS))
    assert fault.grave
    assert said in fault.what
    assert f"--entity-name {NAMES.of(topic)} --add-config {setting}=" in fault.mend


@pytest.mark.parametrize(
    ("topic", "setting", "value", "said"),
    [
        (Topic.CONTENT, "retention.ms", str(3 * 86_400_000), "7 days is what the contract names"),
        (Topic.CONTENT, "retention.bytes", "1000000", "before their time"),
        (Topic.VERDICTS, "min.insync.replicas", "1", "is lost with it"),
        (Topic.VERDICTS, "unclean.leader.election.enable", "true", "may be lost"),
    ],
)
def test_a_setting_that_only_endangers_is_a_hint(topic: Topic, setting: str, value: str, said: str) -> None:
    fault = only(faults(with_setting(topic, setting, value), NAMES, NEEDS))
    assert not fault.grave
    assert said in fault.what


def test_records_that_grew_upstream_need_room_downstream() -> None:
    # Given an operator who let content have 8 MB, and nothing else
    cluster = with_setting(Topic.CONTENT, "max.message.bytes", str(8 * 1_048_576))
    # Then what carries whole content events must grow with it
    fault = only(faults(cluster, NAMES, NEEDS))
    assert fault.grave
    assert fault.topics == ("eu.cases.triage",)
    assert f"max.message.bytes={16 * 1_048_576}" in fault.mend


@pytest.mark.parametrize(
    ("setting", "value", "said"),
    [
        ("transaction.max.timeout.ms", "1000", "gate.transaction_timeout_ms"),
        ("group.max.session.timeout.ms", "5000", "gate.session_timeout_ms"),
        ("group.min.session.timeout.ms", "10000", "gate.session_timeout_ms = 10000"),
        ("offset.metadata.max.bytes", "1024", "commits of judge and triage"),
    ],
)
def test_brokers_that_refuse_what_the_processes_do_are_a_grave_fault(
    setting: str, value: str, said: str
) -> None:
    cluster = replace(SOUND, settings=BROKER | {setting: value})
    fault = only(faults(cluster, NAMES, NEEDS))
    assert fault.grave
    assert fault.where == "brokers"
    assert said in str(fault)


def test_what_may_not_be_read_is_a_hint_not_a_refusal() -> None:
    # Given a cluster that tells this client no settings, as hosted ones may
    silent = {name: replace(facts, settings={}) for name, facts in SOUND.topics.items()}
    found = faults(replace(SOUND, topics=silent, settings={}), NAMES, NEEDS)
    # Then it is said, once for topics and once for brokers, and nothing is refused
    assert [fault.grave for fault in found] == [False, False]


def test_the_grave_come_first() -> None:
    cluster = replace(with_setting(Topic.CONTENT, "max.message.bytes", "10"), settings={})
    assert [fault.grave for fault in faults(cluster, NAMES, NEEDS)] == [True, False]
