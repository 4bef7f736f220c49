"""What would change between two sets, counted post by post; its size does not grow with the posts. Pure."""

import heapq
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from hashlib import sha256

from msgspec import Struct

from stream.core.judgement import Usage
from stream.core.outcome import Proposal
from stream.core.policy import PolicyResult
from stream.ops.backtest.stance import Stance, total

EXAMPLES = 5
NOT_SAID = "not said"
NOTHING = "nothing cited"
_ORDER = (Proposal.RELEASE, Proposal.REVIEW, Proposal.REMOVE)
Move = tuple[Proposal, Proposal]
"""What today's set makes of a post, and what the candidate makes of it."""


class Post(Struct, frozen=True):
    """One version as it stands in `content`. `text` is for examples, and only where nothing is restricted."""

    id: str
    version: int
    surface: str
    language: str | None
    partition: int
    offset: int
    text: str


class Example(Struct, frozen=True):
    """A post that would change, and the clauses that either set holds against it."""

    post: Post
    today: Stance
    candidate: Stance


class Shift(Struct):
    """Posts of one kind, and how many the candidate treats more strictly or more mildly."""

    posts: int = 0
    stricter: int = 0
    milder: int = 0

    @property
    def changed(self) -> int:
        """Both."""
        return self.stricter + self.milder

    def add(self, move: Move) -> None:
        """Count one post."""
        self.posts += 1
        self.stricter += rank(move[1]) > rank(move[0])
        self.milder += rank(move[1]) < rank(move[0])


class Cited(Shift):
    """Posts that a policy or a clause is held against, under today's set, the candidate, or both."""

    today: int = 0
    candidate: int = 0

    @property
    def gained(self) -> int:
        """By the candidate alone."""
        return self.posts - self.today

    @property
    def lost(self) -> int:
        """By today's set alone."""
        return self.posts - self.candidate

    def cite(self, move: Move, today: bool, candidate: bool) -> None:
        """Count one post."""
        self.add(move)
        self.today += today
        self.candidate += candidate


class Comparison:
    """Two sets, post by post.

    Attributes:
        whole: all posts but the restricted ones.
        moves: the same by what becomes of them.
        surfaces, languages: the same by where and in which language they were written.
        policies: posts that a policy did not call safe, under either set; `NOTHING` has those of none.
        clauses: the same by the clauses that they break.
        restricted: posts that a restricted policy of either set did not call safe. Nothing else counts them.
        ruled: posts that an operator's rule sent to people, whatever a set says.
        uncompared: posts that one side has no answer about.
        recorded: of all posts, how many of today's answers were read and not asked for.
        usage: tokens of both, as they are in service.
    """

    def __init__(self, examples: int = EXAMPLES) -> None:
        """Args: examples: of each move, at most."""
        self._most = examples
        self._examples: dict[Move, list[tuple[int, int, int, Example]]] = defaultdict(list)
        self.whole = Shift()
        self.moves: Counter[Move] = Counter()
        self.surfaces: dict[str, Shift] = defaultdict(Shift)
        self.languages: dict[str, Shift] = defaultdict(Shift)
        self.policies: dict[str, Cited] = defaultdict(Cited)
        self.clauses: dict[str, Cited] = defaultdict(Cited)
        self.restricted = self.ruled = self.uncompared = self.recorded = 0
        self.usage = (Usage(), Usage())

    @property
    def posts(self) -> int:
        """All that were looked at."""
        return self.whole.posts + self.restricted + self.ruled + self.uncompared

    def add(self, post: Post, today: Stance, candidate: Stance) -> None:
        """Count one post; of a restricted one nothing is kept but that there was one."""
        self.usage = (total((self.usage[0], today.usage)), total((self.usage[1], candidate.usage)))
        self.recorded += today.recorded
        move = (today.proposal, candidate.proposal)
        if today.restricted or candidate.restricted:
            self.restricted += 1
            return
        self.moves[move] += 1
        for shift in (self.whole, self.surfaces[post.surface], self.languages[post.language or NOT_SAID]):
            shift.add(move)
        _cite(self.policies, move, _flagged(today), _flagged(candidate))
        _cite(self.clauses, move, today.clauses, candidate.clauses)
        if move[0] is not move[1]:
            self._keep(move, Example(post, today, candidate))

    def examples(self) -> Iterable[tuple[Move, list[Example]]]:
        """Posts of each move that changes something, the gravest moves first; drawn, not the first ones."""
        for move in sorted(self._examples, key=_gravity):
            yield move, [row[-1] for row in sorted(self._examples[move], reverse=True)]

    def _keep(self, move: Move, example: Example) -> None:
        """Those whose names have the least digests: the same ones in whatever order they come."""
        post = example.post
        drawn = int.from_bytes(sha256(f"{post.id}/{post.version}".encode()).digest()[:8], "big")
        held = self._examples[move]
        heapq.heappush(held, (-drawn, post.partition, post.offset, example))
        if len(held) > self._most:
            heapq.heappop(held)


def rank(proposal: Proposal) -> int:
    """How strict: 0 releases, 1 leaves it to people, 2 removes."""
    return _ORDER.index(proposal)


def _gravity(move: Move) -> tuple[int, int, int]:
    """For sorting: the furthest first, of those the stricter."""
    return -abs(_distance(move)), -_distance(move), rank(move[0])


def _distance(move: Move) -> int:
    return rank(move[1]) - rank(move[0])


def _flagged(stance: Stance) -> tuple[str, ...]:
    return tuple(policy for policy, result in stance.results.items() if result is not PolicyResult.SAFE)


def _cite(counts: dict[str, Cited], move: Move, today: Sequence[str], candidate: Sequence[str]) -> None:
    """Count a post under all that either set holds against it, wherever the move itself comes from."""
    for name in {*today, *candidate}:
        counts[name].cite(move, name in today, name in candidate)
    if not today and not candidate:
        counts[NOTHING].cite(move, today=True, candidate=True)
