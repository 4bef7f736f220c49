"""`python -m stream.ops.schemas [FOLDER] [--release]`: write the contract's documents anew.

`--release` also makes them the baseline that later changes are compared with (`FOLDER/released`); it
refuses while they break the baseline that is there.
"""

import sys
from argparse import ArgumentParser
from pathlib import Path

from stream.ops.schemas.baseline import broken, release
from stream.ops.schemas.documents import write


def main(arguments: list[str] | None = None) -> int:
    """Write the documents; exit status 1 where a release would break its readers."""
    parser = ArgumentParser(prog="python -m stream.ops.schemas", description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", default=Path("schemas"))
    parser.add_argument("--release", action="store_true", help="make them the baseline as well")
    chosen = parser.parse_args(arguments)
    for path in write(chosen.folder):
        sys.stdout.write(f"{path}\n")
    if not chosen.release:
        return 0
    if breaks := broken(chosen.folder):
        sys.stderr.write("Not released; these break what apps or old records rely on:\n")
        sys.stderr.write("".join(f"  {one}\n" for one in breaks))
        sys.stderr.write("Give the changed event a new version in its tag, beside the old one.\n")
        return 1
    release(chosen.folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
