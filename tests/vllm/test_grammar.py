"""Whatever tokens a model chooses among those that the grammar allows, its answer parses and fits."""

import json
from collections.abc import Callable
from pathlib import Path
from random import Random

import msgspec
import pytest
import torch
import xgrammar
from openai_harmony import HarmonyEncodingName, load_harmony_encoding
from transformers import AutoTokenizer

from stream.adapters.vllm.grammar import answer_tag
from stream.adapters.vllm.harmony import Harmony
from stream.core.result import Result, answer_schema
from tests.vllm.questions import policy
from tests.vllm.tiny_gpt_oss import VOCABULARY

encoding = load_harmony_encoding(HarmonyEncodingName.HARMONY_GPT_OSS)
BUDGET = 20
FINAL = "<|channel|>final<|message|>"
GOOD = (
    '{"label": "violates", "findings": [{"clause": "C1.a", "quote": "du Ochse, 你这头牛"}],'
    ' "severity": 2, "confidence": "high",'
    ' "rationale": "It calls the reader names (twice).", "remediation": ""}'
)

Matcher = Callable[[], xgrammar.GrammarMatcher]


@pytest.fixture(scope="module")
def matcher(model_folder: Path, harmony: Harmony) -> Matcher:
    """Makes matchers of the real grammar over the real vocabulary."""
    tokenizer = AutoTokenizer.from_pretrained(str(model_folder))
    vocabulary = xgrammar.TokenizerInfo.from_huggingface(tokenizer, vocab_size=VOCABULARY)
    compiler = xgrammar.GrammarCompiler(vocabulary, max_threads=2)
    grammar = compiler.compile_structural_tag(answer_tag(answer_schema((policy(),)), BUDGET, harmony.marks))
    return lambda: xgrammar.GrammarMatcher(grammar)


def accepted(matcher: Matcher, text: str) -> str:
    """The part of a text, tokenised as a model would write it, that the grammar lets through."""
    tokens = encoding.encode(text, allowed_special="all")
    walk = matcher()
    passed = next((n for n, token in enumerate(tokens) if not walk.accept_token(token)), len(tokens))
    return str(encoding.decode(tokens[:passed]))


@pytest.mark.parametrize(
    "reasoning", ["", "<|channel|>analysis<|message|>Is ox an insult?<|end|><|start|>assistant"]
)
def test_an_ordinary_answer_passes_with_and_without_reasoning(matcher: Matcher, reasoning: str) -> None:
    answer = f"{reasoning}{FINAL}{GOOD}<|return|>"

    assert accepted(matcher, answer) == answer


@pytest.mark.parametrize(
    ("written", "refused"),
    [
        ('"violates"', '"fine"'),
        ("C1.a", "C9.z"),
        ('"severity": 2', '"severity": 7'),
        ("(twice)", "(twi<|end|>ce)"),
        ("(twice)", "(twi\\nce)"),
        ("(twice)", "(twi\\\\nce)"),
        ('"remediation": ""}', '"remediation": "", "more": 1}'),
        (FINAL, "<|channel|>commentary<|message|>"),
        (FINAL, ""),
    ],
)
def test_what_is_no_answer_is_refused(matcher: Matcher, written: str, refused: str) -> None:
    answer = f"{FINAL}{GOOD}<|return|>"

    assert accepted(matcher, answer) == answer
    assert accepted(matcher, answer.replace(written, refused)) != answer.replace(written, refused)


@pytest.mark.parametrize("seed", range(8))
def test_every_walk_through_the_grammar_is_an_answer(matcher: Matcher, harmony: Harmony, seed: int) -> None:
    # Given a model that chooses blindly among the tokens that the mask leaves
    tokens = wander(matcher(), Random(seed))

    # Then its reasoning keeps to the budget, and its answer is one
    reply = harmony.read(tokens)
    assert reply.final is not None
    result = msgspec.json.decode(reply.final, type=Result)
    assert {finding.clause for finding in result.findings} <= set(policy().clause_ids)
    if reply.reasoning:
        assert tokens.index(harmony.marks.end) - tokens.index(harmony.marks.message) - 1 <= BUDGET


def wander(walk: xgrammar.GrammarMatcher, choice: Random) -> list[int]:
    mask = xgrammar.allocate_token_bitmask(1, VOCABULARY)
    tokens: list[int] = []
    while not walk.is_terminated():
        walk.fill_next_token_bitmask(mask)
        allowed = ((mask[0].unsqueeze(1) >> torch.arange(32)) & 1).flatten().nonzero().flatten()
        tokens.append(int(allowed[choice.randrange(len(allowed))]))
        assert walk.accept_token(tokens[-1])
    return tokens


@pytest.mark.parametrize("schema", [{"type": "number"}, {"type": "object"}, {"type": "string"}])
def test_a_schema_that_it_cannot_express_is_refused(harmony: Harmony, schema: dict[str, str]) -> None:
    with pytest.raises((ValueError, KeyError)):
        answer_tag(schema, BUDGET, harmony.marks)


def test_the_tag_is_json(harmony: Harmony) -> None:
    assert (
        json.loads(answer_tag(answer_schema((policy(),)), BUDGET, harmony.marks))["type"] == "structural_tag"
    )
