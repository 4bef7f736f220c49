"""A gpt-oss model folder with random weights: small, and otherwise the true thing.

Architecture, the 201,088 token ids, the grammar's mask, Harmony: real. The answers mean nothing. The weights
are drawn wide, so that answers differ from prompt to prompt, which vLLM's own `load_format="dummy"` does not
give. The vocabulary comes from the package `oss-harmony`, which embeds it; nothing is downloaded.
"""

import json
import re
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

from openai_harmony import HarmonyEncoding, HarmonyEncodingName, load_harmony_encoding

TEXT_TOKENS = 199_998
VOCABULARY = 201_088
RETURN, CALL, END_OF_TEXT = "<|return|>", "<|call|>", "<|endoftext|>"

# How tiktoken's `o200k` encodings cut text before merging (openai/tiktoken, tiktoken_ext/openai_public.py).
PIECES = (
    r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|"
    r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|"
    r"\p{N}{1,3}|"
    r" ?[^\s\p{L}\p{N}]+[\r\n/]*|"
    r"\s*[\r\n]+|"
    r"\s+(?!\S)|"
    r"\s+"
)


CONFIGURATION: dict[str, Any] = {
    "architectures": ["GptOssForCausalLM"],
    "model_type": "gpt_oss",
    "dtype": "bfloat16",
    "vocab_size": VOCABULARY,
    "hidden_size": 64,
    "intermediate_size": 64,
    "num_hidden_layers": 2,
    "layer_types": ["sliding_attention", "full_attention"],
    "num_attention_heads": 2,
    "num_key_value_heads": 1,
    "head_dim": 32,
    "num_local_experts": 2,
    "num_experts_per_tok": 1,
    "sliding_window": 128,
    "max_position_embeddings": 131_072,
    # The published model's; vLLM wants all of them.
    "rope_parameters": {
        "rope_type": "yarn",
        "rope_theta": 150_000,
        "factor": 32.0,
        "beta_fast": 32.0,
        "beta_slow": 1.0,
        "truncate": False,
        "original_max_position_embeddings": 4_096,
    },
    "eos_token_id": 200_002,
    "pad_token_id": 199_999,
}
ALWAYS, NORMED = 24.0, 4.4
"""The large dimension of every token's embedding, and what about is left of it behind the last norm."""
SHORT_AND_OFTEN_SAFE = {
    r'[": ]*(s|sa|saf|safe)"?': 2.0,
    r"[: \[]*\][, ]*": 2.6,
    r" ?0,?": 6.0,
    r'"[,} ]*': 7.0,
}
"""Leanings that make a model answer in few words and pass the checks now and then."""
TERSE = {r"<\|(start|end|channel|message|constrain)\|>": 12.0, r"\s+": -40.0, r" j\w*": -60.0}
"""Besides, where the grammar leaves more open, as that of vLLM's server: Harmony's marks, no white space, and
` <|constrain|>json` before the answer rather than ` json`, from which vLLM's parser reads no content."""
GENERATION = {"eos_token_id": [200_002, 199_999, 200_012], "pad_token_id": 199_999, "do_sample": False}


