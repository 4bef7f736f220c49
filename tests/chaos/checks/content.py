"""What `content` alone asks for: the gate must have said exactly that, in that order."""

from collections import Counter

from stream.core.content import Deleted, Edited, Published
from stream.core.terms import Decision, Stage
from stream.core.verdict import Verdict
from tests.chaos.evidence import Evidence

Hold = tuple[str, str, int, Decision]


def content_is_answered_once_in_order(evidence: Evidence) -> list[str]:
    """The holds and deletions of a partition equal, in order, a fold of its `content` alone."""
    found = []
    for partition in evidence.partitions:
        expected = _expected_holds(evidence, partition)
        seen = [
            (written.cause, verdict.id, verdict.version, verdict.decision)
            for written in evidence.verdicts[partition]
            if written.cause.startswith("c") and isinstance(verdict := written.event, Verdict)
        ]
        if expected != seen:
            first = next(
                (pair for pair in zip(expected, seen, strict=False) if pair[0] != pair[1]),
                (len(expected), len(seen)),
            )
            found.append(f"partition {partition}: holds differ from content, first {first}")
    return found


def _expected_holds(evidence: Evidence, partition: int) -> list[Hold]:
    """The reference: what content alone says must be hidden, and when. Written apart from the lifecycle."""
    newest: dict[str, tuple[int, str]] = {}
    deleted: set[str] = set()
    confused: set[str] = set()
    holds: list[Hold] = []
    for offset, key, event in evidence.content[partition]:
        cause = f"c{partition}-{offset}"
        if event is None:
            if key not in confused and key not in deleted:
                confused.add(key)
                holds.append((cause, key, newest.get(key, (0, ""))[0], Decision.HOLD))
        elif isinstance(event, Published | Edited):
            version, digest = newest.get(event.id, (0, ""))
            again = event.version == version and (event.digest == digest or event.id in deleted)
            if event.version >= version and not again:
                newest[event.id] = (event.version, event.digest)
                deleted.discard(event.id)
                confused.discard(event.id)
                holds.append((cause, event.id, event.version, Decision.HOLD))
        elif isinstance(event, Deleted):
            version = max(event.version, newest.get(event.id, (0, ""))[0])
            if event.id not in deleted or version > newest[event.id][0]:
                newest[event.id] = (version, "")
                deleted.add(event.id)
                confused.discard(event.id)
                holds.append((cause, event.id, version, Decision.DELETED))
    return holds


def nothing_is_shown_that_content_hides(evidence: Evidence) -> list[str]:
    """At the end a one-rule reader shows only the newest published version of what was not deleted."""
    found = []
    for partition in evidence.partitions:
        newest = {hold[1]: hold for hold in _expected_holds(evidence, partition)}
        last = {}
        for written in evidence.verdicts[partition]:
            assert isinstance(written.event, Verdict)
            last[written.event.id] = written.event
        for content_id, verdict in last.items():
            _, _, version, decision = newest[content_id]
            if verdict.decision is Decision.RELEASE and (decision, version) != (
                Decision.HOLD,
                verdict.version,
            ):
                found.append(
                    f"{content_id}: version {verdict.version} is shown, content says {decision} {version}"
                )
        found += [f"{content_id}: never answered" for content_id in newest if content_id not in last]
        found += [
            f"{verdict.id}: still waits for a machine"
            for verdict in last.values()
            if verdict.decision is Decision.HOLD and verdict.stage is Stage.AUTOMATIC
        ]
    return found


def every_poison_is_kept(evidence: Evidence) -> list[str]:
    """Each unreadable record of `content` is a dead letter, once."""
    found = []
    for partition in evidence.partitions:
        kept = Counter(evidence.dead[partition])
        for offset, key, event in evidence.content[partition]:
            place = f"content/{partition}-{offset}"
            if event is None and kept[place] != 1:
                found.append(f"{key} at {place}: {kept[place]} dead letters")
    return found
