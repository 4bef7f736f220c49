"""One set beside another: what is routed, granted, asked for, and by when. Pure."""

from collections.abc import Iterator, Mapping

from msgspec import Struct, to_builtins

from stream.core.policy.policy_set import Route
from stream.core.policy.set_tables import SetText
from stream.ops.policies.diff.policies import Change, said

_LISTS = ("routes",)


class SetDiff(Struct, frozen=True):
    """What changed from one set to another.

    Attributes:
        before, after: the sets' names, or None where there is no such set on that side.
        values: every other value, by its key in the file; what a file leaves out counts as its default.
        routes: what went (`before` alone) and what came (`after` alone), in order.
        reordered: whether routes that stayed changed places: the first that matches counts.
    """

    before: str | None
    after: str | None
    values: tuple[Change, ...] = ()
    routes: tuple[Change, ...] = ()
    reordered: bool = False

    def __bool__(self) -> bool:
        """Whether anything changed."""
        return bool(self.values or self.routes) or self.reordered or self.before != self.after


def set_diff(name: str, before: SetText | None, after: SetText | None) -> SetDiff:
    """Compare a set's two texts; where one of them is missing, say only that."""
    if before is None or after is None:
        return SetDiff(None if before is None else name, None if after is None else name)
    old, new = (dict(_leaves(to_builtins(one))) for one in (before, after))
    values = [
        Change(key, old.get(key), new.get(key))
        for key in dict.fromkeys([*new, *old])
        if old.get(key) != new.get(key)
    ]
    gone, come = ([_route(one) for one in side.routes] for side in (before, after))
    routes = [Change("route", one, None) for one in gone if one not in come]
    routes += [Change("route", None, one) for one in come if one not in gone]
    stayed = [one for one in gone if one in come] != [one for one in come if one in gone]
    return SetDiff(name, name, tuple(values), tuple(routes), stayed)


def _leaves(table: Mapping[str, object], path: tuple[str, ...] = ()) -> Iterator[tuple[str, str]]:
    for key, value in table.items():
        if isinstance(value, dict) and value:
            yield from _leaves(value, (*path, key))
        elif not (path == () and key in _LISTS) and value != {}:
            yield ".".join((*path, key)), said(value)


def _route(route: Route) -> str:
    """A route in one line, without what it leaves at its default."""
    default = Route(policies=route.policies)
    told = {
        name: getattr(route, name)
        for name in route.__struct_fields__
        if name == "policies" or getattr(route, name) != getattr(default, name)
    }
    return "; ".join(f"{name} = {said(value)}" for name, value in sorted(told.items(), key=_policies_last))


def _policies_last(item: tuple[str, object]) -> tuple[bool, str]:
    return item[0] == "policies", item[0]
