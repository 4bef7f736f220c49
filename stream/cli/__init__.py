"""The command line `sluice`: one file a group of commands, each a thin layer over what it calls."""

from stream.cli.application import app

__all__ = ["app", "main"]


def main() -> None:
    """Run one command; the process's exit status says how it ended (`sluice --help` lists them)."""
    app(prog_name="sluice")
