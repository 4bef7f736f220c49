"""A backtest on the real Kafka, its model a script; round by round it tells how many posts it compared."""

import sys
import time
from pathlib import Path

from msgspec.structs import replace

from bench.errand import Errand, tell
from bench.sluice.installation import settings_of
from bench.sluice.judge import InForce, scripted
from bench.stopwatch import peak_mb
from stream.adapters.kafka import Connection
from stream.adapters.kafka.scan import Scan
from stream.ops.backtest.backtest import Sets
from stream.ops.backtest.window import Window
from stream.wiring.backtest import Asked, run_backtest


class Quiet:
    """Notes when the first post comes."""

    def __init__(self) -> None:
        self.begun = 0.0

    def begins(self, what: str, total: int | None = None) -> None:
        """See `stream.wiring.backtest.Watch`."""

    def passed(self) -> None:
        """See `stream.wiring.backtest.Watch`."""

    def stopped(self) -> bool:
        """It is asked at each post, and runs to its end."""
        self.begun = self.begun or time.perf_counter()
        return False


def sets(errand: Errand) -> Sets:
    """The demo's, and one whose first policy has changed."""
    today = InForce(errand).current()
    changed = replace(today.policies["harassment"], instructions="Be strict.", digest="sha256:" + "cb" * 32)
    policies = today.policies | {"harassment": changed}
    return Sets(today, replace(today, name="candidate", digest="sha256:" + "ca" * 32, policies=policies))


def main() -> None:
    """A backtest for each line on standard input: `fresh` keeps nothing, else the file that it names."""
    errand = Errand.given()
    settings = settings_of(errand)
    settings = replace(settings, judge=replace(settings.judge, window=int(errand.options["slots"])))
    window = Window(begin=0, end=time.time_ns() // 1_000_000 + 3_600_000)
    tell("ready")
    for line in sys.stdin:
        watch, kept = Quiet(), line.strip()
        asked = Asked(
            window=window, fresh=kept == "fresh", answers=None if kept == "fresh" else Path(kept), examples=5
        )
        with Scan(Connection(bootstrap=errand.bootstrap)) as scan:
            engine = scripted(errand)
            comparison, conditions = run_backtest(settings, scan, sets(errand), asked, watch, engine)
        tell(
            "result",
            posts=comparison.posts,
            questions=conditions.asked,
            seconds=time.perf_counter() - watch.begun,
            peak_mb=peak_mb(),
        )


if __name__ == "__main__":
    main()
