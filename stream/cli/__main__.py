"""`python -m stream.cli` is `sluice`."""

from stream.cli import main

main()
