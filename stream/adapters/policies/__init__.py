"""Policies on disk: `ID/policy.md` with what lies beside it, `sets/NAME.toml`; reloaded when they change."""

from stream.adapters.policies.folder import PolicyFolder, find_folder
from stream.adapters.policies.live import LivePolicySet

__all__ = ["LivePolicySet", "PolicyFolder", "find_folder"]
