"""A server's response, read with tolerance: what is not needed may be missing or odd. Pure."""

import re
from typing import Any

import msgspec
from msgspec import Raw, Struct

from stream.adapters.openai.fault import Fault, Reason, reason_of
from stream.core.judgement import Usage

_FENCED = re.compile(r"\s*```[a-z]*\s*\n(.*?)\n?\s*```\s*", re.DOTALL)
_MOST = 2**31 - 1


class _Message(Struct):
    content: Any = None
    reasoning_content: Any = None
    reasoning: Any = None
    refusal: Any = None


class _Choice(Struct):
    message: _Message
    finish_reason: str | None = None
    logprobs: Raw = Raw(b"null")


class _Details(Struct):
    cached_tokens: int | None = 0


class _Usage(Struct):
    prompt_tokens: int | None = 0
    completion_tokens: int | None = 0
    prompt_tokens_details: _Details | None = None


class _Completion(Struct):
    choices: tuple[_Choice, ...] = ()
    model: str | None = None
    usage: _Usage | None = None
    error: Any = None


class Reply(Struct, frozen=True):
    """What came back. `ended`: by the model itself, not by length."""

    text: str
    reasoning: str
    ended: bool
    model: str
    usage: Usage
    log_probabilities: bytes

    @property
    def complete(self) -> bool:
        """Whether there is an answer that was not cut off."""
        return self.ended and bool(self.text)


_decode = msgspec.json.Decoder(_Completion).decode


def reply_of(content: bytes) -> Reply:
    """Read the body of a response with status 200.

    Raises:
        Fault: it is no chat completion, an error in the clothes of one, or a refusal.
    """
    try:
        completion = _decode(content)
    except msgspec.ValidationError as error:
        raise Fault(Reason.NO_COMPLETION, "JSON that is no chat completion") from error
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise Fault(Reason.UNREADABLE, "a body that is no JSON") from error
    if completion.error:
        raise Fault(_reason_within(completion.error), "status 200 with an error inside")
    if not completion.choices:
        raise Fault(Reason.NO_COMPLETION, "a completion without choices")
    choice = completion.choices[0]
    message = choice.message
    if message.refusal or choice.finish_reason == "content_filter":
        raise Fault(Reason.REFUSAL, "the model, or a filter, would not answer")
    return Reply(
        text=unfenced(_text(message.content)),
        reasoning=_text(message.reasoning_content) or _text(message.reasoning),
        ended=choice.finish_reason in ("stop", None),
        model=completion.model or "",
        usage=_usage(completion.usage),
        log_probabilities=bytes(choice.logprobs),
    )


def unfenced(text: str) -> str:
    """A text without the code fence around all of it, which models like to put around JSON."""
    fenced = _FENCED.fullmatch(text)
    return fenced[1] if fenced else text


def _text(value: Any) -> str:  # noqa: ANN401 - whatever the server wrote
    return value if isinstance(value, str) else ""


def _usage(usage: _Usage | None) -> Usage:
    if usage is None:
        return Usage()
    cached = usage.prompt_tokens_details.cached_tokens if usage.prompt_tokens_details else 0
    return Usage(*(_count(n) for n in (usage.prompt_tokens, cached, usage.completion_tokens)))


def _count(number: int | None) -> int:
    return min(max(number or 0, 0), _MOST)


def _reason_within(error: Any) -> Reason:  # noqa: ANN401 - whatever the server wrote
    code = error.get("code") if isinstance(error, dict) else None
    known = isinstance(code, int) and 400 <= code < 600
    return reason_of(code) if known and isinstance(code, int) else Reason.SERVER_ERROR
