"""Settings of the in-process engine are refused where they cannot work, and say why."""

from pathlib import Path

import msgspec
import pytest

from stream.adapters.vllm import ReasoningTokens, VllmOptions
from stream.core.errors import Misconfigured
from stream.core.terms import Effort


def test_a_window_too_short_for_the_longest_answer_is_refused() -> None:
    with pytest.raises(Misconfigured, match=r"max_model_len is 4096.*take 10256 tokens: raise it"):
        VllmOptions(model="m", max_model_len=4_096)


def test_more_effort_is_more_room_to_reason() -> None:
    options = VllmOptions(
        model="m", answer_tokens=100, reasoning_tokens=ReasoningTokens(low=1, medium=2, high=3)
    )

    assert [options.output_tokens(effort) for effort in Effort] == [117, 118, 119]
    # And an answer about several policies has room for a result of each
    assert options.output_tokens(Effort.LOW, policies=3) == 317


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"model": "openai/gpt-oss-safeguard-20b"}, "openai/gpt-oss-safeguard-20b"),
        ({"model": "openai/GPT OSS:20b"}, "openai/gpt-oss-20b"),
        ({"model": "m", "name": "house/Tuned v2"}, "house/tuned-v2"),
        ({"model": "***"}, "vllm"),
    ],
)
def test_verdicts_name_the_model_in_the_contract_s_letters(given: dict[str, str], named: str) -> None:
    assert msgspec.convert(given, VllmOptions).model_name == named


def test_a_model_in_a_folder_is_named_by_it(tmp_path: Path) -> None:
    folder = tmp_path / "Our-Safeguard"
    folder.mkdir()

    assert VllmOptions(model=str(folder)).model_name == "our-safeguard"


@pytest.mark.parametrize(
    "wrong", [{"max_seqs": 3}, {"dtype": "int3"}, {"gpu_memory_utilization": 1.5}, {"model": ""}]
)
def test_what_no_engine_knows_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"model": "m", **wrong}, VllmOptions)
