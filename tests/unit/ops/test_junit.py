"""Trials as JUnit XML: what a build server counts, and that no text gets into it."""

from xml.etree import ElementTree as ET

from msgspec.structs import replace

from stream.core.judgement import Judgement
from stream.core.policy import PolicyResult
from stream.ops.policies.comparison import answers_of, compare
from stream.ops.policies.junit import junit
from stream.ops.policies.report import NO_EVIDENCE, About, Report
from tests.unit.ops.trials import PEOPLE, SAFE, VIOLATES, case, result, said

ABOUT = About("default", "sha256:0", "exemplar", "exemplar", None, evidence=False)
CASES = [
    case("right", "safe"),
    case("wrong", "safe", "RS1"),
    case("left", "violates", "RU1.a"),
    case("grave", "violates", "RU1.b", must_pass=True),
    case("doubtful", "needs_context", "RU1.a"),
]
JUDGED: list[Judgement | PolicyResult] = [
    SAFE,
    said(VIOLATES, ("RU1.a", "the text"), rationale="for <the text>"),
    PEOPLE,
    SAFE,
    PEOPLE,
]


def suite(report: Report) -> ET.Element:
    (found,) = ET.fromstring(junit([report], ABOUT))
    return found


def outcome(test: ET.Element) -> tuple[str | None, str | None, str | None]:
    child = next(iter(test), None)
    tag, message = (None, None) if child is None else (child.tag, child.get("message"))
    return test.get("name"), tag, message


def test_right_is_passed_wrong_is_failed_and_what_people_get_is_skipped() -> None:
    found = suite(Report(result(CASES, JUDGED)))

    assert [outcome(test) for test in found.iter("testcase")] == [
        ("right", None, None),
        ("wrong", "failure", "expected safe by RS1, got violates by RU1.a"),
        ("left", "skipped", "left to people: needs_context"),
        ("grave", "failure", "expected violates by RU1.b, got safe by no clause"),
        ("doubtful", None, None),
        ("thresholds", None, None),
    ]
    counts = {name: found.get(name) for name in ("tests", "failures", "skipped", "errors")}
    assert counts == {"tests": "6", "failures": "2", "skipped": "1", "errors": "0"}
    assert [one.get("type") for one in found.iter("failure")] == ["wrong", "must_pass"]


def test_missed_thresholds_and_what_broke_fail_test_cases_of_their_own() -> None:
    lacking = replace(result(CASES, JUDGED), shortfalls=("decides too little", "releases too much"))
    before = answers_of(result(CASES, [SAFE, SAFE, PEOPLE, VIOLATES, PEOPLE]))

    found = suite(Report(lacking, compare(before, lacking)))

    told = {test.get("name"): test.findtext("failure") for test in found.iter("testcase")}
    assert told["thresholds"] == "decides too little\nreleases too much"
    assert told["comparison"] == "was not wrong before and must pass: grave"


def test_the_exemplars_results_are_marked_and_nothing_holds_a_text() -> None:
    written = junit([Report(result(CASES, JUDGED, reasoning="I think"))], ABOUT)

    (found,) = ET.fromstring(written)
    properties = {one.get("name"): one.get("value") for one in found.iter("property")}
    assert (properties["evidence"], properties["effort"]) == ("false", "as routed")
    assert found.findtext("system-out") == NO_EVIDENCE
    assert "the text" not in written
    assert "I think" not in written


def test_a_policy_without_cases_has_no_suite_unless_it_lacks_them() -> None:
    empty = result([], [])

    assert list(ET.fromstring(junit([Report(empty)], ABOUT))) == []
    assert suite(Report(replace(empty, shortfalls=("has no golden cases",)))).get("failures") == "1"
