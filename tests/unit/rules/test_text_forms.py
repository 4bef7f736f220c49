"""How texts are brought to one form: what makes no difference, and what does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stream.core.fingerprint import fingerprint
from stream.core.rules.domains import domains_in, skeleton
from stream.core.written import bounded, folded, plain


@pytest.mark.parametrize(
    "text",
    [
        "Café NOW",
        "ｃａｆé now",
        "cafe\u0301  now",
        "CA\u200bFÉ\n\tnow ",
        "ＣＡＦＥ\u00a0ＮＯＷ",
        "ca\u00adfé now",
    ],
)
def test_case_width_diacritics_spaces_and_what_is_invisible_make_no_difference(text: str) -> None:
    assert folded(text) == "cafe now"


def test_what_makes_another_letter_stays() -> None:
    assert folded("がんばる") != folded("かんはる")
    assert folded("नमस्ते") != folded("नमसत")
    assert folded("pay 💸") != folded("pay 💰")


@given(st.text())
def test_a_form_is_its_own_form(text: str) -> None:
    assert folded(folded(text)) == folded(text)
    assert plain(plain(text)) == plain(text)


@pytest.mark.parametrize(
    ("text", "words", "found"),
    [
        ("the class act", "ass", False),
        ("an ass.", "ass", True),
        ("class, ass", "ass", True),
        ("ass", "ass", True),
        ("win $$$ today", "$$$", True),
        ("a1b", "a", False),
        ("今日は薬を買う", "薬", True),
        ("약을산다", "약", True),
        ("aaaa aa", "aa", True),
    ],
)
def test_words_are_found_as_words_where_the_script_has_any(text: str, words: str, found: bool) -> None:
    assert bounded(folded(text), folded(words)) is found


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Buy  NOW", "buy now", True),
        ("buy\u200b now", "ｂｕｙ now", True),
        ("buy now!", "buy now", False),
        ("pay 💸", "pay 💰", False),
        ("schön", "schon", False),
    ],
)
def test_a_fingerprint_is_of_what_is_said(one: str, other: str, same: bool) -> None:
    assert (fingerprint(one) == fingerprint(other)) is same


@given(st.text())
def test_a_fingerprint_stands_for_the_form(text: str) -> None:
    assert fingerprint(f"  {text}\n") == fingerprint(text)
    assert len(fingerprint(text)) == 68


@pytest.mark.parametrize(
    "text",
    [
        "see https://Evil.example/path?x=1",
        "sub.evil.example",
        "mail me@evil.example.",
        "еvіl.example",  # Cyrillic е and і
        "http://xn--vl-mlc7k.example",  # the same in punycode
        "evil[.]example or evil (dot) example",
        "EVIL。example",
        "évil.example",
        "evil.example:8080/",
    ],
)
def test_a_domain_is_found_however_it_is_written(text: str) -> None:
    assert skeleton("evil.example") in set(domains_in(plain(text)))


@pytest.mark.parametrize(
    "text", ["evil.example.com", "notevil.example", "evil example", "evil", "..", "xn--.-"]
)
def test_another_domain_is_another(text: str) -> None:
    assert skeleton("evil.example") not in set(domains_in(plain(text)))


@pytest.mark.parametrize(
    "text",
    [
        "evil.exampleで見て",
        "見てevil.example",
        "見て、今evil.exampleで買った。また見た。" + "いいね。" * 20,
        "昨日見た。evil.example。" + "いいね。" * 20,
        "見てwww.evil.exampleを",
        "見てévil.exampleを",
        "evil.example에서",
        "看evil.example吧",
        "читайevil.example",
        "evil.exampleпосмотри",
        "شاهدevil.example",
    ],
)
def test_a_domain_is_found_beside_a_letter_of_another_script(text: str) -> None:
    assert skeleton("evil.example") in set(domains_in(plain(text)))


@pytest.mark.parametrize(
    ("text", "domain"),
    [
        ("例え.jp", "例え.jp"),
        ("例え.jpで見て", "例え.jp"),
        ("www.例え.jp", "例え.jp"),
        ("例え.テスト", "例え.テスト"),
        ("münchen.deで", "münchen.de"),
        ("見てmünchen.de", "münchen.de"),
        ("smørrebrød.dk", "smørrebrød.dk"),
        ("почта.рф", "почта.рф"),
        ("pаypаl.cоm", "paypal.com"),  # Cyrillic а and о
        ("abc見て.com", "abc見て.com"),
    ],
)
def test_a_domain_of_any_script_is_found_whole(text: str, domain: str) -> None:
    assert skeleton(domain) in set(domains_in(plain(text)))


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("münchen.de", "nchen.de"),
        ("smørrebrød.dk", "d.dk"),
        ("банка.example", "ahka.example"),
        ("例え.jpで", "jp"),
        ("見てnotevil.exampleで", "evil.example"),
        ("evil.example.comで", "evil.example"),
    ],
)
def test_no_part_of_a_word_is_taken_for_a_domain(text: str, other: str) -> None:
    assert skeleton(other) not in set(domains_in(plain(text)))


def test_a_text_of_glued_hosts_costs_no_more_a_character_when_it_is_long() -> None:
    def found(length: int) -> int:
        return sum(len(domain) for domain in domains_in(("あa.a" * length)[:length]))

    assert found(32_000) <= 9 * found(4_000)


@given(st.text(alphabet=st.sampled_from("xn-.a0éあя。[]()dot/ ") | st.characters()))
def test_domains_are_looked_for_in_any_text(text: str) -> None:
    assert all("." in domain for domain in domains_in(plain(text)))
