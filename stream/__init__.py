"""Sluice: hold every post at once, judge it in the background, release or remove it exactly once."""
