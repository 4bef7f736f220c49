"""Files that people write: their text, and a stamp that changes when they do."""

from pathlib import Path

from stream.core.errors import PolicyInvalid


def read_text(path: Path) -> str:
    """The text as its bytes are; line ends are not translated, because digests name the bytes.

    Raises:
        PolicyInvalid: it cannot be read, or is not UTF-8.
    """
    try:
        return path.read_bytes().decode()
    except FileNotFoundError:
        raise PolicyInvalid(str(path), 1, "there is no such file", "Name one that is there") from None
    except OSError as error:
        what = f"cannot be read: {error.strerror}"
        raise PolicyInvalid(str(path), 1, what, "Mend the file's rights") from None
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        raise PolicyInvalid(str(path), line, "not UTF-8", "Save the file as UTF-8") from None


def stamp(path: Path) -> tuple[int, int]:
    """Time and size. A file may vanish, or be locked away, before this look; that is a change too."""
    try:
        status = path.stat()
    except OSError:
        return 0, -1
    return status.st_mtime_ns, status.st_size
