"""The demo's ledger: where it listens, and what it says at the end."""

import time
from contextlib import suppress

from msgspec.structs import replace

from stream.adapters.brokers.ports import free_ports
from stream.adapters.http import LedgerClient
from stream.core.errors import Unavailable
from stream.core.ledger import ContentView, SummaryAnswer
from stream.core.terms import Decision

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
    decided_by, policies = dict(answer.decided_by), dict(answer.policies)
    for case in post.cases:
        if case.closed is None or not case.closed.published:
            continue
        by = case.closed.decided_by.value if case.closed.decided_by is not None else "unknown"
        decided_by[by] = decided_by.get(by, 0) - 1
        for policy in set(case.policies) & policies.keys():
            told = policies[policy]
            policies[policy] = replace(
                told,
                released=told.released - (case.closed.decision is Decision.RELEASE),
                removed=told.removed - (case.closed.decision is Decision.REMOVE),
            )
    contents = answer.contents | {post.stands: answer.contents.get(post.stands, 0) - 1}
    return replace(
        answer,
        entries=answer.entries - 1,
        contents=contents,
        decided_by={by: count for by, count in decided_by.items() if count > 0},
        policies=policies,
    )
