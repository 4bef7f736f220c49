"""`--from` and `--to`: moments as people write them."""

from datetime import UTC, datetime

import typer


def moment(text: str) -> int:
    """Milliseconds since 1970 of an ISO 8601 time; UTC where it names no zone.

    Raises:
        BadParameter: it is none.
    """
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(f"{text!r} is no time: write 2026-11-03T08:00Z") from error
    return round((found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp() * 1_000)


def check_order(begin: int, end: int) -> None:
    """Refuse a window that has nothing in it. Raises `typer.BadParameter`."""
    if begin >= end:
        raise typer.BadParameter("--from must lie before --to")
