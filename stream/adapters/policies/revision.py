"""A folder of policies as it was at a revision of the git repository that it lies in."""

import shutil
import subprocess
import tarfile
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

from stream.core.errors import BadInput

_SECONDS = 30


class RevisionFiles(NamedTuple):
    """Implements `PolicyFiles` on what git had."""

    revision: str
    files: dict[str, str]

    def ids(self) -> list[str]:
        """The ids of all policies that lay there."""
        return sorted(path.removesuffix("/policy.md") for path in self.files if path.endswith("/policy.md"))

    def text(self, path: str) -> str | None:
        """A file's text, if there was such a file."""
        return self.files.get(path)

    def place(self, path: str) -> str:
        """As git names it."""
        return f"{self.revision}:{path}"


def files_at(root: Path, revision: str) -> RevisionFiles:
    """The texts of a folder at a revision.

    Raises:
        BadInput: there is no git, no repository, no such revision, or the folder was not in it.
    """
    git = shutil.which("git")
    if git is None or revision.startswith("-"):
        why = "" if git else ", and there is no git to ask"
        raise BadInput(f"`{revision}` is no folder{why}. Name one, or a revision")
    asked = subprocess.run(
        [git, "-C", str(root), "archive", "--format=tar", revision, "."],
        capture_output=True,
        timeout=_SECONDS,
        check=False,
    )
    if asked.returncode:
        why = (asked.stderr.decode(errors="replace").strip().splitlines() or ["git failed"])[-1]
        raise BadInput(
            f"`{revision}` is neither a folder nor a revision that has {root}: {why}. Name one of both"
        )
    return RevisionFiles(revision, dict(_texts(asked.stdout)))


def _texts(archive: bytes) -> list[tuple[str, str]]:
    with tarfile.open(fileobj=BytesIO(archive)) as tar:
        members = [one for one in tar if one.isfile() and one.name.endswith((".md", ".toml"))]
        read = [(one.name.removeprefix("./"), tar.extractfile(one)) for one in members]
        return [(name, file.read().decode(errors="replace")) for name, file in read if file is not None]
