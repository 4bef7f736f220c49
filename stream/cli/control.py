"""What commands read in `control`, and what they write there."""

from collections.abc import Callable, Sequence

import typer

from stream.adapters.kafka.publish import publish_all
from stream.adapters.kafka.replace import replace_together
from stream.cli.context import connection_of, now_ms, scan_of, settings_of
from stream.core.control import ControlEvent, key_of
from stream.core.control.history import History
from stream.core.control.state import ControlState
from stream.core.errors import ProducerFenced, ProducerLost, Unavailable
from stream.core.topics import Topic
from stream.core.wire import encode, headers_of, read_control
from stream.ops.control import Overtaken, history_of, state_of
from stream.ports import Outgoing, Record

PROMOTION = "promotion"
"""The transactional id of all who promote or withdraw a set, after the prefix."""

_MEANWHILE = (
    "somebody else promoted or withdrew a set at the same time, and nothing of yours was sent: look at "
    "`sluice policy history`, then try again"
)


def told(ctx: typer.Context) -> ControlState:
    """What operators have told so far.

    Raises:
        Unavailable: the broker does not answer.
        Misconfigured: the topic is not there, or not for this client.
    """
    return state_of(_records(ctx))


def promotions(ctx: typer.Context) -> History:
    """What was promoted so far, and what stands. Raises as `told` does."""
    return history_of(_records(ctx))


def tell_fleet(ctx: typer.Context, event: ControlEvent) -> None:
    """Write an event and wait until the brokers have it.

    Raises:
        Unreadable: it breaks a bound of the contract; nothing is sent.
        Unavailable: the brokers did not say that they have it.
    """
    publish_all(connection_of(ctx), [telling(ctx, event)])


def withdraw(ctx: typer.Context, key: str, by: str) -> None:
    """Take back what stands under a key, and wait until the brokers have it. Raises as `tell_fleet`."""
    publish_all(connection_of(ctx), [withdrawing(ctx, key, by)])


def replace_promotion(ctx: typer.Context, seen: History, records: Callable[[], Sequence[Outgoing]]) -> None:
    """Write the records of a promotion or a withdrawal: all or none of them, and only over what was seen.

    Args:
        ctx: of the command.
        seen: what a person was shown.
        records: what to write in its place.

    Raises:
        Overtaken: somebody else promoted or withdrew meanwhile; nothing is written.
        Unavailable: the broker does not answer, or did not say whether it has them.
        Misconfigured: as `told`.
    """

    def decided() -> Sequence[Outgoing]:
        if promotions(ctx) != seen:
            raise Overtaken(_MEANWHILE)
        return records()

    try:
        replace_together(connection_of(ctx), settings_of(ctx).topics.prefix + PROMOTION, decided)
    except ProducerFenced as error:
        raise Overtaken(_MEANWHILE) from error
    except ProducerLost as error:
        raise Unavailable(f"{error}. What is in force says `sluice policy history`") from error


def telling(ctx: typer.Context, event: ControlEvent) -> Outgoing:
    """The record of an event. Raises `Unreadable` where it breaks a bound of the contract."""
    value = encode(event)
    read_control(value)
    headers = headers_of(event, "/sluice/cli", f"{event.by}.{key_of(event)}.{event.at}")
    return Outgoing(_topic(ctx), key_of(event).encode(), value, headers)


def withdrawing(ctx: typer.Context, key: str, by: str) -> Outgoing:
    """The tombstone of a key."""
    headers = (("ce_source", b"/sluice/cli"), ("ce_id", f"{by}.{key}.{now_ms()}".encode()))
    return Outgoing(_topic(ctx), key.encode(), None, headers)


def _records(ctx: typer.Context) -> list[Record]:
    with scan_of(ctx) as scan:
        return list(scan.read(scan.partitions(_topic(ctx))))


def _topic(ctx: typer.Context) -> str:
    return settings_of(ctx).topics.names.of(Topic.CONTROL)
