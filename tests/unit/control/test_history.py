"""The promotions that are kept: none is forgotten too early, and going back goes further back each time."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stream.core.control import PromotionKept, SetPromoted, key_of
from stream.core.control.events import SET_KEY, promotion_key
from stream.core.control.history import KEPT, History, text_of
from stream.core.wire import encode
from stream.ops.control import history_of
from stream.ports import Record

DIGEST = "sha256:{:064x}"


def promotion(text: int, at: int = 1) -> SetPromoted:
    """A promotion of some text; each has its own digest."""
    return SetPromoted(
        name="mine", digest=DIGEST.format(text), files={"sets/mine.toml": str(text)}, by="ana", at=at
    )


class Log:
    """`control` as it stands after the commands so far, compacted."""

    def __init__(self) -> None:
        self.records: dict[str, bytes] = {}
        self._moment = 0

    @property
    def history(self) -> History:
        return history_of(
            Record("control", 0, n, key.encode(), value)
            for n, (key, value) in enumerate(self.records.items())
        )

    @property
    def stands(self) -> int | None:
        standing = self.history.standing
        return None if standing is None else int(standing.promoted.digest[7:], 16)

    def promote(self, text: int, back_to: PromotionKept | None = None) -> None:
        self._moment += 1
        seen, event = self.history, promotion(text, self._moment)
        for number in seen.outdated(seen.last + 1):
            del self.records[promotion_key(number)]
        for one in seen.with_next(event, back_to):
            self.records[key_of(one)] = encode(one)
        self.records[SET_KEY] = encode(event)

    def promote_without_keeping(self, text: int) -> None:
        """As commands did before promotions were kept."""
        self.records[SET_KEY] = encode(promotion(text))

    def go_back(self) -> bool:
        target = self.history.earlier()
        if target is not None:
            self.promote(int(target.promoted.digest[7:], 16), target)
        return target is not None

    def withdraw(self) -> None:
        seen = self.history
        for number in seen.outdated(seen.last):
            del self.records[promotion_key(number)]
        for one in seen.unkept():
            self.records[key_of(one)] = encode(one)
        self.records.pop(SET_KEY, None)


def test_going_back_visits_each_earlier_text_once_and_then_says_that_there_is_none() -> None:
    # Given three texts, one after the other
    log = Log()
    for text in (1, 2, 3):
        log.promote(text)
    # When somebody goes back until there is nothing to go back to
    visited = []
    while log.go_back():
        visited.append(log.stands)
    # Then each was in force again, the newest first, and none twice
    assert visited == [2, 1]
    assert [one.restores for one in log.history.promotions] == [None, None, None, 2, 1]


def test_a_promotion_after_going_back_leads_back_to_what_was_gone_back_to() -> None:
    log = Log()
    for text in (1, 2, 3):
        log.promote(text)
    log.go_back()
    log.promote(4)
    log.go_back()
    assert log.stands == 2
    log.go_back()
    assert log.stands == 1


def test_after_a_withdrawal_the_last_promotion_is_gone_back_to() -> None:
    log = Log()
    log.promote(1)
    log.promote(2)
    log.withdraw()
    assert log.history.standing is None
    log.go_back()
    assert log.stands == 2


def test_a_promotion_that_nobody_kept_is_kept_with_the_next_one() -> None:
    # Given one of a command that kept nothing
    log = Log()
    log.promote_without_keeping(1)
    assert [one.number for one in log.history.promotions] == [1]
    # When another follows / Then both can be gone back to
    log.promote(2)
    assert [key for key in log.records if key != SET_KEY] == ["promotion:1", "promotion:2"]
    log.go_back()
    assert log.stands == 1


def test_a_promotion_that_nobody_kept_is_kept_when_it_is_withdrawn() -> None:
    # Given one of a command that kept nothing, after as many as are kept
    log = Log()
    for text in range(KEPT):
        log.promote(text)
    log.promote_without_keeping(99)
    # When it is withdrawn / Then it can be gone back to, and no more are kept than before
    log.withdraw()
    assert len(log.history.keys) == KEPT
    log.go_back()
    assert log.stands == 99


def test_where_nothing_was_promoted_there_is_nothing_to_go_back_to() -> None:
    assert Log().history.earlier() is None
    assert Log().history.last == 0


@given(st.lists(st.one_of(st.integers(1, 4), st.sampled_from(["back", "withdraw", "old"])), max_size=60))
def test_whatever_was_commanded_the_last_promotions_are_kept_under_numbers_without_a_gap(
    commands: list[int | str],
) -> None:
    log = Log()
    for command in commands:
        before = log.history
        if isinstance(command, int):
            log.promote(command)
        elif command == "back":
            log.go_back()
        elif command == "withdraw":
            log.withdraw()
        else:
            log.promote_without_keeping(9)
        after = log.history
        numbers = [one.number for one in after.promotions]
        # Then the numbers are those of the last ones, and bounded
        assert numbers == list(range(after.last - len(numbers) + 1, after.last + 1))
        assert len(after.keys) <= KEPT
        assert len(numbers) >= min(after.last, KEPT)
        # And what was kept, or replaced by a command that keeps, can still be looked up as it was told
        replaced = {before.last} if command not in {"back", "old"} and before.last else set()
        still = {number for number in before.keys | replaced if number > after.last - KEPT}
        assert still <= after.keys
        assert all(one in after.promotions for one in before.promotions if one.number in still)
        # And what would be gone back to is never what stands
        target = after.earlier()
        if target is not None and after.standing is not None:
            assert text_of(target.promoted) != text_of(after.standing.promoted)


def test_a_digest_is_found_by_its_beginning_the_last_promotion_of_it() -> None:
    log = Log()
    for text in (0x1A, 0x1B, 0x1A):
        log.promote(text)
    found = log.history.of(DIGEST.format(0x1A))
    assert found is not None
    assert found.number == 3
    assert log.history.of(DIGEST.format(0x1B)[7:]) == log.history.promotions[1]
    assert log.history.of("sha256:ff") is None
    with pytest.raises(ValueError, match="00"):
        log.history.of("00")
