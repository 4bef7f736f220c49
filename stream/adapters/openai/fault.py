"""What can go wrong between a question and a server's answer, and what follows from each. Pure.

    reason           what was seen                                     follows
    timeout          no whole answer in time                           laid aside at once; fewer at a time
    connection       refused, reset, cut off, not resolved             tried again
    rate_limited     429                                               tried again, later; fewer at a time
    overloaded       503, 529                                          the same
    server_error     any other 5xx, 408, 409, 425; an error within 200 tried again
    unreadable       HTML, half a JSON, more than 8 MiB                tried again
    no_completion    JSON, but no chat completion                      tried again
    key_refused      401, 402, 403, 407                                a rest at once; the log says so
    not_found        404, 410, 3xx: a wrong address or model           the same
    request_refused  any other 4xx: this question, not the server      people
    refusal          the model, or a filter, would not answer          people

Tried again in vain, a question goes to people where the server answers a greeting, and is laid aside where it
does not. What the server said of it is kept out of every text: it may quote the post.
"""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum
from http import HTTPStatus


class Reason(StrEnum):
    """Why there is no answer."""

    TIMEOUT = "timeout"
    CONNECTION = "connection"
    RATE_LIMITED = "rate_limited"
    OVERLOADED = "overloaded"
    SERVER_ERROR = "server_error"
    UNREADABLE = "unreadable"
    NO_COMPLETION = "no_completion"
    KEY_REFUSED = "key_refused"
    NOT_FOUND = "not_found"
    REQUEST_REFUSED = "request_refused"
    REFUSAL = "refusal"

    @property
    def means_too_many(self) -> bool:
        """Whether the server might manage with fewer requests at once."""
        return self in (Reason.TIMEOUT, Reason.RATE_LIMITED, Reason.OVERLOADED)

    @property
    def needs_mending(self) -> bool:
        """Whether only an operator can mend it."""
        return self in (Reason.KEY_REFUSED, Reason.NOT_FOUND)

    @property
    def is_for_people(self) -> bool:
        """Whether it concerns one question, whose server is well."""
        return self in (Reason.REQUEST_REFUSED, Reason.REFUSAL)

    @property
    def may_be_the_questions_own(self) -> bool:
        """Whether one question can cause it while the server answers all others: by crashing it, for one."""
        return self in (Reason.SERVER_ERROR, Reason.CONNECTION, Reason.UNREADABLE, Reason.NO_COMPLETION)

    @property
    def may_pass_soon(self) -> bool:
        """Whether the same request may be answered in a moment."""
        return not (self is Reason.TIMEOUT or self.needs_mending or self.is_for_people)


class Fault(Exception):
    """No answer. `retry_after`: seconds that the server asked to be left alone for."""

    def __init__(
        self, reason: Reason, seen: str, *, retry_after: float | None = None, said: str = ""
    ) -> None:
        """Keep what was seen; `said`, the server's own words, is for a start's error alone."""
        super().__init__(seen)
        self.reason = reason
        self.retry_after = retry_after
        self.said = said


_KEY = (401, 402, 403, 407)
_GONE = (404, 410)
_PASSING = (408, 409, 425)


def reason_of(status: int) -> Reason:
    """What an HTTP status other than 200 means."""
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return Reason.RATE_LIMITED
    if status in (503, 529):
        return Reason.OVERLOADED
    if status in _KEY:
        return Reason.KEY_REFUSED
    if status in _GONE or 300 <= status < 400:
        return Reason.NOT_FOUND
    if 400 <= status < 500 and status not in _PASSING:
        return Reason.REQUEST_REFUSED
    return Reason.SERVER_ERROR


def seconds_of(retry_after: str | None, now: float) -> float | None:
    """Read a `Retry-After` header: seconds, or an HTTP date; None where there is none to be read.

    Args:
        retry_after: the header's value.
        now: seconds since 1970.
    """
    text = (retry_after or "").strip()
    if text.replace(".", "", 1).isascii() and text.replace(".", "", 1).isdigit():
        return float(text)
    try:
        at = parsedate_to_datetime(text)
    except (TypeError, ValueError, OverflowError):
        return None
    if at.tzinfo is None:
        at = at.replace(tzinfo=UTC)
    return max(0.0, (at - datetime.fromtimestamp(now, UTC)).total_seconds())
