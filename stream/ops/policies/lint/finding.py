"""What lint found: where, what is wrong, and how to mend it."""

from enum import StrEnum

from msgspec import Struct


class Level(StrEnum):
    """error: the policy does not do what it says, or its measure is worth nothing. warning: it works worse
    than it could."""

    ERROR = "error"
    WARNING = "warning"


class Place(Struct, frozen=True):
    """Where something stands. Lines and columns count from 1; `end` is the column after the last one.

    `text` is the line, cut where it must not be shown.
    """

    file: str
    line: int
    text: str = ""
    column: int = 1
    end: int = 1


class Found(Struct, frozen=True):
    """What one rule says of one place."""

    place: Place
    what: str
    mend: str


class Finding(Struct, frozen=True):
    """One thing to mend, as `--format json` prints it.

    Attributes:
        rule: the rule's id; `sluice policy lint --rules` says why it is one.
        level: how grave it is.
        file, line, column, end: where; columns are characters, `end` is the one after the last.
        what: what is wrong.
        mend: how to mend it.
        text: the line.
    """

    rule: str
    level: Level
    file: str
    line: int
    column: int
    end: int
    what: str
    mend: str
    text: str

    def __str__(self) -> str:
        """One line for people."""
        return f"{self.file}:{self.line}: {self.what}. {self.mend}. [{self.rule}]"
