"""A consumer group: its members, generations, shares, and committed positions."""

from collections.abc import Mapping
from typing import Literal

from msgspec import Struct, field

from stream.adapters.memory.log import Fate, Ticket
from stream.adapters.memory.strategies import Shares, by_range, sticking
from stream.ports import Partition, Position

Strategy = Literal["range", "cooperative-sticky"]


class MemoryMembership(Struct, frozen=True):
    """One member in one generation."""

    group: str
    member: str
    generation: int


class Member(Struct, eq=False):
    """One consumer's place in the group.

    `share` is what the group gave it, `held` what it has been told of and not given back yet.
    """

    id: str
    instance: str | None
    topics: tuple[str, ...]
    share: set[Partition] = field(default_factory=set)
    held: set[Partition] = field(default_factory=set)
    generation: int = -1
    joined: bool = False
    fenced: bool = False
    expired: bool = False


class Group:
    """Rebalances wait until every member has joined again, as the real coordinator does."""

    def __init__(self, name: str, strategy: Strategy) -> None:
        self.name = name
        self.strategy = strategy
        self.generation = 0
        self.preparing = False
        self.members: dict[str, Member] = {}
        self.positions: dict[Partition, Position] = {}
        self._pending: dict[Ticket, dict[Partition, Position]] = {}
        self._joins = 0

    def join(self, instance: str | None, topics: tuple[str, ...]) -> Member:
        """A consumer subscribes: a static one takes over its predecessor's place without a rebalance."""
        self._joins += 1
        member = Member(f"{self.name}-{self._joins}", instance, topics)
        before = self._static(instance)
        if before is None:
            self.members[member.id] = member
            self.rebalance()
            return member
        del self.members[before.id]
        before.fenced = True
        self.members[member.id] = member
        member.share, member.generation, member.joined = before.share, before.generation, not self.preparing
        return member

    def _static(self, instance: str | None) -> Member | None:
        if instance is None:
            return None
        return next((member for member in self.members.values() if member.instance == instance), None)

    def leave(self, member: Member) -> None:
        """A member goes, of its own will or for silence; the others share what it had."""
        if self.members.pop(member.id, None) is not None:
            self.rebalance()

    def rebalance(self) -> None:
        """Ask every member to join again."""
        self.preparing = bool(self.members)
        for member in self.members.values():
            member.joined = False

    def rejoin(self, member: Member, topics: Mapping[str, int]) -> None:
        """A member has given up what it must; when all have, the next generation begins."""
        member.joined = True
        if all(each.joined for each in self.members.values()):
            self._begin(topics)

    def _begin(self, topics: Mapping[str, int]) -> None:
        self.generation += 1
        self.preparing = False
        shares = self._shares(topics)
        for member in self.members.values():
            member.generation = self.generation
            others = set().union(*(each.held for each in self.members.values() if each is not member))
            member.share = shares[member.id] - (others if self.strategy == "cooperative-sticky" else set())

    def _shares(self, topics: Mapping[str, int]) -> Shares:
        if self.strategy == "range":
            return by_range(sorted(self.members), topics)
        return sticking(sorted(self.members), topics, {each.id: each.held for each in self.members.values()})

    def admits(self, token: MemoryMembership) -> bool:
        """Whether a commit under this token is taken: a member of the current generation, or nobody's.

        The broker does not check whether the partition is that member's, nor a client that never joined.
        """
        if not token.member and token.generation < 0:
            return True
        return token.member in self.members and token.generation == self.generation

    def commit(self, positions: Mapping[Partition, Position]) -> None:
        """Take positions at once."""
        self.positions.update(positions)

    def hold(self, ticket: Ticket, positions: Mapping[Partition, Position]) -> None:
        """Keep positions until their transaction is settled."""
        self._pending.setdefault(ticket, {}).update(positions)

    def settle(self, ticket: Ticket) -> None:
        """A transaction ended: its positions count, or are forgotten."""
        positions = self._pending.pop(ticket, {})
        if ticket.fate is Fate.COMMITTED:
            self.positions.update(positions)

    def unstable(self, partition: Partition) -> bool:
        """Whether an open transaction holds a position of this partition."""
        return any(partition in positions for positions in self._pending.values())
