"""A small app: it publishes three posts, edits one, and shows each only while the rule allows it.

Run it beside a Sluice: .venv/bin/python examples/app.py --bootstrap-servers localhost:9092
Beside `make demo ARGS=--keep`, add the address and the --prefix that the demo prints.
"""

import argparse
import time
from uuid import uuid4

from stream.client import Publisher, Standing, VerdictReader, digest_of

POSTS = (
    "Selling my bike, 110 euros, collect in Ghent.",
    "Thanks for last night, the soup was wonderful!",
    "Everybody who writes to me today doubles their money, guaranteed, only on the other app.",
)
EDIT = "Selling my bike, 100 euros, collect in Ghent."


def main() -> None:
    """Publish, then follow the verdicts until every post is decided or the time is up."""
    options = arguments()
    settings = {"bootstrap.servers": options.bootstrap_servers}
    posts: dict[str, tuple[int, str]] = {}  # the app's own database: id -> version and text
    with (
        Publisher(settings, source="/example-app", prefix=options.prefix) as publisher,
        VerdictReader(settings, prefix=options.prefix) as reader,
    ):
        reader.wait_until_current()
        for text in POSTS:
            post = f"post-{uuid4()}"
            posts[post] = (1, text)
            publisher.publish(post, 1, text, author="author-1", language="en").result()
        edited = next(iter(posts))
        posts[edited] = (2, EDIT)
        publisher.edit(edited, 2, EDIT, author="author-1", language="en").result()
        follow(reader, posts, options.seconds)


def follow(reader: VerdictReader, posts: dict[str, tuple[int, str]], seconds: float) -> None:
    """Print each of our posts as it now looks, whenever its verdict changes."""
    undecided = set(posts)
    end = time.monotonic() + seconds
    for change in reader.changes(timeout=seconds):
        standing = change.standing
        if standing.id in posts:
            version, text = posts[standing.id]
            print(f"{standing.id[:13]}  {look(standing, version, text)}", flush=True)
            is_ours = standing.verdict is not None and standing.verdict.version == version
            if is_ours and not standing.under_review:
                undecided.discard(standing.id)
        if not undecided or time.monotonic() > end:
            break


def look(standing: Standing, version: int, text: str) -> str:
    """What visitors of the app get to see: the text by the one rule, else why there is none."""
    if standing.shows(version, digest_of(text)):
        labels = ", ".join(label.kind for label in standing.labels_at(time.time_ns() // 1_000_000))
        return f"{text}  [{labels}]" if labels else text
    if standing.under_review and standing.due is not None:
        due = time.strftime("%d %b %H:%M", time.localtime(standing.due / 1000))
        return f"(under review by {standing.stage}, due {due})"
    return f"(not shown: {standing.verdict.decision if standing.verdict else 'no verdict yet'})"


def arguments() -> argparse.Namespace:
    """Where Kafka is, and how long to follow."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bootstrap-servers", default="localhost:9092")
    parser.add_argument("--prefix", default="", help="what your Sluice puts before its topics' names")
    parser.add_argument("--seconds", type=float, default=60.0)
    return parser.parse_args()


if __name__ == "__main__":
    main()
