"""What commands read in `control`, and what they write there."""

import typer

from stream.adapters.kafka.publish import publish_all
from stream.cli.context import connection_of, now_ms, scan_of, settings_of
from stream.core.control import ControlEvent, key_of
from stream.core.control.state import ControlState
from stream.core.topics import Topic
from stream.core.wire import encode, headers_of, read_control
from stream.ops.control import state_of
from stream.ports import Outgoing


def told(ctx: typer.Context) -> ControlState:
    """What operators have told so far.

    Raises:
        Unavailable: the broker does not answer.
        Misconfigured: the topic is not there, or not for this client.
    """
    with scan_of(ctx) as scan:
        return state_of(scan.read(scan.partitions(settings_of(ctx).topics.names.of(Topic.CONTROL))))


def tell_fleet(ctx: typer.Context, event: ControlEvent) -> None:
    """Write an event and wait until the brokers have it.

    Raises:
        Unreadable: it breaks a bound of the contract; nothing is sent.
        Unavailable: the brokers did not say that they have it.
    """
    value = encode(event)
    read_control(value)
    headers = headers_of(event, "/sluice/cli", f"{event.by}.{key_of(event)}.{event.at}")
    _write(ctx, Outgoing(_topic(ctx), key_of(event).encode(), value, headers))


def withdraw(ctx: typer.Context, key: str, by: str) -> None:
    """Take back what stands under a key, and wait until the brokers have it. Raises as `tell_fleet`."""
    headers = (("ce_source", b"/sluice/cli"), ("ce_id", f"{by}.{key}.{now_ms()}".encode()))
    _write(ctx, Outgoing(_topic(ctx), key.encode(), None, headers))


def _topic(ctx: typer.Context) -> str:
    return settings_of(ctx).topics.names.of(Topic.CONTROL)


def _write(ctx: typer.Context, record: Outgoing) -> None:
    publish_all(connection_of(ctx), [record])
