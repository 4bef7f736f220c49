"""What every process does before its work: its page served, policies loaded, topics checked."""

import logging
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from prometheus_client import CollectorRegistry

from stream.adapters.kafka.topics import TopicAdmin
from stream.adapters.metrics import Health, serve
from stream.adapters.policies import LivePolicySet, PolicyFolder, PolicySetInForce, find_folder
from stream.config import Settings
from stream.core.errors import Unavailable
from stream.core.rights import RIGHTS
from stream.core.step import Terms
from stream.core.topic_faults import Needs

log = logging.getLogger(__name__)

ENDING = (signal.SIGTERM, signal.SIGINT)
"""The signals that end a process."""
LEAVING_SECONDS = 8.0
"""How long a process that has drained may take to commit and to leave its groups before it is ended."""
_PATIENCE_SECONDS = 60.0
_ANSWER_SECONDS = 3.0
_PAUSE_SECONDS = 1.0


def now_ms() -> int:
    """Milliseconds since 1970, by this machine's clock."""
    return time.time_ns() // 1_000_000


def folder_of(settings: Settings) -> PolicyFolder:
    """The folder of policies and sets.

    Raises:
        Misconfigured: there is none.
    """
    return PolicyFolder(find_folder(settings.policies.dir))


def prepared(settings: Settings, process: str) -> PolicySetInForce:
    """The policy set in force, once topics and rights have been seen to do.

    It is the folder's as long as nobody promoted another; to be refreshed or watched.

    From here on a signal ends the process at once, until a runner takes the signals over.

    Raises:
        Misconfigured: policies, topics or the rights of this process will not do.
        Unavailable: the broker does not answer.
    """
    for number in ENDING:
        signal.signal(number, _end_at_once)
    policies = PolicySetInForce(LivePolicySet(folder_of(settings), settings.policies.set))
    check_topics(settings, policies.current().terms, process)
    return policies


def _end_at_once(number: int, _frame: FrameType | None) -> None:
    # Nothing is in hand yet, and what is being started may take minutes to give way: a model, for one. (Left
    # to itself, SIGTERM would not even be heard by the first process of a container.)
    log.info("ended during its start", extra={"signal": signal.Signals(number).name})
    os._exit(0)


def topic_admin(settings: Settings) -> TopicAdmin:
    """Who looks at the topics, and at whether the brokers answer within 3 s."""
    return TopicAdmin(settings.kafka.connection("sluice-start"), settings.topics.names, _ANSWER_SECONDS)


def check_topics(settings: Settings, terms: Terms, process: str) -> None:
    """See that topics and rights will do; waits up to 60 s for a broker that does not answer yet.

    Raises:
        Misconfigured: they will not; says what is wrong with each and how to mend it.
        Unavailable: the broker does not answer.
    """
    admin = topic_admin(settings)
    needs = Needs(
        partitions=settings.topics.partitions,
        transaction_timeout=settings.gate.transaction_timeout_ms,
        session_timeout=settings.gate.session_timeout_ms,
        # Nothing of the path is to be stopped by what the ledger alone asks for.
        ledger_session_timeout=settings.ledger.session_timeout_ms if process == "ledger" else None,
        deadline=terms.automatic + terms.people,
    )
    until = time.monotonic() + _PATIENCE_SECONDS
    while True:
        try:
            hints = admin.require(needs, RIGHTS[process])
            break
        except Unavailable as error:
            if time.monotonic() > until:
                raise
            log.warning("waiting for the broker", extra={"why": str(error)})
            time.sleep(_PAUSE_SECONDS)
    for hint in hints:
        log.warning("topics", extra={"hint": str(hint)})


@contextmanager
def metrics_served(
    settings: Settings, registry: CollectorRegistry, health: Health | None = None
) -> Iterator[None]:
    """Serve the process's page, `/metrics` and `/health/…`, where it is enabled.

    Begin with this, so that the page can say what a long start waits for.

    Args:
        settings: host and port.
        registry: what `/metrics` tells.
        health: how the process is; without one it is ready as long as it answers.

    Raises:
        Misconfigured: the port is taken.
    """
    if not settings.metrics.enabled:
        yield
        return
    with serve(registry, settings.metrics.host, settings.metrics.port, health) as page:
        log.info("metrics", extra={"port": page.port})
        yield
