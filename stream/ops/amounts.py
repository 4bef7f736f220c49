"""Moments, lengths of time and counts, as people read them."""

from datetime import datetime, timedelta


def clock(milliseconds: int) -> str:
    """A moment in this machine's time zone: the day only if it is not today."""
    moment = datetime.fromtimestamp(milliseconds / 1_000).astimezone()
    form = "%H:%M:%S" if moment.date() == datetime.now().astimezone().date() else "%Y-%m-%d %H:%M:%S"
    return moment.strftime(form)


def count(number: int, what: str) -> str:
    """A number of things: `1 fault`, `1,200 faults`."""
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def span(milliseconds: int) -> str:
    """How long: `0.044 s`, `12.3 s`, `1:02:03`."""
    if milliseconds < 10_000:
        return f"{milliseconds / 1_000:.3f} s"
    if milliseconds < 60_000:
        return f"{milliseconds / 1_000:.1f} s"
    return str(timedelta(seconds=milliseconds // 1_000))
