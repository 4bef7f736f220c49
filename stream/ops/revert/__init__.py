"""Undoing what one policy set did: which decisions still stand, and what the gate is told of each. Pure."""

from stream.ops.revert.orders import SOURCE, orders, outgoing, summary
from stream.ops.revert.standing import Found, Narrowed, Overtaken, narrowed, still_standing
from stream.ops.revert.wanted import Action, Wanted, Way

__all__ = [
    "SOURCE",
    "Action",
    "Found",
    "Narrowed",
    "Overtaken",
    "Wanted",
    "Way",
    "narrowed",
    "orders",
    "outgoing",
    "still_standing",
    "summary",
]
