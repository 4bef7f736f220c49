"""Policies and sets of them: the texts that a trust-and-safety team writes, as values, and their parsers."""

from stream.core.policy.policy import (
    MAX_SEVERITY,
    Action,
    Autonomy,
    Clause,
    Example,
    Policy,
    PolicyResult,
)

__all__ = ["MAX_SEVERITY", "Action", "Autonomy", "Clause", "Example", "Policy", "PolicyResult"]
