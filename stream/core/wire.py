"""Bytes and headers of the contract: JSON values, CloudEvents attributes in Kafka headers.

Binary mode of the CloudEvents Kafka protocol binding 1.0.2: attributes are headers named `ce_…`,
`content-type` is the value's own. https://cloudevents.io
"""

import re
from collections.abc import Callable
from typing import TypeVar

from msgspec import DecodeError, Struct, ValidationError
from msgspec.json import Decoder, Encoder

from stream.core.audit import CaseJudged, CaseRouted, CaseShadowed
from stream.core.case import Case, ReviewClosed, ReviewTask, RoutedCase
from stream.core.content import ContentEvent
from stream.core.control.events import ControlEvent
from stream.core.dead_letter import DeadLetter
from stream.core.errors import Unreadable
from stream.core.outcome import OutcomeEvent
from stream.core.topics import Topic
from stream.core.verdict import CaseClosed, Notice, OutcomeDropped, Verdict

Event = TypeVar("Event")
AuditEvent = CaseRouted | CaseJudged | CaseShadowed | CaseClosed | OutcomeDropped
Headers = tuple[tuple[str, bytes], ...]

encode = Encoder().encode
"""Any event of the contract as JSON bytes."""

_content: Callable[[bytes], ContentEvent] = Decoder(ContentEvent).decode
_outcome: Callable[[bytes], OutcomeEvent] = Decoder(OutcomeEvent).decode
_case: Callable[[bytes], Case] = Decoder(Case).decode
_routed: Callable[[bytes], RoutedCase] = Decoder(RoutedCase).decode
_verdict: Callable[[bytes], Verdict] = Decoder(Verdict).decode
_review: Callable[[bytes], ReviewTask | ReviewClosed] = Decoder(ReviewTask | ReviewClosed).decode
_audit: Callable[[bytes], AuditEvent] = Decoder(AuditEvent).decode
_control: Callable[[bytes], ControlEvent] = Decoder(ControlEvent).decode
_dead_letter: Callable[[bytes], DeadLetter] = Decoder(DeadLetter).decode

TOPIC_OF: dict[type, Topic] = {
    Verdict: Topic.VERDICTS,
    Case: Topic.CASES_TRIAGE,
    ReviewTask: Topic.CASES_REVIEW,
    ReviewClosed: Topic.CASES_REVIEW,
    Notice: Topic.NOTICES,
    CaseClosed: Topic.AUDIT,
    OutcomeDropped: Topic.AUDIT,
}
"""Where each record that the lifecycle puts out belongs; `topic_of` knows the exception."""


def topic_of(event: Struct) -> Topic:
    """Where a record of the lifecycle belongs: what people are asked of restricted content is for few."""
    if isinstance(event, ReviewTask | ReviewClosed) and event.restricted:
        return Topic.CASES_REVIEW_RESTRICTED
    return TOPIC_OF[type(event)]


def read_content(value: bytes | None) -> ContentEvent:
    """Decode a record of `content`.

    Raises:
        Unreadable: not JSON, not a known type, or beyond a bound of the contract.
    """
    return _read(_content, value)


def read_outcome(value: bytes | None) -> OutcomeEvent:
    """Decode a record of `outcomes`. Raises `Unreadable` as `read_content` does."""
    return _read(_outcome, value)


def read_case(value: bytes | None) -> Case:
    """Decode a record of `cases.triage`. Raises `Unreadable` as `read_content` does."""
    return _read(_case, value)


def read_routed(value: bytes | None) -> RoutedCase:
    """Decode a record of `cases.judge` or a faster lane. Raises `Unreadable` as `read_content` does."""
    return _read(_routed, value)


def read_verdict(value: bytes | None) -> Verdict:
    """Decode a record of `verdicts`. Raises `Unreadable` as `read_content` does."""
    return _read(_verdict, value)


def read_review(value: bytes | None) -> ReviewTask | ReviewClosed:
    """Decode a record of `cases.review` or the restricted one. Raises `Unreadable` as `read_content` does."""
    return _read(_review, value)


def read_audit(value: bytes | None) -> AuditEvent:
    """Decode a record of `audit`. Raises `Unreadable` as `read_content` does."""
    return _read(_audit, value)


def read_control(value: bytes | None) -> ControlEvent:
    """Decode a record of `control`. Raises `Unreadable` as `read_content` does."""
    return _read(_control, value)


def read_dead_letter(value: bytes | None) -> DeadLetter:
    """Decode a record of `dead-letters`. Raises `Unreadable` as `read_content` does."""
    return _read(_dead_letter, value)


def headers_of(event: Struct, source: str, event_id: str) -> Headers:
    """The CloudEvents attributes of an event.

    Args:
        event: any tagged event of the contract; its tag becomes `sluice.<tag>`.
        source: a URI reference of the writer, for example `/sluice/gate`.
        event_id: unique for this source; a repeated delivery keeps it.
    """
    fixed = _FIXED.get((type(event), source))
    if fixed is None:
        tag = type(event).__struct_config__.tag
        fixed = _FIXED[type(event), source] = (
            ("ce_specversion", b"1.0"),
            ("ce_type", f"sluice.{tag}".encode()),
            ("ce_source", source.encode()),
            ("content-type", b"application/json"),
        )
    return (*fixed, ("ce_id", event_id.encode()))


_FIXED: dict[tuple[type, str], Headers] = {}


_QUOTED = re.compile(r"^(Invalid (?:enum )?value) .* - at ", re.DOTALL)


def _without_values(message: str) -> str:
    """Errors travel to logs and terminals: they may name a field, never what somebody wrote into it."""
    return _QUOTED.sub(r"\1 - at ", message)


def _read(decode: Callable[[bytes], Event], value: bytes | None) -> Event:
    if value is None:
        raise Unreadable(
            "The record has no value; deletions of content are events of type content.deleted.v1."
        )
    try:
        return decode(value)
    except (DecodeError, ValidationError, UnicodeDecodeError, RecursionError) as error:
        raise Unreadable(_without_values(str(error))[:500]) from error
