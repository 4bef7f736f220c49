"""Why the brokers do not let this client in: librdkafka says so beside its answers, which only time out."""

from confluent_kafka import KafkaError

from stream.adapters.kafka.codes import AUTHENTICATION, PASSING, TLS
from stream.adapters.kafka.connection import Connection
from stream.core.errors import Misconfigured


class Refusal:
    """Hears of a client's errors: give `heard` as its `error_cb`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._told = ""

    def heard(self, error: KafkaError) -> None:
        """Remember what no waiting mends; a broken connection is none of it."""
        if error.code() == AUTHENTICATION and not any(passing in error.str() for passing in PASSING):
            user = self._connection.sasl.username if self._connection.sasl else "a client without kafka.sasl"
            self._told = (
                f"{self._connection.bootstrap} does not let {user} in: {error.str()}. See kafka.sasl: its "
                "username, password and mechanism must be those of a user of this cluster"
            )
        elif error.code() == TLS and "certificate" in error.str():
            self._told = (
                f"{self._connection.bootstrap} shows a certificate that this client does not trust: "
                f"{error.str()}. See kafka.tls.ca_file, and that the certificate names the hosts in "
                "kafka.bootstrap_servers"
            )

    def forget(self) -> None:
        """The brokers have answered: whatever was heard before is over."""
        self._told = ""

    def check(self) -> None:
        """Raises `Misconfigured` where the brokers, or what they show, do not fit the settings."""
        if self._told:
            raise Misconfigured(self._told)
