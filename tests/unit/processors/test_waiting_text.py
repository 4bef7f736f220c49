"""The text that waits for machines, as autoscaling hears of it: right after any sequence of events."""

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from stream.core.case import Case
from stream.core.content import Appealed, Deleted, Published, Reported
from stream.core.outcome import Outcome, Proposal, StaffDecision
from stream.core.state import ContentState, OlderCase, decode_state
from stream.core.terms import DecidedBy, Stage
from stream.runtime.transactional.table import Table
from tests.unit.processors.desk import Desk, Event

TEXTS = ("", "good morning", "おはよう", "guten Morgen, schöne Welt", "おはよう" * 40, "x" * 32_768)
BY_DIGEST = {Published(id="p1", version=1, at=1, text=text).digest: text for text in TEXTS}


class Scene:
    """A gate whose states a table keeps, as the runner has it."""

    def __init__(self) -> None:
        self.desk = Desk()
        self.table = Table(self.desk.gate.head)
        self.cases: list[Case] = []
        self.given = 0

    def after(self, events: list[Event]) -> None:
        """Keep what the gate left."""
        handed_out = [event for event in events if isinstance(event, Case)]
        self.cases += handed_out
        self.given += sum(text_size(event.digest) for event in handed_out)
        for key in {*self.table.entries, *self.desk.states}:
            self.table.put(key, self.desk.states.get(key), self.desk.now)

    def waiting(self) -> int:
        """The same from the decoded states and the texts themselves."""
        states = [decode_state(data) for data in self.desk.states.values()]
        subjects: list[ContentState | OlderCase] = [
            *states,
            *(older for one in states for older in one.older),
        ]
        return sum(
            text_size("sha256:" + one.digest.hex())
            for one in subjects
            if one.case is not None and one.case.stage is Stage.AUTOMATIC and one.digest and one.offset >= 0
        )


def text_size(digest: str | None) -> int:
    return len(BY_DIGEST[digest].encode()) if digest else 0


def _outcome(case: Case, proposal: Proposal, by: DecidedBy) -> Outcome:
    return Outcome(
        id=case.id, case=case.case, version=case.version, proposal=proposal, decided_by=by, at=2, by="r1",
        effort=case.effort,
    )  # fmt: skip


ids = st.sampled_from(("p1", "p2"))
versions = st.integers(1, 4)
posted = st.builds(Published, id=ids, version=versions, at=st.just(1), text=st.sampled_from(TEXTS))
reported = st.builds(
    Reported,
    id=ids,
    version=versions,
    at=st.just(1),
    reporter=st.sampled_from("abcd"),
    reason=st.just("spam"),
)
appealed = st.builds(Appealed, id=ids, version=versions, at=st.just(1), appellant=st.just("w"))
deleted = st.builds(Deleted, id=ids, version=versions, at=st.just(1))
ordered = st.builds(
    StaffDecision,
    id=ids,
    version=versions,
    at=st.just(3),
    proposal=st.sampled_from([Proposal.RELEASE, Proposal.REMOVE]),
    by=st.just("ann"),
    reason=st.just("x"),
)


KINDS = (
    "content",
    "content",
    "about the newest",
    "about the newest",
    "outcome",
    "staff",
    "unreadable",
    "wake",
)


def _happens(scene: Scene, data: st.DataObject) -> list[Event]:
    desk, content = scene.desk, data.draw(ids)
    known = desk.states.get(content.encode())
    match data.draw(st.sampled_from(KINDS)):
        case "outcome" if scene.cases:
            case = data.draw(st.sampled_from(scene.cases[-4:]))
            by = data.draw(st.sampled_from([DecidedBy.MODEL, DecidedBy.REVIEWER]))
            return desk.send(_outcome(case, data.draw(st.sampled_from(Proposal)), by), "outcomes")
        case "about the newest" if known is not None:
            event = data.draw(st.one_of(posted, reported, appealed))
            version = decode_state(known).version + (type(event) is Published)
            return desk.send(replace(event, id=content, version=max(1, version)))
        case "staff":
            return desk.send(data.draw(ordered), "outcomes")
        case "unreadable":
            return desk.send_raw(b"{", content.encode())
        case "wake" if known is not None:
            return desk.wake(content)
        case _:
            return desk.send(data.draw(st.one_of(posted, reported, appealed, deleted)))


@given(st.data())
def test_the_weight_is_that_of_the_texts_of_all_cases_that_wait_for_machines(data: st.DataObject) -> None:
    scene = Scene()
    # Given any sequence of events about two posts
    for _ in range(data.draw(st.integers(1, 30))):
        scene.after(_happens(scene, data))
        # Then what the table sums up is what the states and texts say
        assert scene.table.weight == scene.waiting()
    # And what was given to machines is the text of every case that was handed out
    assert scene.desk.counts.text == scene.given


def test_a_text_waits_from_its_hold_to_its_answer() -> None:
    # Given a held post of 12 bytes
    scene = Scene()
    scene.after(scene.desk.send(Published(id="p1", version=1, at=1, text="good morning")))
    assert (scene.table.weight, scene.given) == (12, 12)
    # When the model leaves it to a person / Then no machine is waited for
    scene.after(scene.desk.send(_outcome(scene.cases[0], Proposal.REVIEW, DecidedBy.MODEL), "outcomes"))
    assert (scene.table.weight, scene.given) == (0, 12)


def test_a_report_of_a_released_post_makes_its_text_wait_again() -> None:
    # Given a released post
    scene = Scene()
    scene.after(scene.desk.send(Published(id="p1", version=1, at=1, text="おはよう")))
    scene.after(scene.desk.send(_outcome(scene.cases[0], Proposal.RELEASE, DecidedBy.MODEL), "outcomes"))
    assert scene.table.weight == 0
    # When somebody reports it / Then it waits, by its size in UTF-8, and was given to machines twice
    scene.after(scene.desk.send(Reported(id="p1", version=1, at=1, reporter="u", reason="spam")))
    assert (scene.table.weight, scene.given) == (12, 24)
