"""A side that publishes at a set rate, each record at its own moment whatever became of those before."""

import time
from collections.abc import Sequence

from confluent_kafka import Producer

from bench.errand import Errand, tell
from bench.load import Pair, cases, posts
from bench.stopwatch import leave


def publish(producer: Producer, topic: str, pairs: Sequence[Pair], rate: float, start: float) -> float:
    """Send record n at `start + n / rate`; returns the worst lateness in seconds.

    Latencies count from the intended moment, so a late publisher makes them worse, never better.
    """
    late = 0.0
    for number, (key, value) in enumerate(pairs):
        wait = start + number / rate - time.monotonic()
        if wait > 0:
            time.sleep(wait)
        else:
            late = max(late, -wait)
        producer.produce(topic, value, key)
        producer.poll(0)
    return late


def main() -> None:
    """Publish, and tell when the first record was meant to go."""
    errand = Errand.given()
    topic, rate = str(errand.options["topic"]), float(errand.options["rate"])
    slow = float(errand.options.get("slow_share", 0))
    pairs = list(posts(errand.count) if errand.options["kind"] == "posts" else cases(errand.count, slow))
    producer = Producer(
        {
            "bootstrap.servers": errand.bootstrap,
            "partitioner": "murmur2_random",
            "acks": "all",
        }
    )
    producer.list_topics(topic, timeout=10)
    start = time.monotonic() + 0.5
    tell("start", at=start)
    late = publish(producer, topic, pairs, rate, start)
    tell("result", late_s=late, undelivered=producer.flush(30))
    leave()


if __name__ == "__main__":
    main()
