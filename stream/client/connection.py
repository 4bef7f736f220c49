"""The app's own Kafka settings, joined with those that the contract fixes."""

import logging
import re
from collections.abc import Mapping
from typing import Any

from confluent_kafka import KafkaError, KafkaException

from stream.core.errors import Misconfigured
from stream.core.topics import SPECS, Topic

Settings = Mapping[str, Any]
"""librdkafka's names and values: `bootstrap.servers`, and whatever TLS and SASL need."""

CLIENT_LOG = logging.getLogger("sluice.client")

_PRODUCER = {
    "enable.idempotence": True,
    "acks": "all",
    "partitioner": "murmur2_random",
    "message.max.bytes": SPECS[Topic.CONTENT].max_bytes,
}
_CONSUMER = {
    "isolation.level": "read_committed",
    "enable.partition.eof": True,
    "enable.auto.commit": False,
    "auto.offset.reset": "error",
}
# A reader joins no group; librdkafka asks for a name all the same. Prefetch is most of its memory.
# The default back-off, a second, would starve it at each fill of that bounded queue.
_READER = {
    "group.id": "sluice-reader",
    "queued.max.messages.kbytes": 16_384,
    "fetch.wait.max.ms": 100,
    "fetch.queue.backoff.ms": 20,
}
_WRITER = {"delivery.timeout.ms": 30_000, "linger.ms": 5}


_DENIED = {KafkaError.TOPIC_AUTHORIZATION_FAILED, KafkaError.CLUSTER_AUTHORIZATION_FAILED}
_KEPT_OUT = {KafkaError._AUTHENTICATION, KafkaError._SSL}  # noqa: SLF001 - public codes with an underscore
_PASSING = ("Local: Broker transport failure", "Local: Timed out", "Disconnected")
_TIMING = re.compile(r" \(after \d+ms in state \w+.*?\)")


class Trouble:
    """Why the brokers do not let an app in; librdkafka says so beside its answers, which only time out."""

    def __init__(self, settings: Settings) -> None:
        self._apps_own = settings.get("error_cb")
        self.told = ""

    def heard(self, error: KafkaError) -> None:
        """For `error_cb`; what the app gave there hears of it too."""
        if error.code() in _KEPT_OUT and not any(passing in error.str() for passing in _PASSING):
            self.told = (
                f" {_TIMING.sub('', error.str())}. See ssl.ca.location, sasl.username and sasl.password."
            )
        if self._apps_own is not None:
            self._apps_own(error)


def in_words(error: KafkaError, trouble: str = "") -> str:
    """What went wrong, why as far as it was told, and how to mend it where the broker refuses a right."""
    rights = " See the rights of this user in Sluice's docs/install.md." if error.code() in _DENIED else ""
    return f"{error.str()} ({error.name()}).{trouble}{rights}"


def producer_settings(given: Settings) -> dict[str, Any]:
    """What the publisher's producer is made with.

    Raises:
        Misconfigured: a setting contradicts the contract.
    """
    return _joined(given, _WRITER, _PRODUCER)


def consumer_settings(given: Settings) -> dict[str, Any]:
    """What the reader's consumers are made with. Raises `Misconfigured` as `producer_settings` does."""
    return _joined(given, _READER, _CONSUMER)


def refused(error: KafkaException) -> Misconfigured:
    """The error of a client that could not be made from its settings."""
    return Misconfigured(f"Kafka settings: {error.args[0].str()}. Give them by librdkafka's names.")


def _joined(given: Settings, usual: Settings, fixed: Settings) -> dict[str, Any]:
    if "bootstrap.servers" not in given:
        raise Misconfigured("Kafka settings: bootstrap.servers is missing; give host:port of a broker.")
    for name, value in fixed.items():
        if name in given and str(given[name]).lower() != str(value).lower():
            raise Misconfigured(
                f"Kafka settings: {name} must be {value}, by Sluice's contract, and was given as "
                f"{given[name]!r}. Leave it out."
            )
    return {"logger": CLIENT_LOG, **usual, **given, **fixed}
