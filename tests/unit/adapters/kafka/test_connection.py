"""Connection settings: what librdkafka is told, and what nobody is shown."""

from confluent_kafka import Consumer, Producer

from stream.adapters.kafka import (
    Connection,
    ConsumerSettings,
    ProducerSettings,
    Sasl,
    Tls,
    TransactionSettings,
)

SECURE = Connection(
    bootstrap="b:9093",
    tls=Tls(ca_file="ca.pem", key_file="key.pem", key_password="open sesame"),
    sasl=Sasl(username="gate", password="hunter2"),
)


def test_a_plain_connection_says_so() -> None:
    told = Connection(bootstrap="a:9092,b:9092", client="gate-0").as_librdkafka()

    assert told["bootstrap.servers"] == "a:9092,b:9092"
    assert told["client.id"] == "gate-0"
    assert told["security.protocol"] == "PLAINTEXT"
    assert not [name for name in told if name.startswith(("ssl.", "sasl."))]


def test_tls_and_sasl_go_together_or_alone() -> None:
    assert SECURE.as_librdkafka()["security.protocol"] == "SASL_SSL"
    assert Connection(bootstrap="b", tls=Tls()).as_librdkafka()["security.protocol"] == "SSL"
    only_sasl = Connection(bootstrap="b", sasl=Sasl(username="u", password="p", mechanism="PLAIN"))
    assert only_sasl.as_librdkafka()["security.protocol"] == "SASL_PLAINTEXT"


def test_librdkafka_is_told_the_secrets_and_nobody_else() -> None:
    told = SECURE.as_librdkafka()

    assert (told["ssl.key.password"], told["sasl.password"]) == ("open sesame", "hunter2")
    assert "open sesame" not in repr(SECURE)
    assert "hunter2" not in repr(SECURE)
    assert "gate" in repr(SECURE)


def test_a_name_is_checked_unless_told_otherwise() -> None:
    name = "ssl.endpoint.identification.algorithm"
    assert Connection(bootstrap="b", tls=Tls()).as_librdkafka()[name] == "https"
    unchecked = Connection(bootstrap="b", tls=Tls(verify_hostname=False))
    assert unchecked.as_librdkafka()[name] == "none"


def test_librdkafka_knows_every_setting() -> None:
    """It refuses a name or value that it does not know when a client is made; nothing is connected to."""
    connection = Connection(
        bootstrap="127.0.0.1:1", tls=Tls(), sasl=Sasl(username="u", password="p")
    ).as_librdkafka()
    for strategy in ("range", "cooperative-sticky"):
        settings = ConsumerSettings(group="g", strategy=strategy, instance="i", ends=True)
        Consumer({**connection, **settings.as_librdkafka()}).close()
    Producer({**connection, **ProducerSettings().as_librdkafka()})
    Producer({**connection, **TransactionSettings(identity="t").as_librdkafka()})
