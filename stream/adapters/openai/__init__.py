"""A server of OpenAI's chat completions as engine: vLLM's, Ollama, LM Studio, Triton's, a hosted API.

Nothing here retries behind our back: the client is plain httpx, and what follows from each kind of failure is
written in `fault`.
"""

from stream.adapters.openai.engine import OpenAiEngine
from stream.adapters.openai.options import OpenAiOptions
from stream.adapters.openai.stats import ServerStats
from stream.adapters.vllm.options import ReasoningTokens

__all__ = ["OpenAiEngine", "OpenAiOptions", "ReasoningTokens", "ServerStats"]
