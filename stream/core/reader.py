"""The one rule of the contract, as every reader of `verdicts` applies it. Pure: records come from outside."""

from collections.abc import Mapping, MutableMapping

from stream.core.canary import is_canary
from stream.core.terms import Decision
from stream.core.verdict import Verdict


def shows(verdict: Verdict | None, version: int, digest: str) -> bool:
    """The rule: show a version only if the last verdict is `release` and names that version and text.

    A canary is never shown, whatever was decided about it.
    """
    return (
        verdict is not None
        and verdict.decision is Decision.RELEASE
        and verdict.version == version
        and verdict.digest == digest
        and not is_canary(verdict.id)
    )


class Ends:
    """Where each partition ended at one moment, and which of these ends are still ahead.

    Args:
        ends: end offsets by partition, as `read_committed` sees them (the last stable offset).
    """

    def __init__(self, ends: Mapping[int, int]) -> None:
        self._ahead = {partition: end for partition, end in ends.items() if end > 0}

    @property
    def are_passed(self) -> bool:
        """Whether everything that stood in the topic at that moment has been read."""
        return not self._ahead

    def passed(self, partition: int, position: int) -> None:
        """Say how far a partition has been read: the next offset, transaction markers stepped over."""
        if position >= self._ahead.get(partition, position + 1):
            del self._ahead[partition]


class Reader:
    """What one reader of `verdicts` may show: nothing at all until it has passed the ends that it must.

    Before that, a verdict in hand may have been overtaken by one that it has yet to read.

    Args:
        verdicts: the last verdict by content id: a dict, or a store's view of it. It may hold what an
            earlier run saved; the ends guard that too.
    """

    def __init__(self, verdicts: MutableMapping[str, Verdict] | None = None) -> None:
        self._verdicts: MutableMapping[str, Verdict] = {} if verdicts is None else verdicts
        self._ends: Ends | None = None

    def must_pass(self, ends: Mapping[int, int]) -> None:
        """Show nothing until these are passed: each partition's end offset, as `read_committed` sees it.

        Read them at the start; and again if passing them took longer than the topic's
        `min.compaction.lag.ms`, since compaction may by then have removed a record before it was read.
        """
        self._ends = Ends(ends)

    @property
    def is_current(self) -> bool:
        """Whether everything that stood in the topic when the ends were read has been passed."""
        return self._ends is not None and self._ends.are_passed

    def apply(self, verdict: Verdict) -> None:
        """Take one record, in its partition's order: the last one of an id is the whole truth about it."""
        self._verdicts[verdict.id] = verdict

    def passed(self, partition: int, position: int) -> None:
        """Say how far a partition has been read: the next offset, transaction markers stepped over.

        Call it after `apply` of the records before that offset.
        """
        if self._ends is not None:
            self._ends.passed(partition, position)

    def shows(self, content_id: str, version: int, digest: str) -> bool:
        """Whether this version, with this text, may be shown now."""
        return self.is_current and shows(self._verdicts.get(content_id), version, digest)

    def verdict_of(self, content_id: str) -> Verdict | None:
        """The last verdict read of this content, for its labels, stage and due time; not leave to show it."""
        return self._verdicts.get(content_id)
