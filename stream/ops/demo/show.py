"""The demo itself: from a broker to a summary, with everything that was started ended again."""

import tempfile
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

from msgspec import Struct
from rich.console import Console
from rich.live import Live

from stream.adapters.brokers import Broker, find_broker
from stream.adapters.kafka import Connection
from stream.adapters.kafka.topics import TopicAdmin
from stream.client import Publisher, VerdictReader
from stream.core.errors import Unavailable
from stream.core.ledger import SummaryAnswer
from stream.core.terms import Stage
from stream.core.topics import TopicNames
from stream.ops.demo.feed import Feed, own_feed, posts_of
from stream.ops.demo.fleet import Fleet
from stream.ops.demo.ledger import DemoLedger
from stream.ops.demo.record import Recorder
from stream.ops.demo.screen import live_view
from stream.ops.demo.sending import Sending
from stream.ops.demo.summary import Setting, summary
from stream.ops.demo.tally import Tally

PATH = ("gate", "triage", "judge")
"""The processes without which there is no demo. The ledger stands beside them."""
PARTITIONS = 4
"""As many as librdkafka's mock gives a topic."""
Check = Callable[[], None]
"""Raises where something that was started has ended."""
_START_SECONDS = 600.0
_CATCH_UP_SECONDS = 5.0
_REFRESH = 8


class Options(Struct, frozen=True, kw_only=True):
    """What the user asked for. `minutes` bounds the run; what is not decided by then is reported as held.

    `policies` is the folder that the set lies in; `config` the settings file that the processes read too;
    `environment` what they are told of the engine.
    """

    policies: Path
    config: Path | None = None
    bootstrap: str | None = None
    engine: str = "exemplar"
    environment: dict[str, str] = {}
    policy_set: str = "demo"
    input: Path | None = None
    minutes: float = 5.0
    keep: bool = False


