"""Who commands and why, as the record takes it: looked at before anything is done."""

from typing import Annotated

import typer

from stream.core.fields import MAX_NOTE, MAX_PSEUDONYM


def noted(text: str) -> str:
    """A reason or a ticket that an event can carry. Raises `typer.BadParameter` where none can."""
    return _carried(text, MAX_NOTE)


def pseudonym(name: str | None) -> str | None:
    """As `noted`, for who commands."""
    if name == "":
        raise typer.BadParameter("it is empty: name yourself, or leave the option out")
    return name if name is None else _carried(name, MAX_PSEUDONYM)


By = Annotated[
    str | None,
    typer.Option(callback=pseudonym, help="Your pseudonym.", show_default="staff.identity, else $USER"),
]


def _carried(text: str, most: int) -> str:
    if len(text) > most:
        raise typer.BadParameter(
            f"it has {len(text):,} characters, and the record takes {most:,}: say it shorter"
        )
    if any("\ud800" <= one <= "\udfff" for one in text):
        raise typer.BadParameter("it is no UTF-8 text: write it in UTF-8")
    return text
