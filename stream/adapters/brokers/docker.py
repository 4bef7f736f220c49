"""A broker in a container, where a Docker daemon answers."""

import socket
from typing import Any, Self

from stream.adapters.brokers.answer import answers
from stream.adapters.brokers.broker import Broker, BrokerFailed, BrokerKind
from stream.adapters.brokers.ports import free_ports
from stream.adapters.brokers.settings import VERSION, node_settings
from stream.core.errors import Unavailable

IMAGE = f"apache/kafka:{VERSION}"
DEFAULT_HOST = "unix:///var/run/docker.sock"
PING_SECONDS = 3
START_SECONDS = 90.0


class DockerBroker(Broker):
    """Apache Kafka's own image, removed with its data at the end, even if this process is killed."""

    kind: BrokerKind = "docker"

    def __init__(self, container: Any, bootstrap: str) -> None:  # noqa: ANN401 - testcontainers has no types
        self._container = container
        self.bootstrap = bootstrap
        self.note = f"Apache Kafka {VERSION} in Docker on {bootstrap}, one node, its data removed at the end"

    @classmethod
    def start(cls) -> Self:
        """Starts the container and waits until its broker answers.

        Raises:
            Unavailable: no daemon answers, or the image can't be had.
            BrokerFailed: the container runs and no broker answers in it.
        """
        _ping()
        container, bootstrap = _run()
        if not answers(bootstrap, START_SECONDS):
            log = "\n".join(part.decode(errors="replace")[-2000:] for part in container.get_logs())
            container.stop()
            raise BrokerFailed(
                f"Kafka in Docker did not answer on {bootstrap} in {START_SECONDS:.0f} s; "
                f"its log ends:\n{log}"
            )
        return cls(container, bootstrap)

    def close(self) -> None:
        """Removes the container."""
        container, self._container = self._container, None
        if container is not None:
            container.stop()


def _ping() -> None:
    from docker.errors import DockerException
    from testcontainers.core.docker_client import DockerClient, get_docker_host

    try:
        _knock(get_docker_host() or DEFAULT_HOST)
        client = DockerClient(timeout=PING_SECONDS).client
        client.ping()
        client.close()
    except (DockerException, OSError) as error:
        raise Unavailable("no Docker daemon answers") from error


def _knock(host: str) -> None:
    # docker's client leaves a socket open when nobody is behind a Unix path, the commonest case of all.
    scheme, _, path = host.partition("://")
    if scheme == "unix":
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as door:
            door.settimeout(PING_SECONDS)
            door.connect(path)


def _run() -> tuple[Any, str]:
    from docker.errors import DockerException
    from testcontainers.core.container import DockerContainer

    port = free_ports(1)[0]
    try:
        container = DockerContainer(IMAGE).with_bind_ports(9092, port)
        bootstrap = f"{container.get_docker_client().host()}:{port}"
        settings = node_settings(listen="0.0.0.0:9092", advertised=bootstrap, controller="127.0.0.1:9093")
        container.with_envs(**{_variable(name): value for name, value in settings.items()}).start()
    except (DockerException, OSError, RuntimeError) as error:
        raise Unavailable(f"Docker could not run {IMAGE}: {error}") from error
    return container, bootstrap


def _variable(setting: str) -> str:
    return "KAFKA_" + setting.upper().replace(".", "_")
