"""Dates as `2026-12-31`, counted in days since 1970: the core has no clock, and no calendar but this."""

import re

DAY = 86_400_000
_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_LENGTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_YEAR = 365


def end_of(date: str) -> int | None:
    """The end of a day in UTC, in ms since 1970; None for what is no date from 1970 on."""
    found = _DATE.fullmatch(date)
    if found is None:
        return None
    year, month, day = map(int, found.groups())
    if year < 1970 or not 1 <= month <= 12 or not 1 <= day <= _length(year, month):
        return None
    years = sum(_YEAR + _is_leap(one) for one in range(1970, year))
    months = sum(_length(year, one) for one in range(1, month))
    return (years + months + day) * DAY


def _length(year: int, month: int) -> int:
    return _LENGTHS[month - 1] + (month == 2 and _is_leap(year))


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
