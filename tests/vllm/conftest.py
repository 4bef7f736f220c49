"""One tiny model and one engine for the whole run: starting it takes most of the time."""

import gc
import importlib.util
import warnings
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from stream.adapters.vllm import ReasoningTokens, VllmEngine, VllmOptions
from stream.adapters.vllm.harmony import Harmony

# Without vLLM these files cannot even be imported; tests/conftest.py says what is missing.
if importlib.util.find_spec("vllm") is None:
    collect_ignore_glob = ["test_*.py"]

HERE = Path(__file__).parent
AT_ONCE = 8


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker("vllm")
            item.add_marker(pytest.mark.timeout(900))  # vLLM starts in 20 s, on busy cores in 160
            item.add_marker(pytest.mark.filterwarnings("default"))  # vLLM's and torch's own are many


@pytest.fixture(scope="session")
def harmony() -> Harmony:
    return Harmony()


@pytest.fixture(scope="session")
def model_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from tests.vllm.tiny_gpt_oss import build

    return build(tmp_path_factory.mktemp("models") / "tiny-gpt-oss")


@pytest.fixture(scope="session")
def options(model_folder: Path) -> VllmOptions:
    return VllmOptions(
        model=str(model_folder),
        max_num_seqs=AT_ONCE,
        max_model_len=4_096,
        reasoning_tokens=ReasoningTokens(low=16, medium=48, high=144),
        enforce_eager=True,
        kv_cache_memory_bytes=64 << 20,
    )


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def engine(options: VllmOptions) -> AsyncIterator[VllmEngine]:
    engine = VllmEngine(options)
    await engine.start()
    yield engine
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # vLLM leaves its ZeroMQ context to the collector
        await engine.stop()
        gc.collect()
