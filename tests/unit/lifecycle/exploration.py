"""The walk: every sequence of moves up to a length, breadth first, equal places merged.

A place is a world and the verdicts that stand in the log, compaction aside. What a move does to a
world does not depend on the log, so it is computed and checked once per world.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from stream.core.reader import Reader
from stream.core.verdict import Verdict
from tests.unit.lifecycle.alphabet import ID, MOVES, Move
from tests.unit.lifecycle.invariants import INVARIANTS, Invariant
from tests.unit.lifecycle.world import SHOWABLE, Change, Heard, World, advance, visible

Log = tuple[Heard, ...]


class Violation(AssertionError):
    """An invariant that does not hold, and the moves that lead there."""


@dataclass
class Walk:
    """What was walked."""

    sequences: int = 0
    transitions: int = 0
    worlds: dict[World, tuple[World, str] | None] = field(default_factory=dict)
    """Each world with the one before it and the move that led here first."""
    logs: set[Log] = field(default_factory=set)
    notes: Counter[str] = field(default_factory=Counter)

    def way_to(self, world: World) -> list[str]:
        """The moves of the shortest way here."""
        moves: list[str] = []
        came = self.worlds[world]
        while came is not None:
            world, move = came
            moves.append(move)
            came = self.worlds[world]
        return moves[::-1]


def walk(length: int, invariants: Iterable[Invariant] = INVARIANTS, moves: Sequence[Move] = MOVES) -> Walk:
    """Walk every sequence of up to `length` of these moves, and check the invariants at each step.

    Raises:
        Violation: at the first step that breaks an invariant.
    """
    explorer = _Explorer(tuple(invariants), moves)
    places: dict[World, set[Log]] = {World(): {()}}
    seen: dict[World, set[Log]] = defaultdict(set)
    for _ in range(length):
        reached: dict[World, set[Log]] = defaultdict(set)
        for world, logs in places.items():
            for after, said in explorer.transitions(world):
                longer = {_extended(log, said) for log in logs} if said else logs
                explorer.walk.sequences += len(logs)
                reached[after] |= longer - seen[after]
        for world, logs in reached.items():
            explorer.check_joining(logs)
            seen[world] |= logs
        places = {world: logs for world, logs in reached.items() if logs}
    return explorer.walk


class _Explorer:
    def __init__(self, invariants: tuple[Invariant, ...], moves: Sequence[Move]) -> None:
        self._moves = moves
        self.walk = Walk(worlds={World(): None})
        self._invariants = invariants
        self._known: dict[World, list[tuple[World, Log]]] = {}

    def transitions(self, world: World) -> list[tuple[World, Log]]:
        """Where each move leads from here, and what readers hear of it; checked when first asked."""
        if world not in self._known:
            self._known[world] = list(self._computed(world))
        return self._known[world]

    def _computed(self, world: World) -> Iterator[tuple[World, Log]]:
        for move in self._moves:
            change = advance(world, move)
            if change is None:
                continue
            self._check(change, move)
            self.walk.transitions += 1
            self.walk.notes[f"{type(change.event).__name__}: {change.step.note}"] += 1
            self.walk.worlds.setdefault(change.after, (world, move.name))
            yield change.after, tuple(Heard.of(verdict) for verdict in change.verdicts)

    def _check(self, change: Change, move: Move) -> None:
        for invariant in self._invariants:
            try:
                invariant(change)
            except AssertionError as error:
                way = " → ".join([*self.walk.way_to(change.before), move.name])
                raise Violation(f"{invariant.__name__}\n{error}\nafter: {way}") from error

    def check_joining(self, logs: set[Log]) -> None:
        for log in logs - self.walk.logs:
            self.walk.logs.add(log)
            for standing in compactions(log):
                if problem := joining_problem(standing, log):
                    raise Violation(f"a_joining_reader_ends_where_everybody_is: {problem}\nlog: {log}")


def compactions(log: Log) -> Iterator[Log]:
    """What may be left of a log: any of the older records gone, the last one there."""
    older = log[:-1]
    for kept in range(len(older) + 1):
        for left in combinations(older, kept):
            yield (*left, *log[-1:])


def joining_problem(standing: Log, log: Log) -> str:
    """What is wrong with a reader that joins this log; empty if nothing is."""
    reader = Reader()
    reader.must_pass({0: len(log)})
    texts = {*SHOWABLE, *((heard.version, heard.digest or "") for heard in log)}
    for heard in standing:
        reader.apply(_VERDICTS[heard])
        if early := _shown(reader, texts):
            return f"showed {early} before it had passed the end"
    reader.passed(0, len(log))
    shown, expected = _shown(reader, texts), visible(log[-1]) if log else None
    return "" if shown == {expected} - {None} else f"ends with {shown}, not {expected}"


def _shown(reader: Reader, texts: Iterable[tuple[int, str]]) -> set[tuple[int, str]]:
    return {text for text in texts if reader.shows(ID, *text)}


def _extended(log: Log, said: Log) -> Log:
    """The log with more records; one that says what the last one said adds nothing for a reader."""
    for heard in said:
        if not log or log[-1] != heard:
            log = (*log, heard)
    return log


class _Verdicts(dict[Heard, Verdict]):
    def __missing__(self, heard: Heard) -> Verdict:
        self[heard] = Verdict(
            id=ID, version=heard.version, decision=heard.decision, at=0, digest=heard.digest
        )
        return self[heard]


_VERDICTS = _Verdicts()
