"""Histogram bounds, in seconds."""

CASE = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1_800, 3_600, 14_400, 43_200, 86_400)
"""The life of a case: from a cache's answer to a person's next day."""

ITEM = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300)
"""One item's time in a runner's hands."""
