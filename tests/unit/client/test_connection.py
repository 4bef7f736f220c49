"""The app's settings, and those that the contract does not leave to it."""

import pytest

from stream.client import Misconfigured, Publisher, VerdictReader
from stream.client.connection import consumer_settings, producer_settings

NOWHERE = {"bootstrap.servers": "127.0.0.1:1"}


def test_a_publisher_keeps_order_and_partitions_as_the_gate_expects_them() -> None:
    made = producer_settings(NOWHERE)
    assert made["partitioner"] == "murmur2_random"
    assert made["enable.idempotence"] is True
    assert made["acks"] == "all"


def test_a_reader_sees_committed_records_only() -> None:
    assert consumer_settings(NOWHERE)["isolation.level"] == "read_committed"


def test_an_apps_own_settings_reach_the_client() -> None:
    made = producer_settings({**NOWHERE, "linger.ms": 50, "client.id": "shop", "acks": "all"})
    assert (made["linger.ms"], made["client.id"]) == (50, "shop")


@pytest.mark.parametrize(
    ("name", "value"), [("partitioner", "consistent_random"), ("acks", "1"), ("enable.idempotence", False)]
)
def test_a_setting_that_contradicts_the_contract_is_refused(name: str, value: object) -> None:
    with pytest.raises(Misconfigured, match=rf"{name} must be .* Leave it out\."):
        Publisher({**NOWHERE, name: value}, source="/test")


def test_a_reader_of_uncommitted_records_is_refused() -> None:
    with pytest.raises(Misconfigured, match=r"isolation\.level must be read_committed"):
        VerdictReader({**NOWHERE, "isolation.level": "read_uncommitted"})


def test_an_unknown_setting_is_named() -> None:
    with pytest.raises(Misconfigured, match=r'No such configuration property: "bootstrap\.server"'):
        Publisher({**NOWHERE, "bootstrap.server": "typo"}, source="/test")
    with pytest.raises(Misconfigured, match=r'No such configuration property: "bootstrap\.server"'):
        VerdictReader({**NOWHERE, "bootstrap.server": "typo"})


def test_missing_brokers_are_asked_for() -> None:
    with pytest.raises(Misconfigured, match=r"bootstrap\.servers is missing"):
        Publisher({}, source="/test")
