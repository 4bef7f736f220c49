"""Operators' rules: what a trust-and-safety team puts in force within a minute, for a while.

A rule sends posts to people, to more policies, to another lane, or to more effort. It never removes and never
releases.
"""

from stream.core.rules.book import Finder, Finders, RuleBook
from stream.core.rules.outcome import NOTHING, RuleOutcome, fold, stronger
from stream.core.rules.rates import Rates
from stream.core.rules.rule import Per, Rate, Route, Rule, Signal, Then
from stream.core.rules.text import MAX_DAYS, parse_rules

__all__ = [
    "MAX_DAYS", "NOTHING", "Finder", "Finders", "Per", "Rate", "Rates", "Route", "Rule", "RuleBook",
    "RuleOutcome", "Signal", "Then", "fold", "parse_rules", "stronger",
]  # fmt: skip
