"""What the ledger knows of each content, folded from `verdicts`, `audit` and `cases.review`. Pure.

The topics come in no order among each other. So every field is written from one topic alone, what a topic
repeats is passed over by its offset, and what follows from several is worked out when somebody looks: the
entry is the same whichever way the topics were interleaved or replayed.
"""

from stream.core.ledger.answers import (
    Count,
    Health,
    OverdueAnswer,
    Problem,
    SummaryAnswer,
    Wanted,
    overdue_cases,
    summary_of,
)
from stream.core.ledger.entry import ContentEntry, decode_entry, encode_entry
from stream.core.ledger.fold import LedgerEvent, Place, apply, is_over
from stream.core.ledger.overdue import OverdueCase, overdue_of
from stream.core.ledger.summary import Summary
from stream.core.ledger.view import CaseView, ContentView, view_of

__all__ = [
    "CaseView",
    "ContentEntry",
    "ContentView",
    "Count",
    "Health",
    "LedgerEvent",
    "OverdueAnswer",
    "OverdueCase",
    "Place",
    "Problem",
    "Summary",
    "SummaryAnswer",
    "Wanted",
    "apply",
    "decode_entry",
    "encode_entry",
    "is_over",
    "overdue_cases",
    "overdue_of",
    "summary_of",
    "view_of",
]
