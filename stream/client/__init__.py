"""For apps: publish content, and show it only where the latest verdict allows it.

    with Publisher(settings, source="/shop") as publisher, VerdictReader(settings) as reader:
        publisher.publish("post-1", 1, text)
        reader.wait_until_current()
        visible = reader.shows("post-1", 1, digest_of(text))

docs/contract.md says what the events mean, and what else a client of another language must keep to.
"""

from stream.client.checked import InvalidEvent
from stream.client.details import AppealDetails, Context, ReportDetails
from stream.client.publisher import Delivery, Publisher
from stream.client.sqlite_store import SqliteVerdicts
from stream.client.standing import Change, Standing
from stream.client.store import LastRecord, MemoryVerdicts, VerdictStore
from stream.client.verdict_reader import VerdictReader
from stream.core.content import AppealRole, Attachment, Signal, ThreadItem, digest_of
from stream.core.errors import Misconfigured, Unavailable

__all__ = [
    "AppealDetails",
    "AppealRole",
    "Attachment",
    "Change",
    "Context",
    "Delivery",
    "InvalidEvent",
    "LastRecord",
    "MemoryVerdicts",
    "Misconfigured",
    "Publisher",
    "ReportDetails",
    "Signal",
    "SqliteVerdicts",
    "Standing",
    "ThreadItem",
    "Unavailable",
    "VerdictReader",
    "VerdictStore",
    "digest_of",
]
