"""The launchers against the real things: a broker's life, its data, its end with its user."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from confluent_kafka import Consumer, Producer
from confluent_kafka.admin import AdminClient, NewTopic

from stream.adapters.brokers import Broker, BrokerFailed, BrokerMissing, JavaBroker, external, find_broker
from stream.adapters.brokers.docker import DockerBroker
from stream.adapters.brokers.mock import MockBroker
from stream.adapters.brokers.ports import free_ports
from stream.core.errors import Unavailable
from tests.conftest import missing

QUIET = {"log_level": 0}


@pytest.fixture
def own() -> Iterator[JavaBroker]:
    """A broker of this test's own, to be killed."""
    try:
        started = JavaBroker.start()
    except Unavailable as why:
        missing(str(why))
    with started as broker:
        yield broker


def create(broker: Broker, topic: str) -> None:
    admin = AdminClient({"bootstrap.servers": broker.bootstrap, **QUIET})
    for done in admin.create_topics([NewTopic(topic, 1, 1)]).values():
        done.result(timeout=30)


def send(broker: Broker, topic: str, value: bytes) -> None:
    producer = Producer({"bootstrap.servers": broker.bootstrap, "message.max.bytes": 8_000_000, **QUIET})
    producer.produce(topic, value)
    assert producer.flush(30) == 0


def read(broker: Broker, topic: str) -> bytes:
    consumer = Consumer(
        {
            "bootstrap.servers": broker.bootstrap,
            "group.id": f"reader-{time.monotonic_ns()}",
            "auto.offset.reset": "earliest",
            **QUIET,
        }
    )
    consumer.subscribe([topic])
    try:
        message = consumer.poll(30)
        assert message is not None
        assert message.error() is None
        return message.value() or b""
    finally:
        consumer.close()


def test_the_broker_of_the_tests_is_real_and_takes_large_records(broker: Broker) -> None:
    topic = f"large-{time.monotonic_ns()}"
    admin = AdminClient({"bootstrap.servers": broker.bootstrap, **QUIET})
    topic_of_size = NewTopic(topic, 1, 1, config={"max.message.bytes": "5000000"})
    for done in admin.create_topics([topic_of_size]).values():
        done.result(timeout=30)

    send(broker, topic, b"x" * 4_000_000)

    assert broker.kind != "mock"
    assert len(read(broker, topic)) == 4_000_000


@pytest.mark.broker
def test_a_killed_broker_comes_back_with_its_address_and_data(own: JavaBroker) -> None:
    create(own, "kept")
    send(own, "kept", b"before")
    address, pid = own.bootstrap, own.pid

    own.check()
    own.kill()
    with pytest.raises(BrokerFailed, match="has ended"):
        own.check()
    with pytest.raises(ProcessLookupError):
        _ = own.pid
    own.restart()

    assert own.bootstrap == address
    assert own.pid != pid
    assert read(own, "kept") == b"before"


@pytest.mark.broker
def test_a_closed_broker_leaves_no_process_and_no_folder(own: JavaBroker) -> None:
    pid, folder = own.pid, own._node._folder

    own.close()
    own.close()

    assert not psutil.pid_exists(pid)
    assert not folder.exists()


@pytest.mark.broker
def test_a_broker_ends_with_the_process_that_started_it(own: JavaBroker) -> None:
    # The jars are in the cache by now: `own` saw to it.
    program = (
        "import time; from stream.adapters.brokers import JavaBroker; b = JavaBroker.start();"
        "print(b.pid, b._node._folder, flush=True); time.sleep(600)"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as launcher:
        assert launcher.stdout is not None
        pid, folder = launcher.stdout.readline().split()
        launcher.send_signal(signal.SIGKILL)
    deadline = time.monotonic() + 20
    while (Path(folder).exists() or psutil.pid_exists(int(pid))) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not psutil.pid_exists(int(pid))
    assert not Path(folder).exists()


@pytest.mark.broker
def test_a_broker_that_cannot_start_says_why(own: JavaBroker) -> None:
    own.kill()
    host, port = own.bootstrap.split(":")
    with socket.create_server((host, int(port))), pytest.raises(BrokerFailed, match="in use"):
        own.restart()


def test_a_named_broker_that_does_not_answer_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(external, "ANSWER_SECONDS", 1.0)
    nowhere = f"127.0.0.1:{free_ports(1)[0]}"

    with pytest.raises(BrokerMissing, match=nowhere):
        find_broker(nowhere)


@pytest.mark.parametrize("scheme", ["unix", "tcp"])
def test_without_a_docker_daemon_the_next_is_tried_at_once(
    scheme: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = tmp_path / "docker.sock" if scheme == "unix" else f"127.0.0.1:{free_ports(1)[0]}"
    monkeypatch.setenv("DOCKER_HOST", f"{scheme}://{address}")
    began = time.monotonic()

    with pytest.raises(Unavailable, match="Docker"):
        DockerBroker.start()

    assert time.monotonic() - began < 10


def test_the_mock_carries_records_between_processes() -> None:
    with MockBroker() as mock:
        sender = (
            "from confluent_kafka import Producer; import sys;"
            "p = Producer({'bootstrap.servers': sys.argv[1]}); p.produce('shown', b'hello');"
            "sys.exit(p.flush(20))"
        )
        subprocess.run([sys.executable, "-c", sender, mock.bootstrap], check=True, timeout=60, env=os.environ)

        assert read(mock, "shown") == b"hello"
