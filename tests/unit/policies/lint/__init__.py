"""Lint: each rule by one policy that breaks it in one place."""
