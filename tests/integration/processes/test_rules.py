"""Operators' rules in a real triage, and what one would have taken of what lies in a real Kafka."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

from confluent_kafka import Producer

from stream.adapters.kafka import Connection
from stream.adapters.kafka.scan import Scan
from stream.cli.status import Status
from stream.core.case import ReviewTask
from stream.core.content import Published
from stream.core.topics import Topic
from stream.core.wire import encode, read_review
from tests.chaos.watcher import Watcher
from tests.fleet.installation import Installation
from tests.fleet.pages import Page
from tests.fleet.waiting import eventually
from tests.integration.processes.conftest import Sluice, Start
from tests.integration.processes.test_engine_trouble import publish
from tests.integration.processes.test_starting import says

SOON = (datetime.now(UTC) + timedelta(days=30)).date().isoformat()
WAVE = f"""[rules.wave]
why = "an attack wave"
owner = "night-shift"
expires = {SOON}
phrases = ["double your coins"]
then = {{ hold = true }}
"""


def why(installation: Installation) -> dict[str, str]:
    """Of each post that people were asked about: why."""
    with Scan(Connection(bootstrap=installation.bootstrap)) as scan:
        records = scan.read(scan.partitions(installation.topic(Topic.CASES_REVIEW)))
        events = [read_review(record.value) for record in records]
    return {event.id: event.why for event in events if isinstance(event, ReviewTask)}


def test_a_rule_is_in_force_seconds_after_it_is_written_and_a_broken_edit_changes_nothing(
    installation: Installation, start: Start, watcher: Watcher
) -> None:
    # Given a fleet at work, and a folder of rules that is not there yet
    folder, page = installation.folder / "operators", Page()
    fleet = [
        start("gate"),
        start("triage", RULES__DIR=str(folder), **page.settings),
        start("scripted"),
    ]
    publish(installation, {"before": "Double your coins"})
    eventually(lambda: "before" in watcher.last and not watcher.waits_for_machines, 60, "an answer")
    assert "before" not in watcher.waiting_for_people
    # When an operator writes a rule
    folder.mkdir()
    (folder / "wave.toml").write_text(WAVE)
    eventually(lambda: says(fleet[1], "rules are in force: wave"), 10, "the rule")
    # Then what it takes goes to people, who read which rule and whose
    publish(installation, {"wave": "DOUBLE your  côins now", "other": "good morning"})
    eventually(lambda: "wave" in watcher.waiting_for_people, 20, "people being asked")
    assert why(installation)["wave"] == "an operator's rule: wave (owner night-shift)"
    eventually(lambda: "other" in watcher.last and not watcher.waits_for_machines, 20, "an answer")
    assert "other" not in watcher.waiting_for_people
    # When the edit after it is broken, then the rule stays in force, and the log says where the mistake is
    (folder / "wave.toml").write_text(WAVE.replace("hold", "hodl"))
    eventually(
        lambda: says(fleet[1], "wave.toml:6: unknown key `hodl`. Did you mean `hold`?"), 10, "a refusal"
    )
    publish(installation, {"again": "double your coins"})
    eventually(lambda: "again" in watcher.waiting_for_people, 20, "people being asked")
    told = page.samples()
    assert told["sluice_triage_rule_hits_total{rule=wave}"] == 2
    assert told["sluice_triage_rules_stale{}"] == 1
    # And nothing of a post is in the log
    assert "coins" not in fleet[1].log.read_text()


def test_trying_a_rule_tells_what_it_would_have_taken_and_publishes_nothing(
    installation: Installation, sluice: Sluice, tmp_path: Path
) -> None:
    # Given posts in Kafka, some of a wave, one from before the hour, and one that nobody can read
    file = tmp_path / "wave.toml"
    file.write_text(WAVE)
    producer = Producer({"bootstrap.servers": installation.bootstrap, "partitioner": "murmur2_random"})
    topic = installation.topic(Topic.CONTENT)
    now = int(datetime.now(UTC).timestamp() * 1_000)
    for number in range(20):
        text = "double your coins today" if number % 4 == 0 else "good morning"
        post = Published(
            id=f"p{number}", version=1, at=now, text=text, author=f"a{number % 8}", language="en"
        )
        producer.produce(topic, encode(post), post.id, timestamp=now - (7_200_000 if number == 0 else 0))
    producer.produce(topic, b"nonsense", "p3")
    assert producer.flush(10) == 0
    before = producer.list_topics(topic, 10)
    # When the rule is tried
    result = sluice("rules", "try", str(file), "--json")
    # Then its hits within the hour are counted, and their texts are not shown
    [told] = map(json.loads, result.stdout.splitlines())
    assert (told["rule"], told["posts"], told["hits"], told["languages"]) == ("wave", 19, 4, {"en": 4})
    assert (told["authors"], told["share_of_first_author"]) == (2, 0.5)
    assert "coins" not in result.stdout
    # And with more time, with fewer posts, and with texts, as asked
    assert json.loads(sluice("rules", "try", str(file), "--since", "1d", "--json").stdout)["hits"] == 5
    assert json.loads(sluice("rules", "try", str(file), "--limit", "3", "--json").stdout)["posts"] == 3
    shown = sluice("rules", "try", str(file), "--show-text").stdout
    assert "would have taken 4 of 19 posts" in shown
    assert "double your coins today" in shown
    # And nothing was published
    assert before.topics.keys() == producer.list_topics(topic, 10).topics.keys()
    for other in (Topic.OUTCOMES, Topic.CASES_REVIEW, Topic.AUDIT):
        assert not sluice("trace", "p4", "--json").stdout.count(other.value)


def test_rules_that_are_told_reach_a_triage_without_the_file_until_they_are_taken_back(
    installation: Installation, start: Start, watcher: Watcher, sluice: Sluice, tmp_path: Path
) -> None:
    # Given a fleet at work, without a folder of rules
    fleet = [start("gate"), start("triage", RULES__DIR=str(tmp_path / "none")), start("scripted")]
    publish(installation, {"before": "Double your coins"})
    eventually(lambda: "before" in watcher.last and not watcher.waits_for_machines, 60, "an answer")
    # When somebody elsewhere tells a file of rules
    file = tmp_path / "wave.toml"
    file.write_text(WAVE)
    sluice("rules", "publish", str(file))  # nothing is sent without --yes
    sluice("rules", "publish", str(file), "--yes", "--by", "ana")
    # Then triage follows
    eventually(lambda: says(fleet[1], "rules are in force: wave"), 20, "the rule")
    publish(installation, {"wave": "double your coins again"})
    eventually(lambda: "wave" in watcher.waiting_for_people, 20, "people being asked")
    # And when it is taken back, posts flow as before
    sluice("rules", "withdraw", "tide.toml", status=Status.NOT_FOUND)
    sluice("rules", "withdraw", "wave.toml", "--by", "ana")
    eventually(lambda: says(fleet[1], "rules are in force: none"), 20, "no rule")
