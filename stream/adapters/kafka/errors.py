"""librdkafka's errors in the terms of our own tree."""

from collections.abc import Callable
from typing import Any, TypeVar

from confluent_kafka import KafkaError, KafkaException

from stream.adapters.kafka.codes import FATAL, FENCED, INSTANCE_FENCED, REFUSED, TOO_LARGE
from stream.core.errors import (
    Fenced,
    Misconfigured,
    Oversized,
    ProducerFenced,
    ProducerLost,
    SluiceError,
    TransactionAborted,
    Unavailable,
)

Client = TypeVar("Client")


def made(kind: Callable[[dict[str, Any]], Client], settings: dict[str, Any]) -> Client:
    """A client of these settings.

    Raises:
        Misconfigured: they cannot work: a certificate's file is none, for example.
    """
    try:
        return kind(settings)
    except KafkaException as raised:
        why = kafka_error(raised).str()
        raise Misconfigured(
            f"no client of Kafka can be made: {why}. See kafka.tls and kafka.sasl"
        ) from raised


def kafka_error(raised: KafkaException) -> KafkaError:
    """The error inside the exception that confluent-kafka raises."""
    error: KafkaError = raised.args[0]
    return error


def translated(error: KafkaError, doing: str) -> SluiceError:
    """An error of a consumer, an idempotent producer or a query.

    Args:
        error: as librdkafka gave it.
        doing: what was being done, for the message ("committing offsets of group gate").
    """
    code, text = error.code(), _text(error, doing)
    if code in REFUSED:
        return _refusal(text)
    if code in INSTANCE_FENCED:
        return Fenced(f"{text}; another live process has this one's name: give each its own")
    if code in TOO_LARGE:
        return Oversized(text)
    if error.fatal() or code in FATAL:
        return ProducerLost(text)
    return Unavailable(text)


def translated_in_transaction(error: KafkaError, doing: str) -> SluiceError:
    """An error of a transactional producer's call.

    librdkafka answers `_FENCED` both where another producer took the id and where the broker timed the
    transaction out (seen with 2.16 on Kafka 4.1), so the two cannot be told apart here.
    """
    code, text = error.code(), _text(error, doing)
    if code in REFUSED:
        return _refusal(text)
    if code in FENCED:
        return ProducerFenced(text)
    if error.fatal() or code in FATAL:
        return ProducerLost(text)
    if code in TOO_LARGE:
        return Oversized(text)
    if error.txn_requires_abort():
        return TransactionAborted(text)
    return ProducerLost(text)


def _text(error: KafkaError, doing: str) -> str:
    return f"{doing}: {error.str()} ({error.name()})"


def _refusal(text: str) -> Misconfigured:
    return Misconfigured(
        f"{text}; check the cluster's settings, and this client's names and rights (docs/install.md)"
    )
