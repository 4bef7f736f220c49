"""A real Kafka that lets nobody in without a password and a right: SASL_SSL, SCRAM, and an authorizer."""

import re
from pathlib import Path
from typing import Any, NamedTuple

from confluent_kafka.admin import AdminClient

from stream.adapters.brokers import JavaBroker
from stream.adapters.brokers.access import Access
from tests.fleet.waiting import eventually
from tests.integration.secured.authority import PASSWORD, Authority
from tests.integration.secured.users import Right, give, given, take

HOST = "localhost"
ADMIN = "admin"
_LOGIN = "org.apache.kafka.common.security.scram.ScramLoginModule required"
_RULING = re.compile(
    r"Principal = User:(\S+) is (Allowed|Denied) operation = (\w+) from host = \S+ "
    r"on resource = (\w+):LITERAL:(\S+) for"
)


class Ruling(NamedTuple):
    """What the authorizer said to one question of a request."""

    user: str
    allowed: bool
    operation: str
    kind: str
    name: str

    @property
    def request(self) -> tuple[str, str, str]:
        """Kind and name of the resource, and what was to be done with it."""
        return self.kind, self.name, self.operation


class Cluster:
    """One broker, whose certificate names `localhost`, and its authority."""

    def __init__(self, folder: Path) -> None:
        self.authority = Authority(folder)
        self._rulings = folder / "rulings.log"
        logging = folder / "rulings.properties"
        logging.write_text(_logging(self._rulings))
        keys = self.authority.keys_for(HOST)
        self.broker = JavaBroker.start(
            Access(
                protocol="SASL_SSL",
                host=HOST,
                settings=_settings(keys),
                credentials=(f"SCRAM-SHA-512=[name={ADMIN},password={PASSWORD}]",),
                client=self.client(ADMIN, PASSWORD),
                logging=logging,
            )
        )
        self.bootstrap = self.broker.bootstrap
        self._admin = AdminClient({"bootstrap.servers": self.bootstrap, **self.client(ADMIN, PASSWORD)})

    def client(self, user: str, password: str = "") -> dict[str, Any]:
        """librdkafka's settings, but for the address, of a user who gives his own password or another."""
        return {
            "security.protocol": "SASL_SSL",
            "ssl.ca.location": str(self.authority.certificate),
            "sasl.mechanism": "SCRAM-SHA-512",
            "sasl.username": user,
            "sasl.password": password or password_of(user),
        }

    def admit(self, user: str, allowed: set[Right]) -> None:
        """Let a user in who may do this and nothing else."""
        give(self._admin, user, password_of(user), allowed)
        eventually(lambda: given(self._admin, user) == len(allowed), 20, f"the rights of {user}")

    def take(self, user: str, right: Right) -> None:
        """Take a right away again."""
        take(self._admin, user, right)

    def rulings(self, user: str) -> set[Ruling]:
        """What the authorizer has answered to a user so far."""
        found = (
            Ruling(who, said == "Allowed", *rest)
            for who, said, *rest in _RULING.findall(self._rulings.read_text())
        )
        return {ruling for ruling in found if ruling.user == user}


def password_of(user: str) -> str:
    """What a user was given."""
    return f"{user}-s-own"


def _settings(keys: Path) -> dict[str, str]:
    return {
        "security.inter.broker.protocol": "SASL_SSL",
        "sasl.enabled.mechanisms": "SCRAM-SHA-512",
        "sasl.mechanism.inter.broker.protocol": "SCRAM-SHA-512",
        "listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config": (
            f'{_LOGIN} username="{ADMIN}" password="{PASSWORD}";'
        ),
        **{f"ssl.{store}.location": str(keys) for store in ("keystore", "truststore")},
        **{f"ssl.{store}.type": "PKCS12" for store in ("keystore", "truststore")},
        **{f"ssl.{store}.password": PASSWORD for store in ("keystore", "truststore")},
        "ssl.key.password": PASSWORD,
        "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
        "allow.everyone.if.no.acl.found": "false",
        # Nobody is ANONYMOUS but the node itself, on its own way to its controller.
        "super.users": f"User:{ADMIN};User:ANONYMOUS",
    }


def _logging(file: Path) -> str:
    """A log4j2 configuration by which the authorizer tells of every answer, in a file of its own."""
    return (
        "appender.rulings.type = File\nappender.rulings.name = rulings\n"
        f"appender.rulings.fileName = {file}\n"
        "appender.rulings.layout.type = PatternLayout\nappender.rulings.layout.pattern = %m%n\n"
        "logger.rulings.name = kafka.authorizer.logger\nlogger.rulings.level = debug\n"
        "logger.rulings.additivity = false\nlogger.rulings.appenderRef.file.ref = rulings\n"
    )
