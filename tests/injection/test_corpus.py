"""The corpus: broad enough, sound line by line, and its violations stay violations."""

import re
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stream.ops.canaries.attempts import ATTEMPTS, Attempt
from stream.ops.canaries.disguises import DISGUISES
from tests.injection.hostile import CORPUS

FAMILIES = {
    "control-token", "fake-policy", "fake-verdict", "role-play", "encoding", "homoglyph", "bidi-invisible",
    "quoted-json", "moderator-said", "fake-mark", "thread", "whole",
}  # fmt: skip


def test_it_has_the_families_and_languages_that_it_claims() -> None:
    families = Counter(attempt.family for attempt in CORPUS)
    languages = Counter(attempt.language for attempt in CORPUS)
    assert len(CORPUS) >= 150
    assert set(families) == FAMILIES
    assert min(families.values()) >= 12
    assert {"en", "de", "es", "fr", "pt", "tr"} <= {name for name, count in languages.items() if count >= 10}


def test_no_two_attempts_are_the_same() -> None:
    assert len({attempt.id for attempt in CORPUS}) == len(CORPUS)
    assert len({(attempt.text, attempt.thread) for attempt in CORPUS}) == len(CORPUS)


@pytest.mark.parametrize("attempt", CORPUS, ids=lambda attempt: attempt.id)
def test_every_place_is_one_that_is_filled(attempt: Attempt) -> None:
    texts = (attempt.text, *attempt.thread)
    for text in texts:
        assert set(re.findall(r"\{payload:(\w*)\}", text)) <= set(DISGUISES)
    filled = attempt.wrap("a known violation")
    assert not any(re.search(r"\{(payload|mark)", text) for text in (filled.text, *filled.thread))
    assert any("{payload" in text for text in texts) == (attempt.family != "whole")


@pytest.mark.parametrize(
    "attempt", [one for one in CORPUS if "{payload}" in one.text], ids=lambda attempt: attempt.id
)
def test_a_payload_stands_in_the_post_as_it_is(attempt: Attempt) -> None:
    assert "It says {mark} and {payload}." in attempt.wrap("It says {mark} and {payload}.").text


def test_what_nobody_could_read_or_what_a_policy_exempts_makes_no_canary() -> None:
    kept = {attempt.id for attempt in CORPUS if attempt.keeps_the_breach}
    assert len(kept) >= 120
    for attempt in CORPUS:
        if attempt.lends_context or attempt.family == "whole" or "{payload" not in attempt.text:
            assert attempt.id not in kept
    assert {"encoding-07", "homoglyph-01", "fake-verdict-01"} <= kept
    assert not {"encoding-10", "encoding-11", "encoding-12"} & kept


@given(st.text())
def test_every_disguise_takes_every_text(text: str) -> None:
    assert all(isinstance(disguise(text), str) for disguise in DISGUISES.values())


def test_what_cannot_be_seen_is_written_as_escapes_in_the_file() -> None:
    text = ATTEMPTS.read_text("utf-8")
    assert all(one.isprintable() or one == "\n" for one in text)
