"""Settings, read once and judged as a whole: file, then environment, then the rules between them."""

import os
from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

from stream.config.keys import Key, dotted
from stream.config.reading import Value, read, settings_of
from stream.config.rules import breaches
from stream.config.settings import Settings
from stream.config.sources import Entry, Problem, of_environment, of_file
from stream.core.errors import Misconfigured

VARIABLE = "SLUICE_CONFIG"
DEFAULT_FILE = Path("sluice.toml")


class Loaded(Struct, frozen=True):
    """The settings, and for each key its value and where it came from. `file`: the one that was read."""

    settings: Settings
    values: dict[Key, Value]
    file: Path | None


def load(file: Path | None = None, environ: Mapping[str, str] = os.environ) -> Loaded:
    """Read and check the settings.

    Args:
        file: the TOML file; without it `SLUICE_CONFIG`, else `sluice.toml` in the working folder if there.
        environ: variables `SLUICE_<SECTION>__<KEY>` go before the file.

    Raises:
        Misconfigured: something is wrong; the text lists everything that is, a line each.
    """
    found = file or _named(environ)
    entries: list[Entry] = []
    problems: list[Problem] = []
    if found is not None:
        entries, problems = of_file(found)
    more_entries, more_problems = of_environment(environ)
    values, wrong = read([*entries, *more_entries])
    problems += more_problems + wrong
    try:
        settings = settings_of(values)
    except Misconfigured as error:
        raise Misconfigured(_told([*problems, Problem("the values together", str(error))])) from None
    problems += _broken_rules(settings, values, problems)
    if problems:
        raise Misconfigured(_told(problems))
    return Loaded(settings, values, found)


def _named(environ: Mapping[str, str]) -> Path | None:
    if named := environ.get(VARIABLE):
        return Path(named)
    return DEFAULT_FILE if DEFAULT_FILE.exists() else None


def _broken_rules(settings: Settings, values: dict[Key, Value], so_far: list[Problem]) -> list[Problem]:
    """Rules between values that are themselves sound; a default in place of a bad value proves nothing."""
    spoilt = {problem.key for problem in so_far}
    return [
        Problem(values[breach.key].origin, f"`{dotted(breach.key)}`: {breach.what}")
        for breach in breaches(settings)
        if breach.key not in spoilt and breach.rests_on not in spoilt
    ]


def _told(problems: list[Problem]) -> str:
    count = f"{len(problems)} problems" if len(problems) > 1 else "A problem"
    return "\n  ".join([f"{count} in the settings:", *map(str, problems)])
