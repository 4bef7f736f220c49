"""The Kafka ports on confluent-kafka (librdkafka)."""

from stream.adapters.kafka.changelog import KafkaChangelog
from stream.adapters.kafka.connection import Connection, Sasl, Tls
from stream.adapters.kafka.consumer import KafkaConsumer
from stream.adapters.kafka.consumer_settings import ConsumerSettings
from stream.adapters.kafka.producer import KafkaProducer, ProducerSettings
from stream.adapters.kafka.transactional import KafkaTransactionalProducer, TransactionSettings

__all__ = [
    "Connection",
    "ConsumerSettings",
    "KafkaChangelog",
    "KafkaConsumer",
    "KafkaProducer",
    "KafkaTransactionalProducer",
    "ProducerSettings",
    "Sasl",
    "Tls",
    "TransactionSettings",
]