class Demo:
    """One run. `engine_words` says what answers and how good it is, `policy_words` what the set is.

    Raises (from `run`):
        BrokerMissing: there is no broker and none could be started.
        ChildFailed: gate, triage or judge ended; the text has the end of its log. (The ledger may.)
        Misconfigured: the input is no file of posts.
    """

    def __init__(
        self, options: Options, console: Console, engine_words: Callable[[], str], policy_words: str
    ) -> None:
        self._policy_words = policy_words
        self._options = options
        self._console = console
        self._engine_words = engine_words
        tag = uuid.uuid4().hex[:6]
        self._names = TopicNames(f"demo-{tag}.")
        self._warm_up_id = f"warm-up-{tag}"
        self._tally = Tally()
        self._ledger = DemoLedger()
        self._answer: SummaryAnswer | None = None

    def run(self) -> Tally:
        """Run it, and print the summary."""
        options = self._options
        feed = posts_of(options.input, options.minutes * 60) if options.input is not None else own_feed()
        self._say("Looking for a Kafka broker …")
        with find_broker(options.bootstrap) as broker:
            self._say(f"Broker: {broker.note}")
            engine = self._engine_words()
            self._say(f"Engine: {engine}")
            TopicAdmin(Connection(bootstrap=broker.bootstrap), self._names).create(PARTITIONS, 1)
            with tempfile.TemporaryDirectory(prefix="sluice-demo-") as folder:
                timed_out = self._staged(broker, feed, Path(folder))
            self._print_summary(broker, engine, feed.total, timed_out=timed_out)
        return self._tally

    def _staged(self, broker: Broker, feed: Feed, folder: Path) -> bool:
        """Start the processes, publish, watch; returns whether time was up before all was settled."""
        kafka = {"bootstrap.servers": broker.bootstrap}
        prefix = self._names.prefix
        with (
            Fleet(self._environment(broker), folder) as fleet,
            _publisher(kafka, prefix) as publisher,
            VerdictReader(kafka, prefix=prefix) as reader,
            Recorder(broker.bootstrap, self._names, self._tally, ignore=self._warm_up_id) as recorder,
        ):
            for name in PATH:
                fleet.start(name)
            # Faust cannot work on a mock, of which its client understands too little.
            if broker.kind != "mock":
                fleet.start("ledger", needed=False)
            check = partial(_check, broker, fleet)
            self._warm_up(check, publisher, reader)
            sending = Sending(publisher, feed.beats, self._tally.published)
            sending.start()
            try:
                timed_out = self._watched(check, sending, recorder, feed.total)
            finally:
                sending.end()
            self._catch_up(publisher, recorder)
            self._check_reader(reader)
            self._ask_ledger(fleet)
            if self._options.keep:
                self._kept(broker, fleet, recorder)
        return timed_out

    def _warm_up(self, check: Check, publisher: Publisher, reader: VerdictReader) -> None:
        """Send one post through everything, so that no start-up time is measured as latency."""
        publisher.publish(self._warm_up_id, 1, "Good morning.", language="en")
        until = time.monotonic() + _START_SECONDS
        with self._console.status("Starting the processes …"):
            while not self._is_warm(reader):
                check()
                if time.monotonic() > until:
                    raise Unavailable(f"Gate, triage and judge did not answer within {_START_SECONDS:.0f} s.")
                time.sleep(0.05)
        publisher.delete(self._warm_up_id, 1)
        publisher.flush()

    def _is_warm(self, reader: VerdictReader) -> bool:
        standing = reader.state_of(self._warm_up_id)
        return standing.verdict is not None and standing.stage is not Stage.AUTOMATIC

    def _watched(self, check: Check, sending: Sending, recorder: Recorder, total: int) -> bool:
        until = time.monotonic() + self._options.minutes * 60
        title = "sluice demo: published, held, decided"
        with Live(console=self._console, refresh_per_second=_REFRESH, transient=True) as live:
            while time.monotonic() < until:
                recorder.read(1 / _REFRESH)
                live.update(live_view(self._tally, title, total))
                check()
                if sending.failure is not None:
                    raise sending.failure
                if not sending.is_alive() and self._tally.is_settled and recorder.is_quiet:
                    return False
        return True

    def _catch_up(self, publisher: Publisher, recorder: Recorder) -> None:
        """What was sent before time was up is on its way still: see it held."""
        publisher.flush()
        until = time.monotonic() + _CATCH_UP_SECONDS
        while not self._tally.is_hidden and time.monotonic() < until:
            recorder.read(0.1)

    def _check_reader(self, reader: VerdictReader) -> None:
        """Ask a reader that follows the one rule what it shows; the tally counts beside it."""
        reader.wait_until_current()
        self._tally.shown = sum(
            reader.shows(content_id, version, digest) for content_id, version, digest in self._tally.newest()
        )

    def _ask_ledger(self, fleet: Fleet) -> None:
        """Have the ledger's counts where there is one; nothing waits for one that has ended."""
        if fleet.runs("ledger"):
            known = self._tally.contents + 1  # the one that warmed everything up
            self._answer = self._ledger.summary(known, now_ms(), self._warm_up_id)
        elif words := fleet.ending("ledger"):
            self._say(f"{words}\n")

    def _kept(self, broker: Broker, fleet: Fleet, recorder: Recorder) -> None:
        url = self._ledger.url if fleet.runs("ledger") else ""
        self._say("\nStill running; Ctrl-C ends it. In another terminal:")
        self._say(f"  export SLUICE_KAFKA__BOOTSTRAP_SERVERS={broker.bootstrap}")
        self._say(
            f"  export SLUICE_TOPICS__PREFIX={self._names.prefix} SLUICE_TOPICS__PARTITIONS={PARTITIONS}"
        )
        if url:
            self._say(f"  export SLUICE_LEDGER__URL={url}")
        self._say(f"  .venv/bin/sluice trace {self._tally.an_id}")
        if url:
            self._say(f"  curl -s {url}/summary")
        try:
            while True:
                recorder.read(0.5)
                _check(broker, fleet)
        except KeyboardInterrupt:
            self._say("Stopping …")

    def _environment(self, broker: Broker) -> dict[str, str]:
        options = self._options
        config = {} if options.config is None else {"SLUICE_CONFIG": str(options.config)}
        return (
            config
            | self._ledger.environment()
            | {
                "SLUICE_KAFKA__BOOTSTRAP_SERVERS": broker.bootstrap,
                "SLUICE_TOPICS__PREFIX": self._names.prefix,
                "SLUICE_TOPICS__PARTITIONS": str(PARTITIONS),
                "SLUICE_TOPICS__REPLICATION": "1",
                "SLUICE_POLICIES__DIR": str(options.policies.absolute()),
                "SLUICE_POLICIES__SET": options.policy_set,
                "SLUICE_JUDGE__ENGINE": options.engine,
                "SLUICE_JUDGE__EXEMPLAR__SERVE": "true",
                "SLUICE_METRICS__PORT": "0",
                "SLUICE_LOGGING__FORMAT": "human",
            }
            | options.environment
        )

    def _print_summary(self, broker: Broker, engine: str, total: int, *, timed_out: bool) -> None:
        setting = Setting(
            broker=broker.note,
            engine=engine.partition(";")[0],
            policy_set=self._policy_words,
            unsent=total - sum(self._tally.sent.values()),
            timed_out=timed_out,
        )
        self._console.print(summary(self._tally, self._answer, setting))
        if broker.kind == "external":
            self._say(
                f"\nThe topics {self._names.prefix}* stay on that broker, for you to look at and delete."
            )

    def _say(self, words: str) -> None:
        self._console.print(words, highlight=False, markup=False)


def now_ms() -> int:
    """Milliseconds since 1970, by this machine's clock."""
    return time.time_ns() // 1_000_000


def _check(broker: Broker, fleet: Fleet) -> None:
    """A child's own error comes first: a broker that is ended takes nobody with it."""
    fleet.check()
    broker.check()


@contextmanager
def _publisher(kafka: Mapping[str, str], prefix: str) -> Iterator[Publisher]:
    """A publisher for as long as all goes well: after an error nobody waits for what is on its way."""
    publisher = Publisher(kafka, source="/sluice/demo", prefix=prefix)
    try:
        yield publisher
    except BaseException:
        with suppress(Unavailable):
            publisher.close(timeout=1.0)
        raise
    publisher.close()
