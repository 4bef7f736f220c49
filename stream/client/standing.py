"""What a reader can say of one piece of content at one moment."""

from msgspec import Struct

from stream.core.reader import shows
from stream.core.terms import Decision, Label, Stage
from stream.core.verdict import Verdict


class Standing(Struct, frozen=True, kw_only=True):
    """The last verdict of one id, and whether its reader may go by it.

    Attributes:
        id: the content's id.
        verdict: None where there is none, or none that this version of the library understands.
        is_current: whether the reader has passed the ends of its start; until then nothing is shown.
    """

    id: str
    verdict: Verdict | None
    is_current: bool

    def shows(self, version: int, digest: str) -> bool:
        """Whether this version, with this text, may be shown."""
        return self.is_current and shows(self.verdict, version, digest)

    @property
    def under_review(self) -> bool:
        """Whether it is hidden because the newest version has yet to be decided."""
        return self.verdict is not None and self.verdict.decision is Decision.HOLD

    @property
    def stage(self) -> Stage | None:
        """Whom it waits for while under review: a machine's answer, or a person's."""
        return self.verdict.stage if self.verdict is not None else None

    @property
    def due(self) -> int | None:
        """Until when it should be decided while under review, in ms since 1970. It may be renewed."""
        return self.verdict.due if self.verdict is not None else None

    def labels_at(self, now: int) -> tuple[Label, ...]:
        """The labels that restrict what is shown at `now` (ms since 1970), without those that ran out."""
        labels = self.verdict.labels if self.verdict is not None else ()
        return tuple(label for label in labels if label.expires_at is None or label.expires_at > now)


class Change(Struct, frozen=True):
    """Content whose verdict changed. `mark` continues from here; `standing` is that of now, not of then."""

    mark: int
    standing: Standing
