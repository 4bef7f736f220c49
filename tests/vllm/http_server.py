"""vLLM's own OpenAI server, as its own command starts it, with the tiny model."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from stream.adapters.brokers.ports import free_ports

MODEL = "openai/gpt-oss-safeguard-20b"
AT_ONCE = 8
START_SECONDS = 400.0


@contextmanager
def vllm_server(model: Path, log: Path, *arguments: str) -> Iterator[str]:
    """Start it on a free port; yields its address, with the version. Ends all of its processes."""
    (port,) = free_ports(1)
    command = [
        *(sys.executable, "-m", "vllm.entrypoints.openai.api_server"),
        *("--host", "127.0.0.1", "--port", str(port)),
        *("--model", str(model), "--served-model-name", MODEL),
        *("--max-model-len", "8192", "--max-num-seqs", str(AT_ONCE), "--block-size", "16"),
        *("--enforce-eager", "--kv-cache-memory-bytes", str(128 << 20), "--enable-prompt-tokens-details"),
        *arguments,
    ]
    settings = {
        "VLLM_NO_USAGE_STATS": "1",
        "VLLM_LOGGING_LEVEL": "WARNING",
        "VLLM_WORKER_MULTIPROC_METHOD": "spawn",
        # Harmony's system message names the day: unpinned, nothing of yesterday is in the prefix cache.
        "VLLM_SYSTEM_START_DATE": "2025-08-05",
    }
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, env={**os.environ, **settings}, stdout=output, stderr=output, start_new_session=True
        )
    try:
        _wait(process, f"http://127.0.0.1:{port}/health", log)
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _wait(process: "subprocess.Popen[bytes]", url: str, log: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        assert process.poll() is None, log.read_text(errors="replace")[-3_000:]
        try:
            if httpx.get(url, timeout=2, trust_env=False).status_code == httpx.codes.OK:
                return
        except httpx.HTTPError:
            time.sleep(0.2)
    raise AssertionError(f"vLLM's server did not start:\n{log.read_text(errors='replace')[-3_000:]}")
