"""A container gets its engine's options by the environment alone."""

import pytest

from stream.config import load
from stream.config.keys import Leaf, choices_of, leaves
from stream.config.sources import variable_of
from stream.config.text import plain

ENGINES = (("judge", "vllm"), ("judge", "openai"), ("judge", "openai_high"))
OPTIONS = [leaf for leaf in leaves().values() if leaf.key[:2] in ENGINES and not leaf.is_secret]


@pytest.mark.parametrize("leaf", OPTIONS, ids=lambda leaf: ".".join(leaf.key[1:]))
def test_every_option_of_the_engine_can_be_set_by_the_environment(leaf: Leaf) -> None:
    # Given a variable with another value than the default
    name, given = variable_of(leaf.key), other_than_default(leaf)
    # When the settings are loaded, then the option has it
    model = {variable_of((*leaf.key[:-1], "model")): "m"} if leaf.key[-1] == "base_url" else {}
    loaded = load(environ=model | {name: given})
    assert str(plain(loaded.values[leaf.key].value)).lower() == given
    assert loaded.values[leaf.key].origin == name


def other_than_default(leaf: Leaf) -> str:
    if choices := choices_of(leaf.kind):
        return choices[-1]
    if leaf.kind is bool:
        return "true"
    if leaf.key[-1] == "base_url":
        return "https://models.example.com/v1"
    if leaf.kind is float:
        return "0.5"
    if leaf.kind is int:
        return "32" if leaf.key[-1] != "max_model_len" else "16384"
    return "another"
