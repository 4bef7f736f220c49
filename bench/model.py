"""What the judge's bench and its offline rival have in common: the model, its limits, the questions.

Runs under .venv-vllm. The model is the tests' own: random weights, small layers, gpt-oss's whole vocabulary.
"""

import tempfile
from collections.abc import Iterable
from pathlib import Path

from bench.load import Pair
from stream.adapters.policies import PolicyFolder, find_folder
from stream.adapters.vllm import ReasoningTokens, VllmOptions
from stream.core.cascade import prompts
from stream.core.judgement import Question
from stream.core.policy.policy_set import Prompting
from stream.core.wire import read_routed
from tests.vllm.tiny_gpt_oss import build

FOLDER = Path(tempfile.gettempdir()) / "sluice-bench-tiny-gpt-oss"


def model_folder() -> Path:
    """The model's folder, made where it is missing."""
    return FOLDER if (FOLDER / "model.safetensors").exists() else build(FOLDER)


def options(folder: Path, at_once: int) -> VllmOptions:
    """The engine's settings: the same for both sides, the window as large as the engine's."""
    return VllmOptions(
        model=str(folder),
        max_num_seqs=at_once,
        max_model_len=8_192,
        reasoning_tokens=ReasoningTokens(low=32, medium=32, high=32),
        enforce_eager=True,
        kv_cache_memory_bytes=512 << 20,
    )


def questions(cases: Iterable[Pair], prompting: Prompting) -> list[Question]:
    """What the judge asks about these cases: by policy, or about all policies of each at once."""
    folder = PolicyFolder(find_folder(Path("policies")))
    routed = [read_routed(value) for _, value in cases]
    policies = {name: folder.policy(name) for case in routed[:1] for name in case.policies}
    return [
        Question(
            id=f"{case.id}:{group[0].id}",
            policies=group,
            text=case.content.text,
            thread=case.content.thread,
            language=case.content.language,
            effort=case.effort,
        )
        for case in routed
        for group in prompts(policies.values(), prompting)
    ]
