"""The one rule of the contract, as every reader of `verdicts` applies it. Pure: records come from outside."""

from collections.abc import Mapping, MutableMapping

from stream.core.terms import Decision
from stream.core.verdict import Verdict


def shows(verdict: Verdict | None, version: int, digest: str) -> bool:
    """The rule: show a version only if the last verdict is `release` and names that version and text."""
    return (
        verdict is not None
        and verdict.decision is Decision.RELEASE
        and verdict.version == version
        and verdict.digest == digest
    )


class Reader:
    """What one reader of `verdicts` may show.

    It shows nothing at all until it has passed the ends that it was given: before that, a verdict in
    hand may have been overtaken by one that it has yet to read.

    Args:
        ends: each partition's end offset, read when the reader started. Read as `read_committed`, an
            end is the last stable offset.
        verdicts: the last verdict by content id: a dict, or a store's view of it. It may hold what an
            earlier run saved; the ends guard it too.
    """

    def __init__(self, ends: Mapping[int, int], verdicts: MutableMapping[str, Verdict] | None = None) -> None:
        self._ahead = {partition: end for partition, end in ends.items() if end > 0}
        self._verdicts: MutableMapping[str, Verdict] = {} if verdicts is None else verdicts

    @property
    def is_current(self) -> bool:
        """Whether everything that stood in the topic at the start has been passed."""
        return not self._ahead

    def apply(self, verdict: Verdict) -> None:
        """Take one record, in its partition's order: the last one of an id is the whole truth about it."""
        self._verdicts[verdict.id] = verdict

    def passed(self, partition: int, position: int) -> None:
        """Say how far a partition has been read: the next offset, transaction markers stepped over."""
        end = self._ahead.get(partition)
        if end is not None and position >= end:
            del self._ahead[partition]

    def shows(self, content_id: str, version: int, digest: str) -> bool:
        """Whether this version, with this text, may be shown now."""
        return self.is_current and shows(self._verdicts.get(content_id), version, digest)

    def verdict_of(self, content_id: str) -> Verdict | None:
        """The last verdict read of this content, for its labels, stage and due time; not leave to show it."""
        return self._verdicts.get(content_id)
