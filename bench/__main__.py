"""`python -m bench [NAME…] [--quick]`: measures, shows, and keeps what it found."""

import argparse
import sys
import time
from collections.abc import Callable
from importlib import import_module

from rich.console import Console

from bench.measurement import Findings
from bench.report import keep, show
from bench.setting import Setting
from stream.adapters.brokers import find_broker

NAMES = (
    "gate",
    "hide",
    "judge",
    "http_engine",
    "head_of_line",
    "memory",
    "metrics",
    "ledger",
    "rules",
    "policy_lint",
    "evaluation",
    "backtest",
)


def main() -> int:
    """Run the benches asked for; 1 if one of them could not be run, whatever the aims."""
    asked = _arguments()
    console = Console(width=None if sys.stdout.isatty() else 120)
    failed = False
    with find_broker(asked.bootstrap_servers, allow_mock=False) as broker:
        console.print(f"Broker: {broker.note}.")
        setting = Setting(broker.bootstrap, quick=asked.quick, rounds=asked.rounds)
        for name in asked.names or NAMES:
            failed |= not _run(name, setting, broker.note, console)
    return int(failed)


def _run(name: str, setting: Setting, broker: str, console: Console) -> bool:
    console.print(f"\n[bold]{name}[/bold]")
    measure: Callable[[Setting], Findings] = import_module(f"bench.{name}").measure
    begun = time.monotonic()
    try:
        findings = measure(setting)
    except Exception:  # noqa: BLE001 - the other benches still have their say
        console.print_exception(max_frames=4)
        return False
    seconds = time.monotonic() - begun
    show(name, findings, console)
    kept = keep(name, findings, quick=setting.quick, seconds=seconds, broker=broker)
    console.print(f"  {seconds:.0f} s; bench/out/{kept.name}")
    return True


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", type=_name, metavar="NAME", help=", ".join(NAMES))
    parser.add_argument("--quick", action="store_true", help="shorter runs and fewer rounds, to try things")
    parser.add_argument("--rounds", type=int, help="rounds of each bench (5, or 2 with --quick)")
    parser.add_argument("--bootstrap-servers", help="a running Kafka, host:port; else one is started")
    return parser.parse_args()


def _name(given: str) -> str:
    if given not in NAMES:
        raise argparse.ArgumentTypeError(f"no bench {given!r}: choose from {', '.join(NAMES)}")
    return given


if __name__ == "__main__":
    sys.exit(main())
