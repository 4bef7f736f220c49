"""Triage's handling of one case: where it goes, and what goes to people at once."""

import pytest
from msgspec.json import decode
from msgspec.structs import replace

from stream.adapters.memory.archive import MemoryContentArchive
from stream.adapters.memory.rules import MemoryRules
from stream.core.audit import CaseRouted
from stream.core.case import RoutedCase, Source
from stream.core.dead_letter import DeadLetter
from stream.core.errors import Escalate, Unreadable
from stream.core.outcome import Outcome, Proposal
from stream.core.policy.policy_set import Lane, PolicySet
from stream.core.terms import DecidedBy, Effort, Origin
from stream.core.topics import TopicNames
from stream.ports import Record
from stream.processors.triage import Triage
from tests.unit.processors.cases import FixedPolicies, Heard, case, post, record, value_of
from tests.unit.rules.sample import NOW, book, fact, written


class OnePolicySet:
    """A `PolicySource` with this set alone."""

    def __init__(self, policies: PolicySet) -> None:
        self._policies = policies

    def current(self) -> PolicySet:
        return self._policies


class Bench:
    def __init__(self, *rules: str) -> None:
        self.archive = MemoryContentArchive()
        self.rules = MemoryRules(book(*rules))
        self.heard = Heard()
        self.triage = Triage(TopicNames(), FixedPolicies(), self.rules, self.archive, lambda: NOW, self.heard)


async def test_a_first_look_waits_in_the_bulk_lane() -> None:
    out, _ = await Bench().triage.handle(record(case(post())))
    assert out.topic == "cases.judge"
    work = decode(value_of(out), type=RoutedCase)
    assert set(work.policies) == {"harassment", "spam-and-scams"}
    assert work.effort is Effort.LOW


@pytest.mark.parametrize("origin", [Origin.REPORT, Origin.APPEAL])
async def test_reports_and_appeals_overtake_the_bulk(origin: Origin) -> None:
    # Given a watch on a post whose text the gate no longer had / When triage finds it in the archive
    bench = Bench()
    bench.archive.keep(Source(0, 7), post())
    out, _ = await bench.triage.handle(record(case(None, origin=origin, effort=Effort.HIGH)))
    # Then it goes to the priority lane with its text and its effort
    assert out.topic == "cases.judge.priority"
    work = decode(value_of(out), type=RoutedCase)
    assert (work.content.text, work.effort) == ("good morning", Effort.HIGH)


@pytest.mark.parametrize("origin", [Origin.PUBLISH, Origin.REPORT])
async def test_what_may_be_urgent_goes_its_own_way_whoever_asks(origin: Origin) -> None:
    # Given a set whose last route is urgent
    bench = Bench()
    policies = bench.triage._policies.current()
    urgent = (replace(policies.routes[-1], lane=Lane.URGENT),)
    bench.triage._policies = OnePolicySet(replace(policies, routes=(*policies.routes[:-1], *urgent)))
    # When a case is routed there
    out, audited = await bench.triage.handle(record(case(post(), origin=origin)))
    # Then the urgent lane has it, marked for the engine, and the audit says so
    assert out.topic == "cases.judge.urgent"
    assert decode(value_of(out), type=RoutedCase).urgent
    assert decode(value_of(audited), type=CaseRouted).lane == "urgent"


async def test_under_a_restricted_policy_a_dead_letter_is_a_place_and_no_bytes() -> None:
    bench = Bench()
    policies = bench.triage._policies.current()
    terms = replace(policies.terms, restricted=True)
    bench.triage._policies = OnePolicySet(replace(policies, terms=terms))
    out = bench.triage.dead_letter(Record("cases.triage", 1, 2, b"p1", b'{"secret'), Unreadable("?"))
    letter = decode(value_of(out), type=DeadLetter)
    assert (letter.place, letter.value, letter.withheld) == ("cases.triage/1-2", None, True)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (post("  \n "), "no text"),
        (post("Добрый день", language="ru"), "language: ru"),
        (None, "no longer in Kafka"),
    ],
)
async def test_what_no_model_can_answer_goes_to_people(content: object, words: str) -> None:
    bench = Bench()
    out, _ = await bench.triage.handle(record(case(content)))  # type: ignore[arg-type]
    outcome = decode(value_of(out), type=Outcome)
    assert (outcome.proposal, outcome.decided_by) == (Proposal.REVIEW, DecidedBy.RULE)
    assert words in outcome.reason
    assert bench.heard.lanes == []


