"""Who is not let in, or may not do its work, is told so in a sentence, and ends; nobody hangs."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from stream.adapters.brokers.ports import free_ports
from stream.cli.status import Status
from stream.client import Publisher, Unavailable, VerdictReader
from tests.fleet.members import Member
from tests.fleet.pages import Page
from tests.fleet.waiting import eventually
from tests.integration.secured.authority import Authority
from tests.integration.secured.deployment import Deployment
from tests.integration.secured.users import Right, rights

pytestmark = pytest.mark.broker

CRITICAL = "critical"


@pytest.fixture(scope="module")
def wrong(deployment: Deployment, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, str]]:
    """Settings of which one is wrong, by what the sentence then says."""
    folder = tmp_path_factory.mktemp("wrong")
    (folder / "password").write_text("not this one")
    (folder / "none.crt").write_text("no certificate\n")
    another = Authority(folder, "another").certificate
    return {
        "kafka.sasl": {"KAFKA__SASL__PASSWORD_FILE": str(folder / "password")},
        "kafka.tls.ca_file": {"KAFKA__TLS__CA_FILE": str(another)},
        "names the hosts": {
            "KAFKA__BOOTSTRAP_SERVERS": deployment.cluster.bootstrap.replace("localhost", "127.0.0.1")
        },
        "no client of Kafka can be made": {"KAFKA__TLS__CA_FILE": str(folder / "none.crt")},
    }


@contextmanager
def started(*members: Member) -> Iterator[None]:
    """Processes that are gone afterwards, however the test ends."""
    try:
        for member in members:
            member.start()
        yield
    finally:
        for member in members:
            member.process.kill()


def last_words(member: Member) -> tuple[int, str]:
    """How a process ended: its status, and the one critical line of its log, which no traceback precedes."""
    status = member.process.wait(60)
    log = [json.loads(line) for line in member.log.read_text().splitlines()]
    assert [line for line in log if "Traceback" in json.dumps(line) or "error" in line] == []
    assert [line["level"] for line in log].count(CRITICAL) == 1
    return status, log[-1]["event"]


def ledger(deployment: Deployment, user: str = "sluice", **settings: str) -> Member:
    (port,) = free_ports(1)
    return deployment.member("ledger", user, LEDGER__PORT=str(port), **settings)


def test_who_is_not_let_in_ends_with_the_reason(
    deployment: Deployment, wrong: dict[str, dict[str, str]]
) -> None:
    # Given a wrong password, an unknown authority, another host's certificate, a file that is none
    members = [(said, deployment.member("gate", **settings)) for said, settings in wrong.items()]
    members += [(said, ledger(deployment, **wrong[said])) for said in ("kafka.sasl", "kafka.tls.ca_file")]
    # When gates and ledgers start with them
    with started(*(member for _, member in members)):
        # Then each ends as misconfigured, and says which setting to look at
        for said, member in members:
            status, words = last_words(member)
            assert (status, said in words) == (Status.MISCONFIGURED, True), words


@pytest.mark.parametrize(
    ("command", "said"),
    [(("topics", "check"), "kafka.sasl"), (("verdicts", "--no-follow"), "kafka.tls.ca_file")],
)
def test_a_command_that_is_not_let_in_says_the_same(
    deployment: Deployment, wrong: dict[str, dict[str, str]], command: tuple[str, ...], said: str
) -> None:
    told = deployment.sluice(*command, **wrong[said])
    assert (told.exit_code, said in told.stderr) == (Status.MISCONFIGURED, True), told.output
    assert told.stderr.count("\n") == 1


def without(deployment: Deployment, user: str, *missing: Right) -> str:
    """A user who has all that Sluice's has, but for some."""
    everything = rights()["sluice"]
    assert everything.issuperset(missing)
    deployment.cluster.admit(user, everything.difference(missing))
    return user


def test_a_process_without_its_rights_ends_and_names_them(deployment: Deployment) -> None:
    # Given users who lack something, each another
    lacking = {
        "gate": [Right("topic", "verdicts", "literal", "Write"), group("gate")],
        "ledger": [Right("topic", "audit", "literal", "Read"), group("ledger")],
        "no-transactions": [Right("transactionalId", "gate-", "prefix", "Write")],
    }
    users = {name: without(deployment, f"{name}-user", *rights) for name, rights in lacking.items()}
    members = {
        "gate-user write topic verdicts, read group gate. Give": deployment.member("gate", users["gate"]),
        "ledger-user read topic audit, read group ledger. Give": ledger(deployment, users["ledger"]),
        "Transactional Id authorization failed": deployment.member("gate", users["no-transactions"]),
    }
    # When they start / Then each ends as misconfigured, and names all of it
    with started(*members.values()):
        for said, member in members.items():
            status, words = last_words(member)
            assert (status, said in words) == (Status.MISCONFIGURED, True), words


def group(name: str) -> Right:
    return Right("group", name, "literal", "Read")


@pytest.mark.parametrize(
    ("kind", "right"),
    [
        ("gate", Right("topic", "verdicts", "literal", "Write")),
        ("ledger", Right("topic", "verdicts", "literal", "Read")),
    ],
)
def test_a_process_that_loses_a_right_at_work_ends_and_names_it(
    deployment: Deployment, kind: str, right: Right
) -> None:
    # Given a process at work
    user, page = without(deployment, f"{kind}-at-work"), Page()
    (port,) = free_ports(1)
    member = deployment.member(kind, user, LEDGER__PORT=str(port), **page.settings)
    with started(member):
        eventually(lambda: page.is_so("ready"), 60, f"readiness: {member.tail()}")
        # When a right is taken away
        deployment.cluster.take(user, right)
        with Publisher(deployment.app("app-publisher"), source="/app") as publisher:
            for number in range(8):
                publisher.publish(f"late-{number}", 1, "Good evening.")
        # Then it ends, and names what it may not touch
        status = member.process.wait(60)
        words = json.loads(member.log.read_text().splitlines()[-1])
        assert (status, words["level"]) == (Status.MISCONFIGURED, CRITICAL)
        assert "uthorization" in words["event"]
        assert "rights" in words["event"]


STRANGER = {"sasl.password": "not this one"}
NO_RIGHT, NO_ENTRY = "See the rights of this user", "sasl.password"


@pytest.mark.parametrize(
    ("user", "more", "said"),
    [("app-reader", {}, NO_RIGHT), ("app-publisher", STRANGER, NO_ENTRY)],
    ids=["right", "password"],
)
def test_an_app_that_may_not_publish_is_told_why(
    deployment: Deployment, user: str, more: dict[str, str], said: str
) -> None:
    settings = deployment.app(another(deployment, user), **{"delivery.timeout.ms": 3_000}, **more)
    with Publisher(settings, source="/app") as publisher, pytest.raises(Unavailable, match=said):
        publisher.publish("never", 1, "never").result(30)


@pytest.mark.parametrize(
    ("user", "more", "said", "patience"),
    [("app-publisher", {}, NO_RIGHT, 3), ("app-reader", STRANGER, NO_ENTRY, 7)],
    ids=["right", "password"],
)
def test_an_app_that_may_not_read_is_told_why(
    deployment: Deployment, user: str, more: dict[str, str], said: str, patience: float
) -> None:
    settings = deployment.app(another(deployment, user), **more)
    with VerdictReader(settings) as reader, pytest.raises(Unavailable, match=said):
        reader.wait_until_current(patience)


def another(deployment: Deployment, user: str) -> str:
    """Another user with the same rights: that he was denied something is no fault of the first."""
    deployment.cluster.admit(f"{user}-elsewhere", rights()[user])
    return f"{user}-elsewhere"
