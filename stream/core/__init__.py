"""The pure domain: no input or output, no clock, no randomness. Time and positions come in as arguments."""
