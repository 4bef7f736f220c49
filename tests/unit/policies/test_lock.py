"""The lock: no text changes under the name of a version."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stream.core.errors import PolicyInvalid
from stream.core.policy.lock import check_lock, lock_text, name_of, parse_lock, require_locked
from tests.unit.policies.sample import named, policy

ONE, TWO = "sha256:" + "1" * 64, "sha256:" + "2" * 64
digests = st.text("0123456789abcdef", min_size=64, max_size=64).map("sha256:".__add__)
names = st.from_regex(r"[a-z0-9][a-z0-9._/-]{0,20}@[0-9]+(\.[0-9]+){0,2}", fullmatch=True)


def test_a_lock_names_each_version_with_the_digest_of_its_text() -> None:
    text = lock_text({}, [named("rude"), named("loud")])

    assert parse_lock(text, "policies.lock") == {
        "loud@1.0": named("loud").digest,
        "rude@1.0": named("rude").digest,
    }
    assert text.startswith("# ")
    assert name_of(policy()) == "rude@1.0"


def test_what_was_locked_stays_when_a_version_is_added() -> None:
    before = {"gone@2.0": ONE, "rude@0.9": TWO}

    after = parse_lock(lock_text(before, [policy()]), "policies.lock")

    assert after == {**before, "rude@1.0": policy().digest}


@given(st.dictionaries(names, digests))
def test_a_lock_is_read_as_it_was_written(lock: dict[str, str]) -> None:
    assert parse_lock(lock_text(lock, []), "policies.lock") == lock


def test_lines_stand_in_one_order_so_that_two_branches_differ_by_what_they_added() -> None:
    assert lock_text({"b@1.0": ONE, "a@1.0": TWO}, []) == lock_text({"a@1.0": TWO, "b@1.0": ONE}, [])


def test_a_policy_passes_by_its_locked_text_and_where_it_is_not_locked() -> None:
    check_lock(policy(), {"rude@1.0": policy().digest}, "policy.md", 3)
    check_lock(policy(), {"rude@0.9": ONE, "loud@1.0": TWO}, "policy.md", 3)


def test_a_changed_text_under_the_same_version_is_refused_where_the_version_stands() -> None:
    with pytest.raises(PolicyInvalid) as caught:
        check_lock(policy(), {"rude@1.0": ONE}, "policy.md", 3)

    assert str(caught.value) == (
        "policy.md:3: version 1.0 of `rude` was locked with another text."
        " Raise `version`, then run `sluice policy lock`."
    )


@pytest.mark.parametrize(
    "line",
    [
        "rude@1.0",
        f"rude {ONE}",
        f"Rude@1.0 {ONE}",
        f"rude@1.0 {ONE[:-1]}",
        f"rude@1.0 {ONE}0",
        f"rude@1.0 {ONE.upper()}",
        f"rude@1.0  {ONE}",
        f"rude@1.0 {ONE} # mine",
        "<<<<<<< HEAD",
        f"loud@1.0 {TWO}",
    ],
)
def test_a_line_that_is_none_of_a_lock_or_stands_twice_is_named(line: str) -> None:
    text = f"# a remark\n\nloud@1.0 {ONE}\n{line}\n"

    with pytest.raises(PolicyInvalid, match=r"^policies\.lock:4: .*Take it back from version control"):
        parse_lock(text, "policies.lock")


def test_what_is_to_be_promoted_must_be_locked_by_its_very_text() -> None:
    require_locked(policy(), {"rude@1.0": policy().digest}, "policy.md", 3)
    with pytest.raises(
        PolicyInvalid, match=r"^policy.md:3: version 1.0 of `rude` is not locked.*policy lock"
    ):
        require_locked(policy(), {"rude@0.9": policy().digest}, "policy.md", 3)
    with pytest.raises(PolicyInvalid, match="was locked with another text"):
        require_locked(policy(), {"rude@1.0": ONE}, "policy.md", 3)
