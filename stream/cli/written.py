"""Files that commands write: looked at before any work, and replaced whole."""

import os
import tempfile
from pathlib import Path

from stream.core.errors import BadInput


def check_writable(file: Path | None) -> None:
    """See that what comes of a long run can be written.

    Raises:
        BadInput: it cannot.
    """
    if file is not None and (file.is_dir() or not os.access(file.absolute().parent, os.W_OK)):
        raise BadInput(f"{file} cannot be written. Name a file in a folder that is there and yours.")


def replace_text(path: Path, text: str) -> None:
    """Write a file so that a reader finds the old one or the new one, whole.

    Raises:
        BadInput: it cannot be written.
    """
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as error:
        raise _refused(path, error) from error
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        # A temporary file is its owner's alone: a new one gets the rights that any new file has.
        Path(name).chmod(path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask())
        Path(name).replace(path)
    except OSError as error:
        Path(name).unlink(missing_ok=True)
        raise _refused(path, error) from error


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _refused(path: Path, error: OSError) -> BadInput:
    return BadInput(f"{path} cannot be written: {error.strerror}. Name another file.")
