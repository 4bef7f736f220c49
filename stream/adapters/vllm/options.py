"""What an operator may set about the in-process engine, checked when it is read."""

from pathlib import Path
from typing import Annotated, Literal

from msgspec import Meta, Struct

from stream.core.errors import Misconfigured
from stream.core.fields import as_name
from stream.core.terms import Effort

FRAME_TOKENS = 16
"""What Harmony's own marks around reasoning and answer take of an output."""
LEAST_PROMPT_TOKENS = 1_024
"""Room that must be left for a policy and a post; a shorter window could answer nothing."""

Tokens = Annotated[int, Meta(ge=1, le=131_072)]


class ReasoningTokens(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The most tokens that the model may reason for, by effort; the grammar ends its reasoning there."""

    low: Tokens = 512
    medium: Tokens = 2_048
    high: Tokens = 8_192

    def at(self, effort: Effort) -> int:
        """Return the budget of one effort, in tokens."""
        return {Effort.LOW: self.low, Effort.MEDIUM: self.medium, Effort.HIGH: self.high}[effort]


class VllmOptions(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Settings of the in-process engine. The defaults suit gpt-oss-safeguard-20b on one GPU of 24 GB or more.

    Raises:
        Misconfigured: the context window cannot hold a policy, a post and the longest answer.
    """

    model: Annotated[str, Meta(min_length=1)] = "openai/gpt-oss-safeguard-20b"
    """A folder, or an id on the Hugging Face hub. Its architecture must be gpt_oss."""
    revision: str | None = None
    """The model's commit on the hub; pin it in production."""
    name: str | None = None
    """How verdicts name the model; by default the folder's name or the hub id, in lower case."""
    max_num_seqs: Annotated[int, Meta(ge=1, le=4_096)] = 64
    """Questions that run at once in the engine; the judge's window should be about as large."""
    max_model_len: Tokens = 32_768
    """Prompt and output together, in tokens."""
    answer_tokens: Tokens = 1_024
    """The most tokens of the final JSON under one policy; a longer answer is cut off, and incomplete."""
    reasoning_tokens: ReasoningTokens = ReasoningTokens()
    dtype: Literal["auto", "bfloat16", "float16", "float32"] = "auto"
    load_format: Literal["auto", "safetensors", "dummy"] = "auto"
    """`dummy` fills the weights at random: for tests."""
    block_size: Annotated[int, Meta(ge=1, le=256)] = 16
    """Tokens of one block of the prefix cache. The CPU build's own default of 128 caches almost nothing."""
    gpu_memory_utilization: Annotated[float, Meta(gt=0, le=1)] = 0.9
    """Share of the GPU's memory for weights and cache; on CPU, of the machine's, and it must be free."""
    kv_cache_memory_bytes: Annotated[int, Meta(ge=1)] | None = None
    """Bytes of the key-value cache, instead of the share above; advisable on CPU."""
    tensor_parallel_size: Annotated[int, Meta(ge=1, le=64)] = 1
    """GPUs that one model is spread over."""
    enforce_eager: bool = False
    """Start faster and run slower: no compilation, no CUDA graphs."""
    restarts: Annotated[int, Meta(ge=1, le=100)] = 5
    """Failed restarts in a row after which the process gives up."""

    def __post_init__(self) -> None:
        """Refuse a window in which the longest answer leaves no room for a question."""
        needed = LEAST_PROMPT_TOKENS + self.output_tokens(Effort.HIGH)
        if self.max_model_len < needed:
            raise Misconfigured(
                f"judge.vllm.max_model_len is {self.max_model_len}, but the longest answer and a short"
                f" prompt take {needed} tokens: raise it, or lower judge.vllm.reasoning_tokens.high or"
                " judge.vllm.answer_tokens."
            )

    def output_tokens(self, effort: Effort, policies: int = 1) -> int:
        """Return the most tokens of an answer about so many policies at this effort, with Harmony's frame."""
        return self.reasoning_tokens.at(effort) + policies * self.answer_tokens + FRAME_TOKENS

    @property
    def model_name(self) -> str:
        """How verdicts name the model: lower-case letters, digits and `._/-`, at most 128 characters."""
        shown = self.name or (Path(self.model).name if Path(self.model).is_dir() else self.model)
        return as_name(shown) or "vllm"
