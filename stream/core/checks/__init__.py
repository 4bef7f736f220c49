"""Checks of a model's answer: `check` says which of its judgements may be trusted, and why not the others."""

from stream.core.checks.answer import check
from stream.core.checks.quotes import folded

__all__ = ["check", "folded"]
