"""What the settings say about the cluster reaches the client library."""

from pathlib import Path

from stream.config import load


def test_a_cluster_without_secrets_is_spoken_to_in_plain_text() -> None:
    # When only the address is set
    connection = load(environ={"SLUICE_KAFKA__BOOTSTRAP_SERVERS": "a:1,b:2"}).settings.kafka.connection(
        "gate-0"
    )
    # Then nothing else is asked of the client
    assert connection.as_librdkafka()["security.protocol"] == "PLAINTEXT"
    assert connection.bootstrap == "a:1,b:2"
    assert connection.client == "gate-0"


def test_certificates_and_password_reach_the_client(tmp_path: Path) -> None:
    # Given a cluster behind TLS that wants a certificate and a password
    for name in ("ca.pem", "client.pem", "client.key"):
        (tmp_path / name).write_text("pem", encoding="utf-8")
    (tmp_path / "password").write_text("geheim\n", encoding="utf-8")
    file = tmp_path / "sluice.toml"
    file.write_text(
        """
        [kafka.tls]
        enabled = true
        ca_file = "ca.pem"
        certificate_file = "client.pem"
        key_file = "client.key"
        [kafka.sasl]
        mechanism = "SCRAM-SHA-256"
        username = "sluice"
        password_file = "password"
        """,
        encoding="utf-8",
    )
    # When the client's settings are made
    made = load(file, {}).settings.kafka.connection("gate-0").as_librdkafka()
    # Then each is there under the client library's own name
    assert made["security.protocol"] == "SASL_SSL"
    assert made["ssl.ca.location"] == str(tmp_path / "ca.pem")
    assert made["ssl.key.location"] == str(tmp_path / "client.key")
    assert (made["sasl.mechanism"], made["sasl.username"]) == ("SCRAM-SHA-256", "sluice")
    assert made["sasl.password"] == "geheim"
