"""Where the operators' rules now in force come from."""

from typing import Protocol

from stream.core.rules import RuleBook


class RuleSource(Protocol):
    """The rules that are in force now; they may be others at the next call."""

    def current(self) -> RuleBook:
        """Return the rules. Never waits and never fails: a broken edit leaves the last good ones."""
