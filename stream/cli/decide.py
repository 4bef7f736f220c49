"""`sluice decide`: a person's decision about one post."""

import time
from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated

import typer

from stream.adapters.kafka.publish import publish_all
from stream.adapters.kafka.scan import Scan
from stream.adapters.policies import PolicyFolder, find_folder
from stream.cli.context import connection_of, identity_of, now_ms, scan_of, settings_of
from stream.cli.control import told
from stream.cli.output import Json, note, say, tell
from stream.cli.staff import By, noted
from stream.cli.status import Status
from stream.core.control.promotion import promoted_set
from stream.core.errors import BadInput, Misconfigured, Unavailable
from stream.core.outcome import Outcome, Proposal
from stream.core.policy.policy_set import PolicySet
from stream.core.toml_text import nearest
from stream.core.topics import Topic, TopicNames
from stream.core.verdict import CaseClosed, OutcomeDropped, Verdict
from stream.core.wire import encode, headers_of, read_outcome
from stream.ops.decision import WHY_NOT, Ruling, Sent, Standing, came_of, ruled
from stream.ops.decision import standing as standing_of
from stream.ops.masking import masked
from stream.ops.wording import COLOURS, in_words, standing
from stream.ports import Outgoing, Record

EXAMPLES = """Examples:

`sluice decide post-1 remove --reason "scam link, reported by three" --clause spam-and-scams/sp2.b`

`sluice decide post-1 release --reason "satire, see ticket 4711" --by ana`"""


class Decided(StrEnum):
    """What a person may decide."""

    RELEASE = "release"
    REMOVE = "remove"


Answer = Verdict | CaseClosed | OutcomeDropped


def decide(  # noqa: PLR0913, PLR0917 - a command's options
    ctx: typer.Context,
    content_id: Annotated[str, typer.Argument(metavar="CONTENT_ID", help="The post's id.")],
    decision: Annotated[Decided, typer.Argument(metavar="release|remove", help="What is to become of it.")],
    reason: Annotated[
        str, typer.Option(callback=noted, help="Why, in a few words; for the record, never a post's text.")
    ],
    by: By = None,
    clause: Annotated[
        list[str] | None, typer.Option(help="What it breaks, as spam-and-scams/sp2.b; may be repeated.")
    ] = None,
    case: Annotated[str | None, typer.Option(help="Which of several cases people have.")] = None,
    ticket: Annotated[
        str, typer.Option(callback=noted, help="Where this was asked for, in your own system.")
    ] = "",
    wait: Annotated[float, typer.Option(help="Seconds to wait for the gate's word.", min=0)] = 15.0,
    json: Json = False,
) -> None:
    """Release or remove a post.

    Where its case waits for people, this answers the case; else it is a staff decision about the version
    that was last spoken of, and takes effect at once: a live post can be taken down, a removed one restored.
    Its author is sent the notice that the policies have for each clause, where they lie in policies.dir.
    Ends with status 1 where the gate refused, 6 where there is nothing to decide.
    """
    clauses = tuple(clause or ())
    digest, notices = _told_to_authors(ctx, clauses)
    ruling = Ruling(
        proposal=Proposal(decision.value),
        by=identity_of(ctx, by),
        reason=reason,
        at=now_ms(),
        clauses=clauses,
        case=case,
        ticket=ticket,
        policy_set=digest,
        notices=notices,
    )
    event, answer = _put(ctx, content_id, ruling, wait)
    _report(event, answer, json=json)


def _put(ctx: typer.Context, content_id: str, ruling: Ruling, wait: float) -> tuple[Sent, Answer | None]:
    """Publish the decision, and wait so many seconds for the gate's answer."""
    names = settings_of(ctx).topics.names
    with scan_of(ctx) as scan:
        event = ruled(content_id, ruling, _standing(scan, content_id, names))
        heard = [scan.partition_of(names.of(topic), content_id) for topic in (Topic.VERDICTS, Topic.AUDIT)]
        ends = scan.ends(heard)
        publish_all(connection_of(ctx), [_outgoing(event, names)])
        return event, _answer(scan, ends, event, names, wait)


