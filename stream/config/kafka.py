"""How to reach the cluster, and what the topics on it look like."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

from msgspec import Meta, Struct

from stream.adapters import kafka
from stream.adapters.kafka import Connection
from stream.core.secret import Secret
from stream.core.topics import TopicNames


class SaslMechanism(StrEnum):
    """How a client proves who it is, by Kafka's names."""

    PLAIN = "PLAIN"
    SCRAM_SHA_256 = "SCRAM-SHA-256"
    SCRAM_SHA_512 = "SCRAM-SHA-512"


class Tls(Struct, frozen=True, kw_only=True):
    """Encryption to the brokers. A certificate and its key identify this client to them (mutual TLS)."""

    enabled: bool = False
    ca_file: Annotated[
        Path | None, Meta(description="PEM file of the authorities to trust; unset: the system's")
    ] = None
    certificate_file: Annotated[Path | None, Meta(description="PEM file of this client's certificate")] = None
    key_file: Annotated[Path | None, Meta(description="PEM file of its private key")] = None
    key_password: Annotated[Secret | None, Meta(description="password of the private key")] = None
    verify_hostname: Annotated[
        bool, Meta(description="whether a broker's certificate must name its host")
    ] = True

    def connection(self) -> kafka.Tls | None:
        """The same for the Kafka adapters; None for plain text."""
        if not self.enabled:
            return None
        return kafka.Tls(
            ca_file=_text(self.ca_file),
            certificate_file=_text(self.certificate_file),
            key_file=_text(self.key_file),
            key_password=self.key_password.reveal() if self.key_password else None,
            verify_hostname=self.verify_hostname,
        )


class Sasl(Struct, frozen=True, kw_only=True):
    """Who this client is."""

    mechanism: Annotated[SaslMechanism | None, Meta(description="unset: no SASL")] = None
    username: str = ""
    password: Secret | None = None

    def connection(self) -> kafka.Sasl | None:
        """The same for the Kafka adapters; None for no authentication."""
        if self.mechanism is None or self.password is None:
            return None
        return kafka.Sasl(
            username=self.username, password=self.password.reveal(), mechanism=self.mechanism.value
        )


class Kafka(Struct, frozen=True, kw_only=True):
    """The cluster and how to speak to it."""

    bootstrap_servers: Annotated[
        str,
        Meta(
            pattern=r"^[^\s,:]+:\d{1,5}(,[^\s,:]+:\d{1,5})*$|^\[[0-9a-fA-F:]+\]:\d{1,5}$",
            description="host:port, several parted by commas",
        ),
    ] = "localhost:9092"
    tls: Tls = Tls()
    sasl: Sasl = Sasl()

    def connection(self, client: str) -> Connection:
        """The same for the Kafka adapters, secrets included.

        Args:
            client: the name that this process shows in the brokers' logs.
        """
        return Connection(
            bootstrap=self.bootstrap_servers,
            client=client,
            tls=self.tls.connection(),
            sasl=self.sasl.connection(),
        )


class Topics(Struct, frozen=True, kw_only=True):
    """The topics of this installation. All have the same number of partitions, for good."""

    prefix: Annotated[
        str,
        Meta(
            pattern=r"^[A-Za-z0-9._-]{0,60}$",
            description="put before every topic and group: up to 60 of A-Z a-z 0-9 . _ -",
        ),
    ] = ""
    partitions: Annotated[int, Meta(ge=1, le=1_000, description="partitions of every topic")] = 12
    replication: Annotated[int, Meta(ge=1, le=32, description="copies of every partition")] = 3

    @property
    def names(self) -> TopicNames:
        """The full names of the topics on this cluster."""
        return TopicNames(self.prefix)


def _text(path: Path | None) -> str | None:
    return None if path is None else str(path)
