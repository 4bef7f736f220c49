"""Where settings come from: a TOML file and the environment, as entries that remember their origin."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct

from stream.config.keys import Key, leaves
from stream.core.toml_text import line_of

PREFIX = "SLUICE_"
COMMON_BOOTSTRAP = "KAFKA_BOOTSTRAP_SERVERS"
"""The variable that other Kafka tools read too; ours goes before it."""

_LINE = re.compile(r"\s*\(at (?:line (\d+), column \d+|end of document)\)")


class Problem(Struct, frozen=True):
    """One thing that is wrong: where it was said, what and how to mend it, and whose value it spoils."""

    where: str
    what: str
    key: Key | None = None

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


class Entry(Struct, frozen=True):
    """One value as it was given.

    `text`: it comes from a place that knows only text. `folder`: where a relative path in it begins.
    """

    key: Key
    value: Any
    origin: str
    text: bool = False
    folder: Path = Path()


def of_file(path: Path) -> tuple[list[Entry], list[Problem]]:
    """The entries of a TOML file."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        return [], [Problem(str(path), f"cannot be read: {error.strerror or error}")]
    except UnicodeDecodeError:
        return [], [Problem(str(path), "is not UTF-8 text")]
    try:
        tree = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = _LINE.search(str(error))
        line = f", line {found[1]}" if found and found[1] else ""
        return [], [Problem(f"{path}{line}", f"is not TOML: {_LINE.sub('', str(error))}")]
    return [
        Entry(key, value, f"{path}, line {line_of(text, key)}", folder=path.parent)
        for key, value in _flat(tree, ())
    ], []


def of_environment(environ: Mapping[str, str]) -> tuple[list[Entry], list[Problem]]:
    """The entries of `SLUICE_<SECTION>__<KEY>` variables. Others of our prefix are not settings."""
    entries = []
    if common := environ.get(COMMON_BOOTSTRAP):
        entries.append(Entry(("kafka", "bootstrap_servers"), common, COMMON_BOOTSTRAP, text=True))
    problems = []
    for name in sorted(environ):
        if not name.startswith(PREFIX):
            continue
        if "__" in name:
            key = tuple(name.removeprefix(PREFIX).lower().split("__"))
            entries.append(Entry(key, environ[name], name, text=True))
        elif (meant := _with_one_underscore().get(name)) and not environ[name].startswith("tcp://"):
            # Kubernetes itself sets SLUICE_METRICS_PORT=tcp://… beside a Service called sluice-metrics.
            problems.append(Problem(name, f"sections are parted by two underscores: write {meant}"))
    return entries, problems


def variable_of(key: Key) -> str:
    """The environment variable that sets a key."""
    return PREFIX + "__".join(key).upper()


def _with_one_underscore() -> dict[str, str]:
    return {PREFIX + "_".join(key).upper(): variable_of(key) for key in leaves()}


def _flat(tree: dict[str, Any], path: Key) -> Iterator[tuple[Key, Any]]:
    for name, value in tree.items():
        if isinstance(value, dict) and value:
            yield from _flat(value, (*path, name))
        else:
            yield (*path, name), value
