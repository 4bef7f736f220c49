"""Labelled texts, read one by one from JSON lines, plain or gzip: never all of them at once."""

import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, BinaryIO, Literal, cast

import msgspec
from msgspec import Meta, Struct

from stream.core.errors import BadInput, ended
from stream.core.fields import Language, Text
from stream.core.misfit import MISFITS, misfit

_GZIP = b"\x1f\x8b"
_LONGEST_LINE = 1 << 20


class RowInvalid(BadInput):
    """A line of a data file that does not fit. Its text stands nowhere in the message."""

    def __init__(self, file: Path, line: int, what: str, mend: str = "Mend the line or take it out") -> None:
        """Say where and what is wrong; `line` counts from 1."""
        super().__init__(f"{file}:{line}: {ended(what)} {ended(mend)}")
        self.line = line


class Row(Struct, frozen=True):
    """One text and what people said about it.

    Attributes:
        labels: 0 or 1 by name; a label that is missing or null is unknown. A label whose value is text, such
            as the kind of a test case, groups rows.
        lang: its language; None leaves it to the model.
        line: where it stands, from 1.
    """

    id: Annotated[str, Meta(min_length=1, max_length=200)]
    text: Text
    labels: dict[str, Literal[0, 1] | str | None]
    lang: Language | None = None
    source: str = ""
    line: int = 0


def read_rows(file: Path) -> Iterator[Row]:
    """The rows of a file in their order; empty lines are passed over.

    Raises:
        RowInvalid: a line does not fit.
        BadInput: the file cannot be read.
    """
    decode = msgspec.json.Decoder(Row).decode
    for number, line in _lines(file):
        try:
            row = decode(line)
        except MISFITS as error:
            what, mend = misfit(error, Row)
            raise RowInvalid(file, number, f"this line does not fit: {what}", mend) from None
        yield msgspec.structs.replace(row, line=number)


def _lines(file: Path) -> Iterator[tuple[int, bytes]]:
    number = 0
    try:
        with _opened(file) as source:
            while line := source.readline(_LONGEST_LINE + 1):
                number += 1
                if len(line) > _LONGEST_LINE:
                    raise RowInvalid(file, number, f"a line of more than {_LONGEST_LINE:,} bytes")
                if line.strip():
                    yield number, line
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        what = f"the compressed file is damaged: {error}"
        raise RowInvalid(file, number + 1, what, "Fetch or pack it again") from None
    except OSError as error:
        raise BadInput(f"{file} cannot be read: {error.strerror or error}. Name another file.") from None


def _opened(file: Path) -> BinaryIO:
    with file.open("rb") as source:
        packed = source.read(2) == _GZIP
    return cast("BinaryIO", gzip.open(file)) if packed else file.open("rb")
