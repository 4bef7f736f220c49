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
from stream.adapters.vllm.labels import label_log_probabilities
from stream.core.policy import Policy
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
def compiler(model_folder: Path) -> xgrammar.GrammarCompiler:
    """Compiles for the real vocabulary."""
    tokenizer = AutoTokenizer.from_pretrained(str(model_folder))
    vocabulary = xgrammar.TokenizerInfo.from_huggingface(tokenizer, vocab_size=VOCABULARY)
    return xgrammar.GrammarCompiler(vocabulary, max_threads=2)


@pytest.fixture(scope="module")
def matcher(compiler: xgrammar.GrammarCompiler, harmony: Harmony) -> Matcher:
    """Makes matchers of the real grammar over the real vocabulary."""
    return matchers(compiler, harmony, (policy(),))


def matchers(compiler: xgrammar.GrammarCompiler, harmony: Harmony, policies: tuple[Policy, ...]) -> Matcher:
    tag = answer_tag(answer_schema(policies), BUDGET, harmony.marks)
    grammar = compiler.compile_structural_tag(tag)
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


@pytest.mark.parametrize("seed", range(3))
def test_every_walk_through_the_grammar_of_several_policies_answers_for_each(
    compiler: xgrammar.GrammarCompiler, harmony: Harmony, seed: int
) -> None:
    # Given the grammar of three policies in one prompt, and a model that chooses blindly
    policies = tuple(map(policy, ("arson", "bias", "courtesy")))
    tokens = wander(matchers(compiler, harmony, policies)(), Random(seed))

    # Then there is a result for each, and the place of each one's label is found
    reply = harmony.read(tokens)
    assert reply.final is not None
    assert list(msgspec.json.decode(reply.final, type=dict[str, Result])) == ["arson", "bias", "courtesy"]
    found = label_log_probabilities(harmony, tokens, [-1.0] * len(tokens))
    assert len(found) == 3
    assert all(-len("needs_context") <= value <= -1 for value in found)


def test_a_labels_log_probability_is_that_of_its_own_tokens(harmony: Harmony) -> None:
    # Given an answer as a model would write it, each token with a log-probability of its own
    tokens = encoding.encode(f"{FINAL}{GOOD}<|return|>", allowed_special="all")
    values = [-float(2**n) if n < 30 else -0.5 for n in range(len(tokens))]

    # Then those of the label's tokens are summed, and no other's
    (found,) = label_log_probabilities(harmony, tokens, values)
    inside = [n for n, token in enumerate(tokens) if 2 < n < 30 and harmony.piece(token) in ("viol", "ates")]
    assert inside
    assert found == sum(values[n] for n in inside)


@pytest.mark.parametrize("cut", range(0, 12, 3))
def test_a_cut_answer_has_no_more_labels_than_it_shows(harmony: Harmony, cut: int) -> None:
    tokens = encoding.encode(f"{FINAL}{GOOD}", allowed_special="all")[:cut]

    assert len(label_log_probabilities(harmony, tokens, [-1.0] * cut)) <= 1
    assert label_log_probabilities(harmony, tokens, []) == []


@pytest.mark.parametrize("schema", [{"type": "number"}, {"type": "object"}, {"type": "string"}])
def test_a_schema_that_it_cannot_express_is_refused(harmony: Harmony, schema: dict[str, str]) -> None:
    with pytest.raises((ValueError, KeyError)):
        answer_tag(schema, BUDGET, harmony.marks)


def test_the_tag_is_json(harmony: Harmony) -> None:
    assert (
        json.loads(answer_tag(answer_schema((policy(),)), BUDGET, harmony.marks))["type"] == "structural_tag"
    )
