"""One line an event, with its fields, and never a post's words."""

import io
import json
import logging
import warnings
from collections.abc import Iterator
from datetime import datetime

import pytest

from stream.adapters.logs import configure
from stream.adapters.logs.fields import MAX_TEXT, WITHHELD
from stream.core.errors import Unreadable

log = logging.getLogger("stream.test")


@pytest.fixture(autouse=True)
def _restored_logging() -> Iterator[None]:
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    yield
    root.handlers[:] = before
    root.setLevel(level)
    logging.captureWarnings(capture=False)


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_a_line_is_json_with_time_level_process_event_and_fields() -> None:
    # Given a process whose log is no terminal
    out = io.StringIO()
    configure("gate", stream=out)
    # When it logs an event with fields
    log.info("partition restored", extra={"partition": 3, "entries": 1200})
    # Then the line holds all of it
    line = json.loads(out.getvalue())
    assert datetime.fromisoformat(line.pop("time")).tzinfo is not None
    assert line == {
        "level": "info",
        "process": "gate",
        "event": "partition restored",
        "logger": "stream.test",
        "partition": 3,
        "entries": 1200,
    }


def test_on_a_terminal_a_line_is_for_people() -> None:
    out = Terminal()
    configure("gate", stream=out)
    log.warning("lag grows", extra={"lag": 12})
    assert "lag grows" in out.getvalue()
    assert "lag=" in out.getvalue()
    assert not out.getvalue().startswith("{")


def test_the_format_can_be_forced_and_the_level_set() -> None:
    out = Terminal()
    configure("gate", level="warning", format="json", stream=out)
    log.info("unheard")
    log.warning("heard")
    assert json.loads(out.getvalue())["event"] == "heard"


@pytest.mark.parametrize("name", sorted(WITHHELD - {"value"}))
def test_a_field_that_could_hold_a_posts_words_is_withheld(name: str) -> None:
    for stream in (io.StringIO(), Terminal()):
        configure("gate", stream=stream)
        log.info("oops", extra={name: "what somebody wrote"})
        assert "somebody" not in stream.getvalue()
        assert "[withheld]" in stream.getvalue()


def test_an_errors_message_is_kept_only_where_it_cannot_quote_a_post() -> None:
    # Given an error of ours, and one whose message quotes its input
    for error, said in ((Unreadable("breaks a bound"), True), (ValueError("what somebody wrote"), False)):
        out = io.StringIO()
        configure("gate", stream=out)
        try:
            raise error
        except (Unreadable, ValueError):
            log.exception("failed")
        # Then the class and the place are there; the message only of ours
        line = json.loads(out.getvalue())
        assert line["error"]["type"] == type(error).__name__
        assert "test_lines.py" in line["error"]["at"][-1]
        assert ("message" in line["error"]) is said
        assert "somebody" not in out.getvalue()


def test_no_text_can_imitate_another_line_or_command_a_terminal() -> None:
    for stream in (io.StringIO(), Terminal()):
        configure("gate", stream=stream)
        log.info("id\n2026 fake line \x1b[2J", extra={"id": "a\rb"})
        _, *further = stream.getvalue().splitlines()
        assert all(line.startswith("    ") for line in further)
        assert "\x1b[2J" not in stream.getvalue()
        assert "\r" not in stream.getvalue()


def test_a_long_field_is_cut() -> None:
    out = io.StringIO()
    configure("gate", stream=out)
    log.info("x" * 5_000, extra={"why": "y" * 5_000})
    assert len(out.getvalue()) < 3 * MAX_TEXT


def test_anything_can_be_logged() -> None:
    out = io.StringIO()
    configure("gate", stream=out)
    log.info("odd", extra={"fields": {1: object(), "set": {1}}, "bytes": b"\xff", "huge": 1 << 70})
    log.info("half a pair \ud800")
    first, second = map(json.loads, out.getvalue().splitlines())
    assert first["huge"] == str(1 << 70)
    assert second["event"] == "half a pair \\ud800"


def test_pythons_warnings_come_as_lines() -> None:
    out = io.StringIO()
    configure("gate", stream=out)
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn("old", DeprecationWarning, stacklevel=1)
    assert "old" in json.loads(out.getvalue())["event"]
