"""How to reach a Kafka cluster: addresses, TLS and SASL, with the secrets kept out of sight."""

import logging
from typing import Any, Literal

from msgspec import Struct

CLIENT_LOG = logging.getLogger("sluice.kafka")
"""Where librdkafka's own words go, instead of standard error."""

MASK = "********"


class Tls(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """TLS to the brokers. Files are PEM; without `ca_file` the system's certificate authorities count."""

    ca_file: str | None = None
    certificate_file: str | None = None
    key_file: str | None = None
    key_password: str | None = None
    verify_hostname: bool = True

    def __repr__(self) -> str:
        return _shown(self, secret="key_password")  # noqa: S106 - a field's name

    def as_librdkafka(self) -> dict[str, Any]:
        """librdkafka's names for these settings."""
        return _given(
            {
                "ssl.ca.location": self.ca_file,
                "ssl.certificate.location": self.certificate_file,
                "ssl.key.location": self.key_file,
                "ssl.key.password": self.key_password,
                "ssl.endpoint.identification.algorithm": "https" if self.verify_hostname else "none",
            }
        )


class Sasl(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A name and password for the brokers. `PLAIN` shows the password to them: use it over TLS only."""

    username: str
    password: str
    mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = "SCRAM-SHA-512"

    def __repr__(self) -> str:
        return _shown(self, secret="password")  # noqa: S106 - a field's name

    def as_librdkafka(self) -> dict[str, Any]:
        """librdkafka's names for these settings."""
        return {
            "sasl.mechanism": self.mechanism,
            "sasl.username": self.username,
            "sasl.password": self.password,
        }


class Connection(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A cluster and the way in.

    Attributes:
        bootstrap: `host:port` of one or more brokers, parted by commas.
        client: the name that this process shows in the brokers' logs.
        tls: None for plain text.
        sasl: None for no authentication.
    """

    bootstrap: str
    client: str = "sluice"
    tls: Tls | None = None
    sasl: Sasl | None = None

    def as_librdkafka(self) -> dict[str, Any]:
        """Client settings shared by every consumer, producer and admin client, secrets included."""
        return {
            "bootstrap.servers": self.bootstrap,
            "client.id": self.client,
            "security.protocol": self._protocol(),
            "reconnect.backoff.max.ms": 1_000,
            "socket.keepalive.enable": True,
            "logger": CLIENT_LOG,
            **(self.tls.as_librdkafka() if self.tls else {}),
            **(self.sasl.as_librdkafka() if self.sasl else {}),
        }

    def _protocol(self) -> str:
        transport = "SSL" if self.tls else "PLAINTEXT"
        if not self.sasl:
            return transport
        return "SASL_SSL" if self.tls else "SASL_PLAINTEXT"


def _given(settings: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in settings.items() if value is not None}


def _shown(settings: Struct, *, secret: str) -> str:
    fields = ((name, getattr(settings, name)) for name in settings.__struct_fields__)
    shown = (f"{name}={MASK if name == secret and value else repr(value)}" for name, value in fields)
    return f"{type(settings).__name__}({', '.join(shown)})"
