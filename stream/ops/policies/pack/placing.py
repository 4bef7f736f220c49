"""An imported policy put into the folder: whole or not at all, and never over another one unasked."""

import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct

from stream.core.errors import BadInput


class Imported(Struct, frozen=True):
    """One policy's files, by their names; an empty one is not written."""

    id: str
    files: dict[str, str]


def place(root: Path, imported: Sequence[Imported], *, force: bool) -> None:
    """Put them into the folder, all or none.

    Raises:
        BadInput: one lies there already, and `force` does not say that it may go.
    """
    there = [one.id for one in imported if (root / one.id).exists()]
    if there and not force:
        raise BadInput(f"{root / there[0]} is there already: give --force to replace it whole.")
    with tempfile.TemporaryDirectory(prefix=".import-", dir=root) as made:
        for one in imported:
            _write(Path(made) / one.id, one.files)
        for one in imported:
            _swap(Path(made), root, one.id)


def _write(folder: Path, files: dict[str, str]) -> None:
    folder.mkdir()
    for name, text in files.items():
        if text:
            (folder / name).write_text(text, encoding="utf-8")


def _swap(made: Path, root: Path, policy_id: str) -> None:
    """The old folder leaves before the new one comes: a name is never half of each."""
    old = made / f"{policy_id}.old"
    if (root / policy_id).exists():
        shutil.move(root / policy_id, old)
    shutil.move(made / policy_id, root / policy_id)
