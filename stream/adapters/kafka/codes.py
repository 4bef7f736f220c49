"""librdkafka's own error codes, which the binding spells with a leading underscore though they are public."""
# ruff: noqa: SLF001

from confluent_kafka import KafkaError

PARTITION_EOF = KafkaError._PARTITION_EOF
AUTO_OFFSET_RESET = KafkaError._AUTO_OFFSET_RESET
AUTHENTICATION = KafkaError._AUTHENTICATION
TLS = KafkaError._SSL

UNKNOWN_TOPIC = {KafkaError.UNKNOWN_TOPIC_OR_PART, KafkaError._UNKNOWN_TOPIC}
FATAL = {KafkaError._FATAL}
FENCED = {KafkaError._FENCED, KafkaError.INVALID_PRODUCER_EPOCH, KafkaError.PRODUCER_FENCED}
INSTANCE_FENCED = {KafkaError.FENCED_INSTANCE_ID, KafkaError._FENCED}
TOO_LARGE = {KafkaError.MSG_SIZE_TOO_LARGE, KafkaError.OFFSET_METADATA_TOO_LARGE}
PASSING = ("Local: Broker transport failure", "Local: Timed out")
"""How the text of an `AUTHENTICATION` says that a broker went away in the middle of it."""
REFUSED = {
    KafkaError.TOPIC_AUTHORIZATION_FAILED,
    KafkaError.GROUP_AUTHORIZATION_FAILED,
    KafkaError.CLUSTER_AUTHORIZATION_FAILED,
    KafkaError.TRANSACTIONAL_ID_AUTHORIZATION_FAILED,
    KafkaError.SASL_AUTHENTICATION_FAILED,
    KafkaError.INVALID_TRANSACTION_TIMEOUT,
    KafkaError._AUTHENTICATION,
    KafkaError._INVALID_ARG,
}
"""What no waiting mends."""
