"""Events in words and for scripts: every kind has some, and nobody's text is in them unasked."""

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Struct

from stream.core.audit import CaseJudged, CaseRouted, CaseShadowed, Confidential
from stream.core.case import Case, ReviewClosed, ReviewTask, RoutedCase
from stream.core.content import Appealed, Deleted, Edited, Published, Reported, ThreadItem
from stream.core.control import Paused, PromotionKept, RulesPublished, SetPromoted
from stream.core.dead_letter import DeadLetter
from stream.core.judgement import Finding, Judgement
from stream.core.outcome import CaseRequested, Outcome, Proposal, StaffDecision
from stream.core.policy import PolicyResult
from stream.core.terms import Decision, Effect, Effort, Origin, Stage
from stream.core.verdict import CaseClosed, Notice, OutcomeDropped, Verdict
from stream.ops.amounts import span
from stream.ops.masking import masked
from stream.ops.wording import COLOURS, in_words, standing
from tests.unit.event_strategies import events

KINDS: list[type[Struct]] = [
    Published, Edited, Deleted, Reported, Appealed, Verdict, Case, RoutedCase, ReviewTask, ReviewClosed,
    Outcome, StaffDecision, CaseRequested, Notice, CaseRouted, CaseJudged, CaseShadowed, CaseClosed,
    OutcomeDropped, SetPromoted, PromotionKept, Paused, RulesPublished, DeadLetter,
]  # fmt: skip

STATES = {
    "type", "id", "case", "version", "digest", "at", "due", "opened_at", "decision", "proposal", "stage",
    "effect", "origin", "effort", "lane", "closing", "published", "decided_by", "policy_set", "restricted",
    "urgent", "overdue", "reports", "processor", "topic", "partition", "offset", "error",
}  # fmt: skip

SECRET = "what-somebody-wrote"
POST = Published(id="post-1", version=1, at=0, text=SECRET, thread=(ThreadItem(text=SECRET),))
REPORT = Reported(id="post-1", version=1, at=0, reporter="r", reason="spam", statement=SECRET)
ROUTED = RoutedCase(
    id="post-1", case="c0-1", version=1, effect=Effect.HIDE, origin=Origin.PUBLISH, opened_at=0, due=1,
    digest=POST.digest, content=POST, policies=("spam",), policy_set=POST.digest,
)  # fmt: skip
JUDGED = CaseJudged(
    id="post-1", case="c0-1", version=1, digest=POST.digest, at=0, proposal=Proposal.REMOVE,
    policy_set=POST.digest, policies=("spam",), model="m", effort=Effort.LOW,
    confidential=Confidential(
        judgements=(
            Judgement(
                policy="spam",
                result=PolicyResult.VIOLATES,
                findings=(Finding("SC1", SECRET),),
                rationale=SECRET,
            ),
        ),
        reasoning={"spam": SECRET},
    ),
)  # fmt: skip
LETTER = DeadLetter(
    processor="gate", topic="content", partition=0, offset=1, at=0, error="unreadable", detail="?",
    value=SECRET.encode(),
)  # fmt: skip


@given(st.one_of([events(kind) for kind in KINDS]))
def test_every_event_has_words_on_one_line_that_command_no_terminal(event: Struct) -> None:
    for show in (False, True):
        words = in_words(event, show_text=show)
        assert words
        assert words.isprintable()


@given(st.one_of([events(kind) for kind in KINDS]))
def test_every_event_can_be_told_to_scripts(event: Struct) -> None:
    assert orjson.dumps(masked(event))


@pytest.mark.parametrize(
    "event", [POST, REPORT, ROUTED, JUDGED, LETTER], ids=lambda event: type(event).__name__
)
def test_nobodys_text_is_shown_unasked(event: Struct) -> None:
    assert SECRET not in in_words(event)
    told = orjson.dumps(masked(event), default=str).decode()
    assert SECRET not in told
    assert "d2hhdC1zb21lYm9keS13cm90ZQ" not in told  # the same in base64, as a dead letter holds it


def test_text_is_shown_when_asked_for_and_what_is_restricted_never() -> None:
    assert SECRET in in_words(POST, show_text=True)
    assert SECRET in str(masked(POST, show_text=True))
    assert SECRET not in str(masked(JUDGED, show_text=True))


def test_a_posts_text_cannot_command_the_terminal_it_is_shown_on() -> None:
    post = Published(id="post-1", version=1, at=0, text="red \x1b[31m and a\nnew line \u202e and back")
    assert r"\x1b[31m" in in_words(post, show_text=True)
    assert in_words(post, show_text=True).isprintable()


@pytest.mark.parametrize("decision", [one for one in Decision if one is not Decision.UNKNOWN])
def test_every_standing_has_a_colour(decision: Decision) -> None:
    for stage in (None, *Stage):
        verdict = Verdict(id="post-1", version=1, decision=decision, at=0, stage=stage)
        assert standing(verdict) in COLOURS


def test_a_hold_says_whom_it_waits_for() -> None:
    verdict = Verdict(id="post-1", version=2, decision=Decision.HOLD, at=0, stage=Stage.PEOPLE, due=0)
    assert in_words(verdict).startswith("HOLD v2 · waits for people · until ")


@pytest.mark.parametrize(
    ("milliseconds", "said"),
    [(44, "0.044 s"), (12_340, "12.3 s"), (60_000, "0:01:00"), (3_723_000, "1:02:03")],
)
def test_a_length_of_time_is_said_as_finely_as_it_matters(milliseconds: int, said: str) -> None:
    assert span(milliseconds) == said


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
def test_of_restricted_content_ids_and_states_are_told_whatever_is_asked_for(
    kind: type[Struct], data: st.DataObject
) -> None:
    event = data.draw(events(kind))
    told = masked(event, show_text=True, restricted=True)
    assert told.keys() <= STATES
    words = in_words(event, show_text=True, restricted=True)
    assert words.startswith("restricted · ")
    for written in ("text", "statement", "reason", "why", "detail"):
        said = str(getattr(event, written, ""))
        assert len(said) < 40 or said not in words


def test_an_event_that_says_itself_that_it_is_restricted_needs_nobody_to_know() -> None:
    verdict = Verdict(
        id="p", version=1, decision=Decision.REMOVE, at=1, clauses=("guarded/gu1.a",), restricted=True
    )
    assert in_words(verdict) == "restricted · verdict v1 · remove"
    assert "clauses" not in masked(verdict)
