"""What an operator may set about a model server, checked when it is read."""

from ipaddress import ip_address
from typing import Annotated, Literal
from urllib.parse import urlsplit

from msgspec import Meta, Struct

from stream.adapters.vllm.options import ReasoningTokens, Tokens
from stream.core.fields import as_name
from stream.core.secret import Secret
from stream.core.terms import Effort

Structured = Literal["auto", "json_schema", "json_object", "none"]


class OpenAiOptions(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Settings of one server. The defaults suit gpt-oss-safeguard-20b behind vLLM's own server."""

    base_url: Annotated[
        str,
        Meta(
            pattern=r"^(https?://[^\s/@]+(/[^\s?#]*)?)?$",
            description="where it answers, with its version, e.g. http://127.0.0.1:8000/v1",
        ),
    ] = ""
    model: Annotated[str, Meta(description="the model, as the server calls it")] = ""
    api_key: Annotated[Secret | None, Meta(description="sent as a bearer token; unset: none")] = None
    name: Annotated[str, Meta(description="how verdicts name the model; empty: as the server does")] = ""
    local: Annotated[
        bool | None,
        Meta(
            description="whether it is the operator's own, so that restricted content may be sent there; "
            "unset: only where its address is this machine's"
        ),
    ] = None
    structured: Annotated[
        Structured,
        Meta(description="how its answers are held to a form; auto: the strictest that it takes at start"),
    ] = "auto"
    effort: Annotated[
        Literal["reasoning_effort", "chat_template_kwargs", "none"],
        Meta(description="where a request names the effort"),
    ] = "reasoning_effort"
    output_limit: Annotated[
        Literal["max_tokens", "max_completion_tokens"],
        Meta(description="where a request bounds the answer"),
    ] = "max_tokens"
    answer_tokens: Annotated[Tokens, Meta(description="of the final JSON, at most")] = 1_024
    reasoning_tokens: ReasoningTokens = ReasoningTokens()
    log_probabilities: Annotated[
        bool, Meta(description="whether to ask for the label's probability; costs bandwidth, off by default")
    ] = False
    timeout_s: Annotated[
        float, Meta(ge=0.1, le=3_600, description="seconds for one answer; beyond, the server counts as away")
    ] = 90.0
    max_concurrency: Annotated[
        int, Meta(ge=1, le=4_096, description="requests at once, at most; fewer where the server refuses")
    ] = 64
    tries: Annotated[int, Meta(ge=1, le=100, description="of one question before it is laid aside")] = 3
    breaker_failures: Annotated[
        int, Meta(ge=1, le=1_000, description="failures in a row after which nothing is asked for a while")
    ] = 8

    def output_tokens(self, effort: Effort, results: int = 1) -> int:
        """The most tokens of an answer of so many results at this effort, its reasoning included."""
        return self.reasoning_tokens.at(effort) + self.answer_tokens * results

    @property
    def model_name(self) -> str:
        """How verdicts name the model."""
        return as_name(self.name or self.model) or "server"

    @property
    def is_local(self) -> bool:
        """Whether what is sent there stays on the operator's own machines."""
        return _is_this_machine(self.base_url) if self.local is None else self.local


def _is_this_machine(url: str) -> bool:
    try:
        host = urlsplit(url).hostname or ""
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
