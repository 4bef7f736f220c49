"""A policy's whole text, and where each of its lines was written: in its own file, or in a parent's. Pure."""

from hashlib import sha256
from typing import NamedTuple

from stream.core.errors import PolicyInvalid


class Origin(NamedTuple):
    """Where a line was written; `policy` is the one that wrote it, as `id@version`."""

    policy: str
    file: str
    line: int


class TakenOut(NamedTuple):
    """A clause that a policy took out of what it inherits, and why; `policy` is `id@version`."""

    clause: str
    policy: str
    why: str


class Line(NamedTuple):
    """One line of a rendered text."""

    text: str
    origin: Origin


class Rendered(NamedTuple):
    """The text that is judged, linted and shown. Of a policy that extends none it is its file.

    Attributes:
        name: `id@version`.
        file: the policy's own file.
        lines: the text.
        digest: names the whole: of the file's bytes, and of the parent's whole where there is one.
        own: sha256 of the file's bytes.
        extends: the names of its parents, the nearest first.
        line: where in its file it says that it extends; 1 where it does not.
        without: the clauses that it or a parent took out.
    """

    name: str
    file: str
    lines: tuple[Line, ...]
    digest: str
    own: str
    extends: tuple[str, ...] = ()
    line: int = 1
    without: tuple[TakenOut, ...] = ()

    @property
    def text(self) -> str:
        """The whole as one text."""
        return "".join(f"{line.text}\n" for line in self.lines)

    def at(self, error: PolicyInvalid) -> PolicyInvalid:
        """An error about this text, pointing to the policy's own file.

        What is wrong with an inherited line is the child's to mend: the parent holds together by itself.
        """
        if not 1 <= error.line <= len(self.lines):
            return PolicyInvalid(self.file, self.line, error.what, error.mend)
        origin = self.lines[error.line - 1].origin
        if origin.file == self.file:
            return PolicyInvalid(self.file, origin.line, error.what, error.mend)
        what = f"with what it inherits from {origin.file}:{origin.line}, {error.what}"
        return PolicyInvalid(self.file, self.line, what, f"Write this part here too. {error.mend}")


def as_written(text: str, file: str, name: str) -> Rendered:
    """The whole of a policy that extends none."""
    lines = [Line(line, Origin(name, file, number)) for number, line in enumerate(text.splitlines(), 1)]
    digest = sha256_of(text)
    return Rendered(name, file, tuple(lines), digest, digest)


def sha256_of(text: str) -> str:
    """The digest of a file's bytes."""
    return "sha256:" + sha256(text.encode()).hexdigest()


def chained(own: str, parent: str) -> str:
    """The digest of a policy that extends another: of its own file's digest, and its parent's whole."""
    return sha256_of(f"{own}\n{parent}")
