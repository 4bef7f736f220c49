"""The folder that operators' rules lie in: `NAME.toml`, and the lists of authors that they name.

What lies in folders below it is not read: examples, and what is kept for another time.
"""

from pathlib import Path

from stream.adapters.text_files import read_text, stamp
from stream.core.rules import Rule, parse_rules

Stamp = tuple[tuple[str, int, int], ...]


class RuleFolder:
    """Reads rules. Holds nothing: every call reads anew. A folder that is not there has no rules."""

    def __init__(self, root: Path) -> None:
        """Args: root: the folder."""
        self._root = root

    def files(self) -> list[Path]:
        """Every file of rules, in order."""
        return sorted(path for path in self._root.glob("*.toml") if not path.name.startswith("."))

    def rules(self, path: Path, now: int) -> tuple[Rule, ...]:
        """The rules of one file.

        Args:
            path: the file.
            now: in ms since 1970.

        Raises:
            PolicyInvalid: something in it does not hold together.
        """
        return parse_rules(
            read_text(path), str(path), now, lambda name: (path.parent / name).read_text("utf-8")
        )

    def text(self, path: Path) -> str:
        """The text of one file.

        Raises:
            PolicyInvalid: it cannot be read.
        """
        return read_text(path)

    def stamp(self) -> Stamp:
        """Name, time and size of every file: it changes when one of them does, the lists included."""
        files = (path for path in self._root.glob("*") if not path.name.startswith("."))
        return tuple(sorted((str(path), *stamp(path)) for path in files if not path.is_dir()))
