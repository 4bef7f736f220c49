"""An entry's bytes: they come back as they were, and other bytes are refused with what to do."""

import pytest

from stream.core.errors import Exit
from stream.core.ledger import decode_entry, encode_entry
from tests.unit.ledger.lives import closed, decided, folded, hold, judged, routed

ENTRY = folded([hold(), routed(), judged(), closed(), decided()])


def test_an_entry_comes_back_as_it_was() -> None:
    assert decode_entry(encode_entry(ENTRY)) == ENTRY


@pytest.mark.parametrize(
    "foreign",
    [
        b"",
        encode_entry(ENTRY)[1:],
        b"\x03" + encode_entry(ENTRY)[1:],
        encode_entry(ENTRY)[:-1],
        b"\x02\xc1",
        b"\x02\x91\xa1\xff",
        b'{"a":1}',
    ],
)
def test_bytes_of_another_version_end_the_process_with_what_to_do(foreign: bytes) -> None:
    with pytest.raises(Exit, match=r"ledger-state.*another version.*[Rr]un that version.*docs/install\.md"):
        decode_entry(foreign)