def build(folder: Path) -> Path:
    """Write a model folder that vLLM can serve, about 65 MB, and return it."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.json").write_text(json.dumps(CONFIGURATION, indent=2))
    (folder / "generation_config.json").write_text(json.dumps(GENERATION, indent=2))
    write_tokenizer(folder, load_harmony_encoding(HarmonyEncodingName.HARMONY_GPT_OSS))
    write_weights(folder)
    return folder


def write_weights(folder: Path, leanings: Mapping[str, float] | None = None) -> None:
    """Draw every weight from a normal distribution, the same ones each time.

    Args:
        folder: the model's.
        leanings: by pattern, what tokens whose whole text matches have on top of their logit, about.
    """
    import torch
    from safetensors.torch import save_file

    draw = torch.Generator().manual_seed(7)
    tensors = {
        name: torch.randn(*shape, generator=draw) * scale + mean for name, shape, scale, mean in _tensors()
    }
    if leanings:
        # One dimension is always large, so that its column of the last matrix adds to each token's logit.
        tensors["model.embed_tokens.weight"][:, 0] = ALWAYS
        tensors["lm_head.weight"][:, 0] = torch.tensor(list(_columns(leanings)))
    written = {name: tensor.to(torch.bfloat16) for name, tensor in tensors.items()}
    save_file(written, folder / "model.safetensors", metadata={"format": "pt"})


def _columns(leanings: Mapping[str, float]) -> Iterator[float]:
    encoding = load_harmony_encoding(HarmonyEncodingName.HARMONY_GPT_OSS)
    patterns = [(re.compile(pattern), extra) for pattern, extra in leanings.items()]
    for token in range(VOCABULARY):
        text = encoding._inner.decode_bytes([token]).decode(errors="replace")
        yield sum(extra for pattern, extra in patterns if pattern.fullmatch(text)) / NORMED


def _tensors() -> Iterator[tuple[str, tuple[int, ...], float, float]]:
    """Name, shape, spread and mean of each weight, as transformers' GptOssForCausalLM names them."""
    width, inner = CONFIGURATION["hidden_size"], CONFIGURATION["intermediate_size"]
    experts, heads = CONFIGURATION["num_local_experts"], CONFIGURATION["num_attention_heads"]
    queries = heads * CONFIGURATION["head_dim"]
    keys = CONFIGURATION["num_key_value_heads"] * CONFIGURATION["head_dim"]
    yield "model.embed_tokens.weight", (VOCABULARY, width), 1.0, 0.0
    yield "lm_head.weight", (VOCABULARY, width), 0.2, 0.0
    yield "model.norm.weight", (width,), 0.0, 1.0
    for layer in range(CONFIGURATION["num_hidden_layers"]):
        at = f"model.layers.{layer}."
        yield at + "input_layernorm.weight", (width,), 0.0, 1.0
        yield at + "post_attention_layernorm.weight", (width,), 0.0, 1.0
        yield at + "self_attn.sinks", (heads,), 1.0, 0.0
        for name, rows, columns in (
            ("q", queries, width),
            ("k", keys, width),
            ("v", keys, width),
            ("o", width, queries),
        ):
            yield f"{at}self_attn.{name}_proj.weight", (rows, columns), 2 * columns**-0.5, 0.0
            yield f"{at}self_attn.{name}_proj.bias", (rows,), 0.1, 0.0
        yield at + "mlp.router.weight", (experts, width), 1.0, 0.0
        yield at + "mlp.router.bias", (experts,), 1.0, 0.0
        yield at + "mlp.experts.gate_up_proj", (experts, width, 2 * inner), width**-0.5, 0.0
        yield at + "mlp.experts.gate_up_proj_bias", (experts, 2 * inner), 1.0, 0.0
        yield at + "mlp.experts.down_proj", (experts, inner, width), inner**-0.5, 0.0
        yield at + "mlp.experts.down_proj_bias", (experts, width), 1.0, 0.0


def write_tokenizer(folder: Path, encoding: HarmonyEncoding) -> None:
    """Rebuild the vocabulary as a fast tokenizer: byte pairs joined in the order of their ids."""
    from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers

    tokens = [encoding._inner.decode_bytes([token]) for token in range(TEXT_TOKENS)]
    vocabulary = {printable(token): number for number, token in enumerate(tokens)}
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=list(merges(tokens)), ignore_merges=True))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(PIECES), behavior="removed", invert=True),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    names = [encoding.decode([number]) for number in range(TEXT_TOKENS, VOCABULARY)]
    tokenizer.add_special_tokens([AddedToken(name, normalized=False, special=True) for name in names])
    tokenizer.save(str(folder / "tokenizer.json"), pretty=False)
    settings = {"tokenizer_class": "PreTrainedTokenizerFast", "eos_token": RETURN, "pad_token": END_OF_TEXT}
    (folder / "tokenizer_config.json").write_text(json.dumps(settings, indent=2))


def merges(tokens: list[bytes]) -> Iterator[tuple[str, str]]:
    """Every way to join two tokens into a third, first the joins that byte-pair encoding does first."""
    ranks = {token: number for number, token in enumerate(tokens)}
    for token in tokens:
        cuts = [(token[:cut], token[cut:]) for cut in range(1, len(token))]
        pairs = [pair for pair in cuts if pair[0] in ranks and pair[1] in ranks]
        for left, right in sorted(pairs, key=lambda pair: (ranks[pair[0]], ranks[pair[1]])):
            yield printable(left), printable(right)


def printable(token: bytes) -> str:
    """Spell a token's bytes with the printable stand-ins that byte-level tokenizers use."""
    return "".join(map(_STAND_INS.__getitem__, token))


def _stand_ins() -> dict[int, str]:
    shown = {*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)}
    hidden = (byte for byte in range(256) if byte not in shown)
    free = islice(range(256, 512), 256)
    return {byte: chr(byte) for byte in shown} | {
        byte: chr(letter) for byte, letter in zip(hidden, free, strict=False)
    }


_STAND_INS = _stand_ins()
