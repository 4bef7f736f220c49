"""How a node is entered."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct


class Access(Struct, frozen=True, kw_only=True):
    """Who may enter a node, and how; by default everybody, over plain text.

    Attributes:
        protocol: the clients' listener's, by Kafka's name.
        host: the name that clients are told, and that a certificate must say; it must mean 127.0.0.1.
        settings: what else the node is told: keys, mechanisms, an authorizer.
        credentials: SCRAM credentials that are there from the start, as Kafka's StorageTool takes them.
        client: librdkafka's settings of somebody who is let in, to see whether the node answers.
        logging: a log4j2 configuration that is merged with the usual one.
    """

    protocol: str = "PLAINTEXT"
    host: str = "127.0.0.1"
    settings: Mapping[str, str] = {}
    credentials: tuple[str, ...] = ()
    client: Mapping[str, Any] = {}
    logging: Path | None = None