async def test_the_audit_says_where_a_case_went_and_holds_no_text() -> None:
    _, audited = await Bench().triage.handle(record(case(post(surface="marketplace"))))
    routed = decode(value_of(audited), type=CaseRouted)
    assert audited.topic == "audit"
    assert (routed.lane, routed.surface, set(routed.policies)) == (
        "bulk", "marketplace", {"harassment", "spam-and-scams"},
    )  # fmt: skip
    assert b"good morning" not in value_of(audited)


async def test_the_audit_says_why_a_case_went_to_people() -> None:
    _, audited = await Bench().triage.handle(record(case(post("Добрый день", language="ru"))))
    routed = decode(value_of(audited), type=CaseRouted)
    assert (routed.lane, routed.language, routed.policies) == ("people", "ru", ())
    assert "language: ru" in routed.reason


async def test_another_text_at_the_place_is_not_judged_for_the_one_in_question() -> None:
    bench = Bench()
    bench.archive.keep(Source(0, 7), post("another text"))
    out, _ = await bench.triage.handle(record(case(None)))
    assert decode(value_of(out), type=Outcome).proposal is Proposal.REVIEW


async def test_the_effort_is_the_higher_of_case_and_route() -> None:
    # Given a surface that the set routes at medium effort
    out, _ = await Bench().triage.handle(record(case(post(surface="marketplace"))))
    assert decode(value_of(out), type=RoutedCase).effort is Effort.MEDIUM


async def test_every_event_has_an_id_of_its_own_and_a_repeat_keeps_it() -> None:
    # Given a surface that is judged at high effort anyway, and a case that was reported, then appealed
    bench = Bench()

    async def ids() -> list[bytes]:
        found = []
        for origin in (Origin.PUBLISH, Origin.REPORT, Origin.APPEAL):
            look = record(case(post(), origin=origin, effort=Effort.HIGH))
            found += [*await bench.triage.handle(look), *bench.triage.escalate(look, Escalate("deadline"))]
        return [dict(out.headers)["ce_id"] for out in found]

    first, second = await ids(), await ids()
    assert len(set(first)) == len(first) == 12
    assert first == second


async def test_a_record_that_is_no_case_is_kept_as_a_dead_letter() -> None:
    bench = Bench()
    broken = Record("cases.triage", 0, 1, b"p1", b"{}")
    with pytest.raises(Unreadable) as caught:
        await bench.triage.handle(broken)
    letter = decode(value_of(bench.triage.dead_letter(broken, caught.value)), type=DeadLetter)
    assert (letter.processor, letter.value) == ("triage", b"{}")


async def test_a_case_that_took_too_long_goes_to_people() -> None:
    out, _ = Bench().triage.escalate(record(case(post())), Escalate("deadline"))
    assert decode(value_of(out), type=Outcome).proposal is Proposal.REVIEW


async def test_a_rule_that_holds_asks_people_and_names_itself_and_its_owner() -> None:
    # Given a rule that holds, and one that would raise the effort
    bench = Bench(written("wave"), written("harder", then='{ effort = "high" }'))
    # When triage meets a post that both take
    out, audited = await bench.triage.handle(record(case(post("please, BUY now", surface="profile"))))
    # Then people are asked, no model is, and they read which rule and whose, nothing of the post
    outcome = decode(value_of(out), type=Outcome)
    assert (outcome.proposal, outcome.decided_by, outcome.urgent) == (Proposal.REVIEW, DecidedBy.RULE, False)
    assert outcome.reason == "an operator's rule: wave (owner night-shift)"
    assert outcome.surface == "profile"
    routed = decode(value_of(audited), type=CaseRouted)
    assert (routed.lane, routed.rules, routed.reason) == ("people", ("harder", "wave"), outcome.reason)
    assert bench.heard.rules == ["harder", "wave"]
    assert b"BUY" not in value_of(out) + value_of(audited)


