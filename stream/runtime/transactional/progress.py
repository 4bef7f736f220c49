"""How far a shard's inputs are in its state: the last record of each transaction in the shard's changelog.

It, and not the group's committed positions, says what the state is as of. A broker may hand out positions
older than those that it committed: a group coordinator of Kafka 4.1.1 came back from a kill with those of
minutes before. Whoever believes them applies inputs twice.
"""

from msgspec import DecodeError, Struct
from msgspec.msgpack import Decoder, Encoder

from stream.core.errors import Unreadable
from stream.ports import Position

KEY = b"\x00"
"""In the changelog, beside the keys of states: no content id holds such a byte."""
TAIL = 1_000
"""How many of a changelog's last offsets are looked through for it: aborted transactions lie there too."""


class Progress(Struct, frozen=True, array_like=True):
    """Which transaction it was, named like no other; and the next offset of each topic after it.

    Attributes:
        kept: what the processor keeps of the partition; older versions wrote none, and pass it over.
        topics: the identity of each topic, where the broker told it.
    """

    stamp: str
    offsets: dict[str, int]
    kept: bytes = b""
    topics: dict[str, str] = {}

    def positions(self, number: int) -> list[Position]:
        """The same as positions of a shard."""
        return [Position(topic, number, offset) for topic, offset in self.offsets.items()]


NOWHERE = Progress("", {})
"""Before a shard's first transaction."""


def decode_progress(value: bytes | None) -> Progress:
    """Read a record's value back.

    Raises:
        Unreadable: these bytes are of another format.
    """
    try:
        return _decode(value or b"")
    except DecodeError as error:
        raise Unreadable(f"it is no progress of a shard: {error}") from error


encode_progress = Encoder().encode
_decode = Decoder(Progress).decode
