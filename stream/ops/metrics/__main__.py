"""`python -m stream.ops.metrics [FILE]`: write docs/metrics.md anew."""

import sys
from argparse import ArgumentParser
from pathlib import Path

from stream.ops.metrics.catalogue import catalogue
from stream.ops.metrics.page import page


def main(arguments: list[str] | None = None) -> int:
    """Write the page."""
    parser = ArgumentParser(prog="python -m stream.ops.metrics", description=__doc__)
    parser.add_argument("file", type=Path, nargs="?", default=Path("docs/metrics.md"))
    file = parser.parse_args(arguments).file
    file.write_text(page(catalogue()), "utf-8")
    sys.stdout.write(f"{file}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