def _told_to_authors(ctx: typer.Context, clauses: tuple[str, ...]) -> tuple[str | None, dict[str, str]]:
    """The digest and notices of the set in force; nothing where no clause is named or no set is known here.

    Raises:
        BadInput: the set has no such clause.
    """
    if not clauses:
        return None, {}
    try:
        policy_set = _set_in_force(ctx)
    except Misconfigured as error:
        note(f"no notice goes to the author: {error}")
        return None, {}
    known = [policy.reference(one.id) for policy in policy_set.policies.values() for one in policy.clauses]
    for reference in clauses:
        if reference not in known:
            hint = nearest(reference, known)
            raise BadInput(f"set `{policy_set.name}` has no clause `{reference}`: {hint}")
    return policy_set.digest, policy_set.notice_texts(clauses)


def _set_in_force(ctx: typer.Context) -> PolicySet:
    """The set that is promoted; else, or where this user may not read `control`, the one of the folder here.

    Raises:
        Misconfigured: neither is there, or it does not hold together.
    """
    try:
        event = told(ctx).promoted
    except (Misconfigured, Unavailable):
        event = None
    if event is not None:
        return promoted_set(event)
    settings = settings_of(ctx)
    return PolicyFolder(find_folder(settings.policies.dir)).policy_set(settings.policies.set)


def _standing(scan: Scan, content_id: str, names: TopicNames) -> Standing:
    """Where the content stands, by the tasks of the few too where this user may read them."""
    topics = [Topic.VERDICTS, Topic.CASES_REVIEW, Topic.CASES_REVIEW_RESTRICTED]
    try:
        return standing_of(content_id, _read(scan, content_id, topics, names), names)
    except Misconfigured:
        return standing_of(content_id, _read(scan, content_id, topics[:2], names), names)


def _read(scan: Scan, content_id: str, topics: list[Topic], names: TopicNames) -> Iterator[Record]:
    return scan.read([scan.partition_of(names.of(topic), content_id) for topic in topics])


def _outgoing(event: Sent, names: TopicNames) -> Outgoing:
    """The decision as a record. Raises `Unreadable` where it breaks a bound of the contract."""
    value = encode(event)
    read_outcome(value)
    headers = headers_of(event, "/sluice/cli", f"{event.by}.{event.id}.{event.at}")
    return Outgoing(names.of(Topic.OUTCOMES), event.id.encode(), value, headers)


def _answer(
    scan: Scan, starts: dict[tuple[str, int], int], event: Sent, names: TopicNames, wait: float
) -> Answer | None:
    end = time.monotonic() + wait
    for record in scan.follow(starts):
        answer = None if record is None else came_of(event, record, names)
        if answer is not None:
            return answer
        if time.monotonic() > end:
            return None
    return None


def _report(event: Sent, answer: Answer | None, *, json: bool) -> None:
    if answer is None:
        raise Unavailable(
            f"the decision about {event.id} is in Kafka, but no gate has answered: is one running? "
            f"It will be applied when it comes up; see: sluice trace {event.id}"
        )
    if json:
        tell(masked(answer))
    elif isinstance(answer, Verdict):
        say((in_words(answer), COLOURS[standing(answer)]), (f"  {_what(event)}", "dim"))
    elif isinstance(answer, CaseClosed):
        say(f"{_what(event)} closed; nothing changes for readers")
    else:
        say(
            ("refused: ", "bold red"), WHY_NOT.get(answer.reason, answer.reason), (f"  {_what(event)}", "dim")
        )
    if isinstance(answer, OutcomeDropped):
        raise typer.Exit(Status.FAILED)


def _what(event: Sent) -> str:
    return f"case {event.case}" if isinstance(event, Outcome) else "staff decision"
