"""Draws under a secret key: the same again, the right share of many, and nothing to be foreseen."""

from hypothesis import given
from hypothesis import strategies as st

from stream.core.sampling import Sampling

NAMES = [f"post-{number}" for number in range(4_000)]
names = st.lists(st.text(max_size=20).filter(lambda text: text.isprintable()), min_size=1, max_size=3)


@given(st.binary(max_size=100), st.floats(0, 1), names)
def test_the_same_names_are_drawn_again_and_a_larger_share_holds_the_smaller(
    key: bytes, share: float, drawn: list[str]
) -> None:
    draws = [Sampling(key).draws(share, "audited", *drawn) for _ in range(2)]

    assert draws[0] == draws[1]
    assert not Sampling(key).draws(0.0, "audited", *drawn)
    assert Sampling(key).draws(1.0, "audited", *drawn)
    assert Sampling(key).draws(min(1.0, share * 2), "audited", *drawn) >= draws[0]


def test_a_share_of_many_is_about_that_many_under_any_key_and_for_any_purpose() -> None:
    drawn = {
        (key, purpose): {name for name in NAMES if Sampling(key).draws(0.1, purpose, name)}
        for key in (b"one", b"another" * 20)
        for purpose in ("audited", "to_auditors")
    }

    # Then each is a tenth, and no two draw the same ones
    assert all(300 < len(found) < 500 for found in drawn.values())
    assert len({frozenset(found) for found in drawn.values()}) == 4


def test_names_do_not_run_into_each_other() -> None:
    sampling = Sampling(b"k")
    apart = [
        (sampling.draws(0.5, "p", "ab", f"c{n}"), sampling.draws(0.5, "p", "a", f"bc{n}")) for n in range(64)
    ]

    assert any(one != other for one, other in apart)
