"""`sluice version`."""

import platform
from importlib.metadata import version as version_of

from stream.cli.output import Json, say, tell

_PARTS = ("sluice", "confluent-kafka", "msgspec")


def version(json: Json = False) -> None:
    """Print the versions of Sluice and of what it stands on."""
    versions = {name: version_of(name) for name in _PARTS} | {"python": platform.python_version()}
    if json:
        tell(versions)
        return
    for name, number in versions.items():
        say(f"{name:<16}", number)
