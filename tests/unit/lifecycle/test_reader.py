"""The one rule, and when a reader may begin to apply it."""

from stream.core.reader import Reader, shows
from stream.core.terms import Decision
from stream.core.verdict import Verdict

DIGEST = "sha256:" + "a" * 64
OTHER = "sha256:" + "b" * 64
RELEASED = Verdict(id="p1", version=2, decision=Decision.RELEASE, at=1, digest=DIGEST)
HELD = Verdict(id="p1", version=3, decision=Decision.HOLD, at=2, digest=OTHER)


def test_only_the_version_and_text_that_a_release_names_are_shown() -> None:
    assert shows(RELEASED, 2, DIGEST)
    assert not shows(RELEASED, 1, DIGEST)
    assert not shows(RELEASED, 3, DIGEST)
    assert not shows(RELEASED, 2, OTHER)


def test_no_verdict_is_hidden() -> None:
    assert not shows(None, 1, DIGEST)


def test_a_reader_that_read_no_ends_shows_nothing() -> None:
    reader = Reader()
    reader.apply(RELEASED)
    assert not reader.is_current
    assert not reader.shows("p1", 2, DIGEST)


def test_a_reader_shows_nothing_until_it_has_passed_the_end_of_every_partition() -> None:
    # Given a topic of three partitions, one of them empty
    reader = Reader()
    reader.must_pass({0: 10, 1: 4, 2: 0})
    reader.apply(RELEASED)
    # When it has passed one end, and stands one record before the other
    reader.passed(0, 10)
    reader.passed(1, 3)
    assert not reader.shows("p1", 2, DIGEST)
    # Then the last record opens its eyes
    reader.passed(1, 4)
    assert reader.shows("p1", 2, DIGEST)


def test_a_release_that_a_later_record_overtakes_is_never_shown_while_joining() -> None:
    reader = Reader()
    reader.must_pass({0: 2})
    reader.apply(RELEASED)
    reader.passed(0, 1)
    assert not reader.shows("p1", 2, DIGEST)
    reader.apply(HELD)
    reader.passed(0, 2)
    assert not reader.shows("p1", 2, DIGEST)
    assert reader.is_current


def test_the_ends_may_be_read_again_where_a_slow_start_could_have_missed_a_record() -> None:
    # Given a reader that took so long that compaction removed the hold before it was read
    reader = Reader()
    reader.must_pass({0: 2})
    reader.apply(RELEASED)
    # When it reads the ends anew before it shows anything
    reader.must_pass({0: 9})
    reader.passed(0, 2)
    # Then it stays dark until it meets the record that replaced the hold
    assert not reader.shows("p1", 2, DIGEST)
    reader.apply(HELD)
    reader.passed(0, 9)
    assert not reader.shows("p1", 2, DIGEST)
    assert reader.verdict_of("p1") is HELD


def test_what_an_earlier_run_saved_is_guarded_by_the_ends_too() -> None:
    reader = Reader({"p1": RELEASED})
    reader.must_pass({0: 5})
    assert not reader.shows("p1", 2, DIGEST)
    reader.passed(0, 5)
    assert reader.shows("p1", 2, DIGEST)
