"""Calibration: people's labels beside a model's answers, and what it may do alone on their evidence."""
