"""Which events travel on which topic, who sends them, and who may rely on them.

`gate-state` and `ledger-state` are missing on purpose: memories of their own, no part of the contract.
"""

from msgspec import Struct

from stream.core.audit import CaseJudged, CaseRouted, CaseShadowed
from stream.core.case import Case, ReviewClosed, ReviewTask, RoutedCase
from stream.core.content import Appealed, Deleted, Edited, Published, Reported
from stream.core.control import Paused, PromotionKept, RulesPublished, SetPromoted
from stream.core.dead_letter import DeadLetter
from stream.core.outcome import CaseRequested, Outcome, StaffDecision
from stream.core.topics import Topic
from stream.core.verdict import CaseClosed, Notice, OutcomeDropped, Verdict

APPS, GATE, TRIAGE, JUDGE, LEDGER, SHADOW = "apps", "gate", "triage", "judge", "ledger", "shadow"
PEOPLE, OPERATORS, AUDITORS = "people", "operators", "auditors"


class Channel(Struct, frozen=True):
    """One topic as others meet it. `key` says what the record key is."""

    topic: Topic
    summary: str
    events: tuple[type[Struct], ...]
    senders: tuple[str, ...]
    receivers: tuple[str, ...]
    key: str = "The content id, the same as the event's `id`."


CHANNELS = (
    Channel(
        Topic.CONTENT,
        "What apps publish, and what people report and appeal.",
        (Published, Edited, Deleted, Reported, Appealed),
        (APPS,),
        (GATE,),
    ),
    Channel(
        Topic.VERDICTS,
        "The state of each piece of content. The last record of a key is the whole truth about it.",
        (Verdict,),
        (GATE,),
        (APPS, LEDGER),
    ),
    Channel(
        Topic.NOTICES,
        "What to tell an author or a reporter about a decision, in human-written words.",
        (Notice,),
        (GATE,),
        (APPS,),
    ),
    Channel(
        Topic.OUTCOMES,
        "What is proposed for an open case, what staff decide at once, and what is to be judged again.",
        (Outcome, StaffDecision, CaseRequested),
        (TRIAGE, JUDGE, PEOPLE),
        (GATE,),
    ),
    Channel(
        Topic.CASES_REVIEW,
        "What a person should decide, why and by when; and what no longer needs one.",
        (ReviewTask, ReviewClosed),
        (GATE,),
        (PEOPLE, LEDGER),
    ),
    Channel(
        Topic.CASES_REVIEW_RESTRICTED,
        "The same of content that few people may see. Restricted.",
        (ReviewTask, ReviewClosed),
        (GATE,),
        (PEOPLE, LEDGER),
    ),
    Channel(Topic.CASES_TRIAGE, "Cases to be routed.", (Case,), (GATE,), (TRIAGE,)),
    Channel(Topic.CASES_JUDGE, "Routed cases: the bulk.", (RoutedCase,), (TRIAGE,), (JUDGE, SHADOW)),
    Channel(
        Topic.CASES_JUDGE_PRIORITY,
        "Routed cases that must not wait behind the bulk: reports, appeals, high effort.",
        (RoutedCase,),
        (TRIAGE,),
        (JUDGE, SHADOW),
    ),
    Channel(
        Topic.CASES_JUDGE_URGENT,
        "Routed cases that may be about danger to a life: they wait behind nothing.",
        (RoutedCase,),
        (TRIAGE,),
        (JUDGE, SHADOW),
    ),
    Channel(
        Topic.AUDIT,
        "How each case was routed, judged and closed, which outcomes did not apply, and what a set in shadow "
        "would have proposed. Restricted.",
        (CaseRouted, CaseJudged, CaseShadowed, CaseClosed, OutcomeDropped),
        (GATE, TRIAGE, JUDGE, SHADOW),
        (AUDITORS, LEDGER),
    ),
    Channel(
        Topic.CONTROL,
        "What operators tell the fleet: the policy set in force, what is paused, their rules; and the last "
        "promotions, to go back to. Every replica reads all of it; a tombstone withdraws what stood under "
        "its key.",
        (SetPromoted, PromotionKept, Paused, RulesPublished),
        (OPERATORS,),
        (GATE, TRIAGE, JUDGE),
        key="`set`; `promotion:NUMBER`; `pause:ACTION:POLICY:SURFACE`, with `*` for every one; `rules:NAME`.",
    ),
    Channel(
        Topic.DEAD_LETTERS,
        "Records that could not be handled, kept so that they can be read and replayed.",
        (DeadLetter,),
        (GATE, TRIAGE, JUDGE, LEDGER),
        (OPERATORS,),
        key="The failed record's own key; empty where it had none.",
    ),
)

EVENTS: tuple[type[Struct], ...] = tuple(
    dict.fromkeys(event for channel in CHANNELS for event in channel.events)
)
"""Every event type of the contract, once."""


def type_of(event: type[Struct]) -> str:
    """The value of an event's `type` field, for example `content.published.v1`."""
    return str(event.__struct_config__.tag)


def read_outside() -> frozenset[str]:
    """The types that others than Sluice's own processes read: nothing may be said that they do not know."""
    own = {GATE, TRIAGE, JUDGE, LEDGER, SHADOW}
    return frozenset(
        type_of(event)
        for channel in CHANNELS
        if not own.issuperset(channel.receivers)
        for event in channel.events
    )
