"""Sluice's own processes, each with a clock."""
