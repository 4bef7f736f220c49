"""Content as apps publish it: the events of the `content` topic, and the digest that names a text."""

from collections.abc import Iterable
from enum import StrEnum
from hashlib import sha256
from typing import Annotated

from msgspec import Meta, Struct

from stream.core.fields import (
    MAX_THREAD,
    ContentId,
    Digest,
    Jurisdiction,
    Language,
    Millis,
    Name,
    Note,
    Pseudonym,
    Statement,
    Text,
    ThreadText,
    Version,
)


class Attachment(Struct, frozen=True, gc=False, omit_defaults=True):
    """A file that belongs to the content: only its digest and kind travel here."""

    digest: Digest
    media_type: Annotated[str, Meta(max_length=127)]
    name: Annotated[str, Meta(max_length=255)] = ""


class Signal(Struct, frozen=True, omit_defaults=True):
    """A typed fact from outside the text: a media-hash match, an image's text, an address's reputation."""

    kind: Name
    source: Name
    value: Annotated[str, Meta(max_length=4_096)] | float | bool | None = None
    attachment: Digest | None = None


class ThreadItem(Struct, frozen=True, gc=False, omit_defaults=True):
    """One earlier message that the target answers. Context only: it is never what is judged."""

    text: ThreadText
    author: Pseudonym | None = None
    id: ContentId | None = None


class Posted(Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="type"):
    """The fields that a first publication and an edit share."""

    id: ContentId
    version: Version
    at: Millis
    text: Text
    surface: Name = "default"
    author: Pseudonym | None = None
    language: Language | None = None
    jurisdiction: Jurisdiction | None = None
    thread: Annotated[tuple[ThreadItem, ...], Meta(max_length=MAX_THREAD)] = ()
    attachments: Annotated[tuple[Attachment, ...], Meta(max_length=32)] = ()
    signals: Annotated[tuple[Signal, ...], Meta(max_length=64)] = ()

    @property
    def digest(self) -> str:
        """The digest that verdicts name for this text and its attachments."""
        return digest_of(self.text, (attachment.digest for attachment in self.attachments))

    @property
    def text_bytes(self) -> int:
        """The size of the text in UTF-8."""
        return len(self.text) if self.text.isascii() else len(self.text.encode())


class Published(Posted, frozen=True, kw_only=True, omit_defaults=True, tag="content.published.v1"):
    """Content that an app published, or published again (a repeat changes nothing)."""


class Edited(Posted, frozen=True, kw_only=True, omit_defaults=True, tag="content.edited.v1"):
    """A new version of content: held at once, whatever was decided about the one before."""


class Deleted(Struct, frozen=True, kw_only=True, gc=False, tag_field="type", tag="content.deleted.v1"):
    """Content that its author or the app took back. It closes everything about it."""

    id: ContentId
    version: Version
    at: Millis


class Reported(
    Struct,
    frozen=True,
    kw_only=True,
    gc=False,
    omit_defaults=True,
    tag_field="type",
    tag="content.reported.v1",
):
    """Somebody reports one version. Reporters are counted once each, by pseudonym."""

    id: ContentId
    version: Version
    at: Millis
    reporter: Pseudonym
    reason: Name
    digest: Digest | None = None
    statement: Statement = ""
    jurisdiction: Jurisdiction | None = None


class AppealRole(StrEnum):
    """Who appeals: the author against a restriction, or a reporter against its absence."""

    AUTHOR = "author"
    REPORTER = "reporter"


class Appealed(
    Struct,
    frozen=True,
    kw_only=True,
    gc=False,
    omit_defaults=True,
    tag_field="type",
    tag="content.appealed.v1",
):
    """An author or reporter asks a person to look at a decision again."""

    id: ContentId
    version: Version
    at: Millis
    appellant: Pseudonym
    role: AppealRole = AppealRole.AUTHOR
    digest: Digest | None = None
    statement: Statement = ""
    reference: Note = ""


ContentEvent = Published | Edited | Deleted | Reported | Appealed


def digest_of(text: str, attachments: Iterable[str] = ()) -> str:
    """Name a text and its attachments.

    0xFF never occurs in UTF-8, so no text can imitate another text with attachments.

    Args:
        text: the content's text, exactly as published (no normalisation).
        attachments: the attachments' own digests, in order.

    Returns:
        `sha256:` and 64 lower-case hexadecimal digits.
    """
    digest = sha256(text.encode())
    for attachment in attachments:
        digest.update(b"\xff" + attachment.encode())
    return "sha256:" + digest.hexdigest()
