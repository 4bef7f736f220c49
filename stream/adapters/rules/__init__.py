"""Operators' rules on disk: `rules/NAME.toml`, put in force when they change; and RE2, which finds them."""

from stream.adapters.rules.finders import Re2Finders
from stream.adapters.rules.folder import RuleFolder
from stream.adapters.rules.live import LiveRules

__all__ = ["LiveRules", "Re2Finders", "RuleFolder"]
