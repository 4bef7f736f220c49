"""The folder that operators' rules lie in: `NAME.toml`, and the lists of authors that they name.

What lies in folders below it is not read: examples, and what is kept for another time.
"""

from pathlib import Path

from stream.core.errors import PolicyInvalid
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
        return parse_rules(_read(path), str(path), now, lambda name: (path.parent / name).read_text("utf-8"))

    def text(self, path: Path) -> str:
        """The text of one file.

        Raises:
            PolicyInvalid: it cannot be read.
        """
        return _read(path)

    def stamp(self) -> Stamp:
        """Name, time and size of every file: it changes when one of them does, the lists included."""
        files = (path for path in self._root.glob("*") if not path.name.startswith("."))
        return tuple(sorted((str(path), *_state(path)) for path in files if not path.is_dir()))


def _state(path: Path) -> tuple[int, int]:
    """A file may vanish between the listing and this look; that is a change too."""
    try:
        status = path.stat()
    except OSError:
        return 0, -1
    return status.st_mtime_ns, status.st_size


def _read(path: Path) -> str:
    try:
        return path.read_bytes().decode()
    except OSError as error:
        what = f"cannot be read: {error.strerror}"
        raise PolicyInvalid(str(path), 1, what, "Mend the file's rights") from None
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        raise PolicyInvalid(str(path), line, "not UTF-8", "Save the file as UTF-8") from None
