"""A Kafka to work against: the one that is named, or one that is started here and ended with its user."""

from stream.adapters.brokers.broker import Broker, BrokerFailed, BrokerKind, BrokerMissing
from stream.adapters.brokers.choice import find_broker
from stream.adapters.brokers.java import JavaBroker

__all__ = ["Broker", "BrokerFailed", "BrokerKind", "BrokerMissing", "JavaBroker", "find_broker"]
