"""The concurrent runner: a bounded window, out-of-order completion, at least once."""
