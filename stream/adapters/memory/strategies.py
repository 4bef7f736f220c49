"""How a group's partitions are shared among its members. Pure."""

from collections.abc import Mapping, Sequence

from stream.ports import Partition

Shares = dict[str, set[Partition]]


def by_range(members: Sequence[str], topics: Mapping[str, int]) -> Shares:
    """Each topic's partitions in consecutive runs, so equal numbers of several topics stay together."""
    shares: Shares = {member: set() for member in members}
    for topic, count in topics.items():
        each, extra = divmod(count, len(members))
        number = 0
        for index, member in enumerate(sorted(members)):
            run = each + (index < extra)
            shares[member] |= {(topic, at) for at in range(number, number + run)}
            number += run
    return shares


def sticking(members: Sequence[str], topics: Mapping[str, int], held: Mapping[str, set[Partition]]) -> Shares:
    """Evenly, moving as few as possible from where they are."""
    every = sorted((topic, number) for topic, count in topics.items() for number in range(count))
    shares: Shares = {member: set(held.get(member, ())) & set(every) for member in members}
    taken: set[Partition] = set().union(*shares.values())
    for partition in every:
        if partition not in taken:
            _least(shares).add(partition)
    while len(most := max(shares.values(), key=len)) - len(least := _least(shares)) > 1:
        least.add(most.pop())
    return shares


def _least(shares: Shares) -> set[Partition]:
    return min(shares.values(), key=len)
