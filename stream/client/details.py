"""What an app may say beyond the least; the bounds are those of the events in `stream.core.content`."""

from collections.abc import Sequence
from typing import TypedDict

from stream.core.content import AppealRole, Attachment, Signal, ThreadItem


class Context(TypedDict, total=False):
    """What an app may say of a post besides its text. Fields as in `stream.core.content.Posted`."""

    at: int
    surface: str
    author: str | None
    language: str | None
    jurisdiction: str | None
    thread: Sequence[ThreadItem]
    attachments: Sequence[Attachment]
    signals: Sequence[Signal]


class ReportDetails(TypedDict, total=False):
    """What a report may say besides who and why. Name the digest: then it is about that very text."""

    at: int
    digest: str | None
    statement: str
    jurisdiction: str | None


class AppealDetails(TypedDict, total=False):
    """What an appeal may say besides whose it is."""

    at: int
    role: AppealRole
    digest: str | None
    statement: str
    reference: str
