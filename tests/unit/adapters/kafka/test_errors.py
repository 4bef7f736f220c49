"""librdkafka's errors by what a runner does about them."""

import pytest
from confluent_kafka import KafkaError

from stream.adapters.kafka.errors import translated, translated_in_transaction
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

AUTHORIZATION = KafkaError.TOPIC_AUTHORIZATION_FAILED


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (KafkaError(KafkaError.REQUEST_TIMED_OUT, retriable=True), Unavailable),
        (KafkaError(KafkaError.ILLEGAL_GENERATION), Unavailable),
        (KafkaError(AUTHORIZATION), Misconfigured),
        (KafkaError(KafkaError.FENCED_INSTANCE_ID, fatal=True), Fenced),
        (KafkaError(KafkaError.MSG_SIZE_TOO_LARGE), Oversized),
        (KafkaError(KafkaError.OUT_OF_ORDER_SEQUENCE_NUMBER, fatal=True), ProducerLost),
    ],
)
def test_outside_transactions(error: KafkaError, expected: type[SluiceError]) -> None:
    found = translated(error, "doing something")

    assert type(found) is expected
    assert str(found).startswith("doing something: ")


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (KafkaError(KafkaError.ILLEGAL_GENERATION, txn_requires_abort=True), TransactionAborted),
        (KafkaError(KafkaError._FENCED, fatal=True), ProducerFenced),
        (KafkaError(KafkaError.PRODUCER_FENCED, fatal=True), ProducerFenced),
        (KafkaError(KafkaError.MSG_SIZE_TOO_LARGE, txn_requires_abort=True), Oversized),
        (KafkaError(KafkaError._TIMED_OUT, retriable=True), ProducerLost),
        (KafkaError(KafkaError._STATE), ProducerLost),
        (KafkaError(KafkaError.OUT_OF_ORDER_SEQUENCE_NUMBER, fatal=True), ProducerLost),
        (KafkaError(AUTHORIZATION, txn_requires_abort=True), Misconfigured),
    ],
)
def test_within_transactions(error: KafkaError, expected: type[SluiceError]) -> None:
    assert type(translated_in_transaction(error, "committing")) is expected


def test_a_refusal_says_how_to_mend_it() -> None:
    assert "check the cluster's settings" in str(translated(KafkaError(AUTHORIZATION), "consuming"))
