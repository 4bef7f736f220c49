"""The brake in real gates: two of them share a cap by their partitions, and people get what is beyond it."""

from confluent_kafka import Producer

from stream.core.case import Case
from stream.core.content import Published
from stream.core.outcome import Outcome, Proposal
from stream.core.terms import DecidedBy, Decision, Effort, Stage
from stream.core.topics import Topic
from stream.core.verdict import Verdict
from stream.core.wire import encode, read_case, read_review, read_verdict
from tests.fleet.installation import PARTITIONS, Installation
from tests.fleet.pages import Page
from tests.fleet.records import records
from tests.fleet.waiting import eventually
from tests.integration.processes.conftest import Start

CAP = 8
POSTS = 60


def values(installation: Installation, topic: Topic) -> list[bytes | None]:
    name = installation.topic(topic)
    return [record.value for record in records(installation.bootstrap, name, PARTITIONS)]


def last_verdicts(installation: Installation) -> dict[str, Verdict]:
    return {one.id: one for one in map(read_verdict, values(installation, Topic.VERDICTS))}


def removal(case: Case) -> Outcome:
    return Outcome(
        id=case.id,
        case=case.case,
        version=1,
        proposal=Proposal.REMOVE,
        decided_by=DecidedBy.MODEL,
        at=1,
        effort=Effort.LOW,
        surface="feed",
        clauses=("spam-and-scams/sp1.a",),
    )


def with_brake(installation: Installation) -> None:
    file = installation.folder / "policies" / "sets" / "hasty.toml"
    text = file.read_text().replace('automatic = "20s"', 'automatic = "10m"')
    file.write_text(text.replace("[deadlines]", f"[brakes]\nremovals_an_hour = {CAP}\n\n[deadlines]", 1))


def live(page: Page, partitions: float) -> bool:
    return page.is_so("ready") and page.samples().get("sluice_gate_live_partitions{}") == partitions


def removed_by_a_model(installation: Installation, numbers: range) -> set[str]:
    """Publish these posts, propose to remove each, wait for all answers; returns what was removed, ever."""
    names = {f"p{number}" for number in numbers}
    producer = Producer({"bootstrap.servers": installation.bootstrap, "partitioner": "murmur2_random"})
    for name in names:
        post = Published(id=name, version=1, at=1, text="x", language="en")
        producer.produce(installation.topic(Topic.CONTENT), encode(post), post.id)
    producer.flush()
    eventually(lambda: len(values(installation, Topic.CASES_TRIAGE)) == numbers.stop, 60, "a case of each")
    for case in map(read_case, values(installation, Topic.CASES_TRIAGE)):
        if case.id in names:
            producer.produce(installation.topic(Topic.OUTCOMES), encode(removal(case)), case.id)
    producer.flush()

    def answered() -> bool:
        return all(
            one.decision is Decision.REMOVE or one.stage is Stage.PEOPLE
            for one in last_verdicts(installation).values()
        )

    eventually(answered, 60, "an answer to each")
    return {name for name, one in last_verdicts(installation).items() if one.decision is Decision.REMOVE}


def test_two_gates_remove_no_more_than_the_cap_and_people_get_the_rest(
    installation: Installation, start: Start
) -> None:
    # Given two gates under a set with a brake, each with half of the partitions
    with_brake(installation)
    pages = [Page(), Page()]
    for number, page in enumerate(pages):
        start("gate", number, **page.settings)
    eventually(lambda: all(live(page, PARTITIONS / 2) for page in pages), 60, "half of the partitions each")
    # When a model would remove every post
    removed = removed_by_a_model(installation, range(POSTS))
    # Then both together removed the cap, and the rest is hidden and with people, who are told what held it
    assert len(removed) == CAP
    tasks = [read_review(value) for value in values(installation, Topic.CASES_REVIEW)]
    asked = {one.id for one in tasks if getattr(one, "why", "").startswith("brake: 8 removals an hour")}
    assert asked == {f"p{number}" for number in range(POSTS)} - removed
    braked = sum(page.samples()["sluice_gate_braked_removals_total{policy=spam-and-scams}"] for page in pages)
    assert braked == POSTS - CAP


def test_a_gate_that_dies_again_and_again_removes_no_more_than_the_cap(
    installation: Installation, start: Start
) -> None:
    # Given a gate that has used half of the cap
    with_brake(installation)
    page = Page()
    gate = start("gate", **page.settings)
    eventually(lambda: live(page, PARTITIONS), 60, "all partitions")
    assert len(removed_by_a_model(installation, range(CAP // 2))) == CAP // 2
    # When it is killed, and a model would remove every post, and so again
    for begin in (CAP // 2, CAP // 2 + POSTS):
        gate.kill()
        removed = removed_by_a_model(installation, range(begin, begin + POSTS))
        # Then the cap is all that was ever removed
        assert len(removed) == CAP