async def test_a_rule_that_escalates_says_that_it_is_urgent() -> None:
    out, _ = await Bench(written(then="{ escalate = true }")).triage.handle(record(case(post("buy now"))))
    assert decode(value_of(out), type=Outcome).urgent


async def test_rules_add_policies_that_the_set_has_and_raise_lane_and_effort() -> None:
    # Given a surface that is routed to one policy at medium effort, and rules that want more
    route = '{ policies = ["harassment", "spam-and-scams", "nosuch"], lane = "urgent" }'
    then = f'{{ route = {route}, effort = "high" }}'
    bench = Bench(written(then=then), written("less", then='{ route = { lane = "bulk" } }'))
    out, audited = await bench.triage.handle(record(case(post("buy now", surface="marketplace"))))
    # Then all policies that there are are asked, once each, the route's first
    work, routed = decode(value_of(out), type=RoutedCase), decode(value_of(audited), type=CaseRouted)
    own = FixedPolicies().current().route("marketplace", "en").policies
    assert work.policies[: len(own)] == own
    assert sorted(work.policies) == ["harassment", "spam-and-scams"]
    assert work.effort is Effort.HIGH
    assert out.topic != "cases.judge"
    assert (routed.lane, routed.effort, routed.policies) == ("urgent", Effort.HIGH, work.policies)


async def test_a_rule_never_lowers_what_a_case_has() -> None:
    then = '{ route = { lane = "bulk" }, effort = "medium" }'
    bench = Bench(written(then=then))
    look = record(case(post("buy now"), origin=Origin.APPEAL, effort=Effort.HIGH))
    out, _ = await bench.triage.handle(look)
    assert out.topic == "cases.judge.priority"
    assert decode(value_of(out), type=RoutedCase).effort is Effort.HIGH


async def test_no_rule_keeps_from_people_what_no_model_can_answer() -> None:
    bench = Bench(written(body='signals = [{ kind = "image" }]', then='{ effort = "high" }'))
    bare = replace(post("  "), signals=(fact("image"),))
    out, audited = await bench.triage.handle(record(case(bare)))
    assert "no text" in decode(value_of(out), type=Outcome).reason
    assert decode(value_of(audited), type=CaseRouted).rules == ("wave",)


async def test_a_rate_counts_new_versions_and_no_reports_of_them() -> None:
    # Given a rule that takes an author's third post in a minute
    bench = Bench(written(body='rate = { posts = 3, window = "1m" }'))

    async def topic_of(origin: Origin, opened_at: int) -> str:
        content = post(author="a1")
        out, _ = await bench.triage.handle(record(case(content, origin=origin, opened_at=opened_at)))
        return out.topic

    # When two are published, reported, and another one is edited
    published = [await topic_of(Origin.PUBLISH, at) for at in (60_000, 61_000)]
    reported = [await topic_of(Origin.REPORT, 62_000) for _ in range(3)]
    edited = await topic_of(Origin.EDIT, 63_000)
    # Then only the third new version is held
    assert published == ["cases.judge"] * 2
    assert set(reported) == {"cases.judge.priority"}
    assert edited == "outcomes"


async def test_rules_that_come_into_force_count_from_the_next_case_on() -> None:
    bench = Bench()
    look = record(case(post("buy now")))
    assert (await bench.triage.handle(look))[0].topic == "cases.judge"
    bench.rules.book = book(written())
    assert (await bench.triage.handle(look))[0].topic == "outcomes"
