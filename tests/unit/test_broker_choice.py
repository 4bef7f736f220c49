"""The order in which brokers are tried, and the words when none is had."""

from collections.abc import Callable

import pytest

from stream.adapters.brokers import Broker, BrokerKind, BrokerMissing, choice, find_broker
from stream.core.errors import Unavailable


class Stub(Broker):
    """A broker that is only a name."""

    def __init__(self, kind: BrokerKind, bootstrap: str = "stub:1") -> None:
        self.kind, self.bootstrap, self.note = kind, bootstrap, ""
        self.closed = False

    def close(self) -> None:
        self.closed = True


def there(kind: BrokerKind) -> Callable[[], Broker]:
    return lambda: Stub(kind)


def absent(why: str) -> Callable[[], Broker]:
    def start() -> Broker:
        raise Unavailable(why)

    return start


@pytest.fixture(autouse=True)
def nothing_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(choice.VARIABLE, raising=False)
    monkeypatch.setattr(choice, "ExternalBroker", lambda bootstrap: Stub("external", bootstrap))


def test_a_named_broker_comes_before_all_others() -> None:
    assert find_broker("far:9092", real=[there("docker")]).bootstrap == "far:9092"


def test_the_environment_names_one_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(choice.VARIABLE, "near:9092")

    assert find_broker(real=[there("docker")]).bootstrap == "near:9092"
    assert find_broker("far:9092", real=[]).bootstrap == "far:9092"


def test_the_first_that_can_be_had_is_taken() -> None:
    assert find_broker(real=[there("docker"), there("java")]).kind == "docker"
    assert find_broker(real=[absent("no Docker"), there("java")]).kind == "java"


def test_the_mock_comes_last_and_says_why_and_what_it_lacks() -> None:
    with find_broker(real=[absent("no Docker"), absent("no Java")]) as broker:
        assert broker.kind == "mock"
        assert "no Docker; no Java" in broker.note
        assert "proves nothing" in broker.note


def test_without_a_mock_the_error_lists_what_was_tried() -> None:
    with pytest.raises(BrokerMissing, match=r"no Docker; no Java.*KAFKA_BOOTSTRAP_SERVERS"):
        find_broker(allow_mock=False, real=[absent("no Docker"), absent("no Java")])


def test_a_broker_that_is_not_ours_is_neither_killed_nor_restarted() -> None:
    broker = find_broker("far:9092")

    with pytest.raises(NotImplementedError, match="external"):
        broker.kill()
    with pytest.raises(NotImplementedError, match="external"):
        broker.restart()


def test_a_broker_is_closed_at_the_end_of_its_block() -> None:
    with Stub("java") as broker:
        assert not broker.closed
    assert broker.closed
