"""Policies on disk: `ID/policy.md` with what lies beside it, `sets/NAME.toml`; reloaded when they change.

The set in force is the one that was promoted through `control`, if there is one, else the folder's.
"""

from stream.adapters.policies.folder import PolicyFolder, find_folder
from stream.adapters.policies.in_force import PolicySetInForce
from stream.adapters.policies.live import LivePolicySet

__all__ = ["LivePolicySet", "PolicyFolder", "PolicySetInForce", "find_folder"]
