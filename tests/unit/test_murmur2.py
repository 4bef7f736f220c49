"""Kafka's murmur2: published values, and a plain second writing of the algorithm.

The contract suite compares it with where librdkafka puts keys on a real broker.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stream.core.murmur2 import murmur2, partition_of

M, WORD = 0x5BD1E995, 0xFFFFFFFF


def plain(key: bytes) -> int:
    """Byte by byte, as the paper's pseudo-code goes."""
    value = 0x9747B28C ^ len(key)
    whole = len(key) // 4 * 4
    for at in range(0, whole, 4):
        word = int.from_bytes(key[at : at + 4], "little") * M & WORD
        word = (word ^ (word >> 24)) * M & WORD
        value = value * M & WORD
        value ^= word
    rest = key[whole:]
    for place, byte in enumerate(rest):
        value ^= byte << (8 * place)
    if rest:
        value = value * M & WORD
    value = (value ^ (value >> 13)) * M & WORD
    return value ^ (value >> 15)


@pytest.mark.parametrize(
    ("key", "signed"),
    [
        (b"21", -973932308),
        (b"foobar", -790332482),
        (b"a-little-bit-long-string", -985981536),
        (b"abc", 479470107),
    ],
)
def test_known_values(key: bytes, signed: int) -> None:
    """Those that Kafka's Java client is tested with, as signed 32-bit numbers."""
    assert murmur2(key) == signed & WORD


@given(st.binary(max_size=300))
def test_it_equals_the_plain_writing(key: bytes) -> None:
    assert murmur2(key) == plain(key)


@given(st.binary(max_size=40), st.integers(1, 1_000))
def test_a_partition_is_one_of_the_topics(key: bytes, partitions: int) -> None:
    assert 0 <= partition_of(key, partitions) < partitions
