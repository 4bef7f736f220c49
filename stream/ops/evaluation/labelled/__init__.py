"""Engines measured on texts that people have labelled: `sluice eval`."""
