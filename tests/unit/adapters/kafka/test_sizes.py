"""Sizes are counted as librdkafka counts them, or a little above; never below."""

import pytest
from confluent_kafka import KafkaException, Producer
from hypothesis import given
from hypothesis import strategies as st

from stream.adapters.kafka.outgoing import as_headers, check_size, size_of
from stream.core.errors import Oversized
from stream.ports import Outgoing

LIMIT = 2_000
HEADERS = st.lists(st.tuples(st.text(min_size=1, max_size=30), st.binary(max_size=60)), max_size=6)


@pytest.fixture(scope="module")
def client() -> Producer:
    """Nothing listens there: records are queued or refused, and thrown away."""
    return Producer({"bootstrap.servers": "127.0.0.1:1", "message.max.bytes": LIMIT, "log_level": 0})


@given(key=st.binary(min_size=1, max_size=200), size=st.integers(0, 2_100), headers=HEADERS)
def test_what_the_count_lets_pass_librdkafka_takes(
    client: Producer, key: bytes, size: int, headers: list[tuple[str, bytes]]
) -> None:
    output = Outgoing("t", key, b"x" * size, tuple(headers))

    try:
        check_size(output, LIMIT)
    except Oversized:
        # Refusing more than librdkafka would is harmless, within reason.
        assert size_of(output) > LIMIT
        assert len(key) + size + sum(len(name.encode()) + len(value) for name, value in headers) > LIMIT - 200
        return
    try:
        client.produce(output.topic, output.value, output.key, headers=as_headers(output))
    except KafkaException as refused:
        pytest.fail(f"{size_of(output)} of {LIMIT}: {refused}")
    finally:
        client.purge()
        client.poll(0)


def test_a_tombstone_has_a_size_too() -> None:
    assert 0 < size_of(Outgoing("t", b"k", None)) < 100
