"""What is held against a client's user or certificate, and what is only a broker that went away."""

import pytest
from confluent_kafka import KafkaError

from stream.adapters.kafka import Connection
from stream.adapters.kafka.codes import AUTHENTICATION, TLS
from stream.adapters.kafka.refusal import Refusal
from stream.core.errors import Misconfigured


def heard(code: int, text: str) -> Refusal:
    refusal = Refusal(Connection(bootstrap="kafka:9093", client="test"))
    refusal.heard(KafkaError(code, text))
    return refusal


@pytest.mark.parametrize(
    ("code", "text", "mend"),
    [
        (AUTHENTICATION, "SASL authentication error: invalid credentials", "kafka.sasl"),
        (AUTHENTICATION, "SASL mechanism handshake failed: Broker: Unsupported SASL mechanism", "kafka.sasl"),
        (TLS, "SSL handshake failed: certificate verify failed", "kafka.tls.ca_file"),
    ],
)
def test_a_refusal_says_which_settings_to_look_at(code: int, text: str, mend: str) -> None:
    with pytest.raises(Misconfigured, match=mend):
        heard(code, text).check()


@pytest.mark.parametrize(
    ("code", "text"),
    [
        (AUTHENTICATION, "SASL SCRAM-SHA-512 mechanism handshake failed: Local: Broker transport failure"),
        (TLS, "SSL handshake failed: Disconnected: connecting to a PLAINTEXT broker listener?"),
        (KafkaError.BROKER_NOT_AVAILABLE, "certificate"),
    ],
)
def test_a_broken_connection_is_no_refusal(code: int, text: str) -> None:
    heard(code, text).check()


def test_a_broker_that_answers_has_let_the_client_in() -> None:
    refusal = heard(AUTHENTICATION, "SASL authentication error: invalid credentials")
    refusal.forget()
    refusal.check()
