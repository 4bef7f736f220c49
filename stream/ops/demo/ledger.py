"""The demo's ledger: where it listens, and what it says at the end."""

import time
from contextlib import suppress

from msgspec.structs import replace

from stream.adapters.brokers.ports import free_ports
from stream.adapters.http import LedgerClient
from stream.core.errors import Unavailable
from stream.core.ledger import CaseView, ContentEntry, ContentView, Summary, SummaryAnswer
from stream.core.ledger.answers import PolicyAnswer
from stream.core.ledger.case_entry import CaseEntry
from stream.core.ledger.facts import Closed, Routed
from stream.core.ledger.summary import PolicyTally
from stream.core.ledger.view import ClosedView
from stream.core.terms import Origin

_PATIENCE_SECONDS = 10.0
_PAUSE_SECONDS = 0.1


class DemoLedger:
    """One worker of the ledger, on a free port of this machine.

    Attributes:
        url: where it answers.
    """

    def __init__(self) -> None:
        (self._port,) = free_ports(1)
        self.url = f"http://127.0.0.1:{self._port}"

    def environment(self) -> dict[str, str]:
        """Variables for the process, and for whoever asks it."""
        return {
            "SLUICE_LEDGER__PORT": str(self._port),
            "SLUICE_LEDGER__REFRESH_S": "0.5",
            "SLUICE_LEDGER__URL": self.url,
        }

    def summary(self, contents: int, since: int, warm_up: str) -> SummaryAnswer | None:
        """What it says once it knows of so many contents, as of a moment after `since` (ms).

        None where it does not within 10 s: then the demo counts for itself, as nothing waits for a ledger.

        Args:
            contents: how many the demo published, the one that warmed everything up included.
            since: when the demo had seen the last of them.
            warm_up: the id of that one, which is left out.
        """
        client, until = LedgerClient(self.url), time.monotonic() + _PATIENCE_SECONDS
        while time.monotonic() < until:
            with suppress(Unavailable):
                answer, post = client.summary(), client.content(warm_up)
                if answer.entries >= contents and answer.at > since and post is not None:
                    return without(answer, post)
            time.sleep(_PAUSE_SECONDS)
        return None


def without(answer: SummaryAnswer, post: ContentView) -> SummaryAnswer:
    """The same counts, as if there had not been this post. Times and tokens stay as they are."""
    own = _counted(post)
    policies = {
        name: _rest(told, own.policies[name]) if name in own.policies else told
        for name, told in answer.policies.items()
    }
    return replace(
        answer,
        entries=answer.entries - 1,
        contents=_less(answer.contents, {post.stands: 1}),
        decided_by=_less(answer.decided_by, own.decided_by),
        policies={name: told for name, told in policies.items() if told.held + told.released + told.removed},
    )


def _counted(post: ContentView) -> Summary:
    """What the ledger's own summary counts of a post that is over: the demo deleted it."""
    summary = Summary()
    summary.add(ContentEntry(cases=tuple(_entry(case, case.closed) for case in post.cases if case.closed)))
    return summary


def _entry(case: CaseView, end: ClosedView) -> CaseEntry:
    closed = Closed(end.at, end.closing, end.published, end.decision, end.decided_by, end.clauses)
    routed = Routed(
        at=case.opened_at,
        lane=case.lane or "",
        surface=case.surface,
        policies=case.policies,
        effect=case.effect,
        origin=case.origin or Origin.PUBLISH,
        opened_at=case.opened_at,
        due=case.due or 0,
        version=case.version or 0,
    )
    return CaseEntry(case.case, routed=routed, closed=closed)


def _rest(told: PolicyAnswer, own: PolicyTally) -> PolicyAnswer:
    return replace(told, released=told.released - own.released, removed=told.removed - own.removed)


def _less(counts: dict[str, int], own: dict[str, int]) -> dict[str, int]:
    """The counts without some, and without what comes to nothing."""
    left = {name: count - own.get(name, 0) for name, count in counts.items()}
    return {name: count for name, count in left.items() if count > 0}
