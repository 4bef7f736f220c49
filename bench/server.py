"""What the sides of the HTTP bench have in common: how the server is asked.

As a side (under .venv-vllm) it is the server itself: vLLM's own, with the tests' tiny and terse model.
"""

import os
import sys
import tempfile
from pathlib import Path

from bench.errand import Errand, tell
from stream.adapters.openai import OpenAiOptions, ReasoningTokens

MODEL = "openai/gpt-oss-safeguard-20b"
FOLDER = Path(tempfile.gettempdir()) / "sluice-bench-terse-gpt-oss"


def options(url: str, at_once: int) -> OpenAiOptions:
    """The engine's settings: the tokens' bounds are those of the other side too."""
    return OpenAiOptions(
        base_url=url,
        model=MODEL,
        structured="json_schema",
        reasoning_tokens=ReasoningTokens(low=32, medium=32, high=32),
        answer_tokens=224,
        max_concurrency=at_once,
        timeout_s=600,
    )


def main() -> None:
    """Serve until a line comes in: killed, it would leave vLLM's processes behind."""
    from tests.vllm.http_server import vllm_server
    from tests.vllm.tiny_gpt_oss import SHORT_AND_OFTEN_SAFE, TERSE, build, write_weights

    errand = Errand.given()
    if not (FOLDER / "ready").exists():
        build(FOLDER)
        write_weights(FOLDER, SHORT_AND_OFTEN_SAFE | TERSE)
        (FOLDER / "ready").touch()
    os.environ["VLLM_SERVER_DEV_MODE"] = "1"  # opens /reset_prefix_cache
    more = ("--max-num-seqs", str(errand.options["slots"]), "--kv-cache-memory-bytes", str(512 << 20))
    with vllm_server(FOLDER, FOLDER / "server.log", *more) as url:
        tell("ready", url=url)
        sys.stdin.readline()
    tell("ended")


if __name__ == "__main__":
    main()
