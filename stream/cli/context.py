"""What every command may ask of the line it was called by: the settings, the cluster, the clock."""

import getpass
import time
from pathlib import Path

import typer

from stream.adapters.kafka import Connection
from stream.adapters.kafka.scan import Scan
from stream.adapters.kafka.topics import TopicAdmin
from stream.config import Loaded, Settings, load

PATIENCE_SECONDS = 5.0
"""How long a person waits for a broker's answer."""


def loaded(ctx: typer.Context) -> Loaded:
    """The settings with their origins, read once a command.

    Raises:
        Misconfigured: they do not hold; lists every problem.
    """
    root = ctx.find_root()
    if not isinstance(root.obj, Loaded):
        file = root.params.get("config")
        root.obj = load(Path(file) if file else None)
    found: Loaded = root.obj
    return found


def settings_of(ctx: typer.Context) -> Settings:
    """The settings. Raises `Misconfigured` as `loaded` does."""
    return loaded(ctx).settings


def connection_of(ctx: typer.Context) -> Connection:
    """How this command reaches the cluster."""
    return settings_of(ctx).kafka.connection("sluice-cli")


def scan_of(ctx: typer.Context) -> Scan:
    """A reader of the cluster's topics; close it, or use it in a `with` block."""
    return Scan(connection_of(ctx), PATIENCE_SECONDS)


def topics_of(ctx: typer.Context) -> TopicAdmin:
    """Who looks at and makes this installation's topics."""
    return TopicAdmin(connection_of(ctx), settings_of(ctx).topics.names, PATIENCE_SECONDS)


def identity_of(ctx: typer.Context, by: str | None = None) -> str:
    """Who commands: the pseudonym given, else staff.identity, else the system's user name."""
    return by or settings_of(ctx).staff.identity or getpass.getuser()


def now_ms() -> int:
    """Milliseconds since 1970, by this machine's clock."""
    return time.time_ns() // 1_000_000
