"""A real one-node Kafka as a plain Java process: no Docker, no installation."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Self

from stream.adapters.brokers.access import Access
from stream.adapters.brokers.answer import answers
from stream.adapters.brokers.broker import Broker, BrokerFailed, BrokerKind
from stream.adapters.brokers.jars import broker_jars
from stream.adapters.brokers.node import Node
from stream.adapters.brokers.settings import VERSION
from stream.core.errors import Unavailable

OLDEST_JAVA = 17
START_SECONDS = 90.0


class JavaBroker(Broker):
    """Apache Kafka in KRaft mode on 127.0.0.1, ended with its data when this process ends, however it ends.

    `pid` is the Java process, for tests that stop and continue it.
    """

    kind: BrokerKind = "java"

    def __init__(self, node: Node, access: Access) -> None:
        self._node = node
        self._access = access
        self.bootstrap = node.bootstrap
        self.note = (
            f"a real Apache Kafka {VERSION}, one node, as a Java process on {node.bootstrap}, "
            "its data removed at the end"
        )

    @classmethod
    def start(cls, access: Access = Access()) -> Self:  # noqa: B008 - frozen
        """Fetches the broker's jars if the cache lacks them, starts it, and waits until it answers.

        Args:
            access: who may enter, and how.

        Raises:
            Unavailable: Java 17 or newer is missing, or the jars cannot be had.
            BrokerFailed: it was started and did not come up.
        """
        java = _java()
        broker = cls(Node(java, broker_jars(), access), access)
        try:
            broker._node.format()
            broker.restart()
        except BaseException:
            broker.close()
            raise
        return broker

    @property
    def pid(self) -> int:
        """Process id of the running broker. Raises ProcessLookupError where it is killed."""
        return self._node.pid

    def check(self) -> None:
        """Sees that the process still runs.

        Raises:
            BrokerFailed: it does not; the text has the end of its log.
        """
        if not self._node.is_running():
            raise BrokerFailed(f"The broker has ended. The end of its log:\n{self._node.log_tail()}")

    def kill(self) -> None:
        """Kills the broker with SIGKILL and waits for its end; data and address stay."""
        self._node.kill()

    def restart(self) -> None:
        """Kills the broker where it runs and starts it on the same port and data; returns once it answers.

        Raises:
            BrokerFailed: it did not answer in 90 s, or ended; the text has the end of its log.
        """
        self._node.kill()
        self._node.start()
        running = self._node.is_running
        if not answers(self.bootstrap, START_SECONDS, running, self._access.client):
            raise BrokerFailed(
                f"Kafka did not come up on {self.bootstrap} as a Java process; "
                f"its log ends:\n{self._node.log_tail()}"
            )

    def close(self) -> None:
        """Kills the broker and removes its data."""
        self._node.close()


def _java() -> Path:
    found = shutil.which("java")
    if found is None:
        raise Unavailable(f"Java is not on PATH ({OLDEST_JAVA} or newer is needed)")
    told = subprocess.run([found, "-version"], capture_output=True, text=True, timeout=60, check=False)
    version = re.search(r'version "(\d+)', told.stderr + told.stdout)
    if told.returncode != 0 or version is None:
        raise Unavailable(f"{found} is not a working Java")
    if int(version[1]) < OLDEST_JAVA:
        raise Unavailable(f"{found} is Java {version[1]}; {OLDEST_JAVA} or newer is needed")
    return Path(found)
