"""Trials as JUnit XML, the form in which most build servers show tests. Names and ids only, never a text.

a golden case               | in JUnit
----------------------------+-----------------------------------------------
answered as people did      | passed
decided otherwise           | failure: clause, expected, got
left to people otherwise    | skipped: neither passed nor failed
the set's thresholds        | a test case of their own, failed by each shortfall
a comparison with another   | a test case of its own, failed by what broke
"""

from collections.abc import Sequence
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from msgspec import to_builtins

from stream.core.judgement import Judgement
from stream.core.policy.golden import GoldenCase
from stream.core.policy.grade import Grade, grade
from stream.ops.policies.report import NO_EVIDENCE, About, Report


def junit(reports: Sequence[Report], about: About) -> str:
    """Render trials: a suite for each policy that has golden cases.

    Args:
        reports: one a policy.
        about: what was asked, and how: properties of each suite.
    """
    root = Element("testsuites", name="sluice policy test")
    for report in reports:
        if report.result.cases or report.result.shortfalls:
            _suite(root, report, about)
    indent(root)
    return tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _suite(root: Element, report: Report, about: About) -> None:
    result = report.result
    suite = SubElement(root, "testsuite", name=f"policy.{result.policy.id}")
    properties = SubElement(suite, "properties")
    told = {**to_builtins(about), "version": result.policy.version, "digest": result.policy.digest}
    for name, value in told.items():
        SubElement(properties, "property", name=name, value=_written(value))
    for case, judgement in zip(result.cases, result.judgements, strict=True):
        _case(suite, result.policy.id, case, judgement)
    _verdict(suite, result.policy.id, "thresholds", result.shortfalls)
    if report.comparison is not None:
        _verdict(suite, result.policy.id, "comparison", report.breaks)
    if not about.evidence:
        SubElement(suite, "system-out").text = NO_EVIDENCE
    for count, tag in (("failures", "failure"), ("skipped", "skipped")):
        suite.set(count, str(len(suite.findall(f"testcase/{tag}"))))
    suite.set("tests", str(len(suite.findall("testcase"))))
    suite.set("errors", "0")


def _case(suite: Element, policy: str, case: GoldenCase, judgement: Judgement) -> None:
    test = SubElement(suite, "testcase", classname=f"policy.{policy}", name=case.id)
    if judgement.result.value == case.result:
        return
    cited = ", ".join(dict.fromkeys(finding.clause for finding in judgement.findings)) or "no clause"
    if grade(case, judgement.result) is Grade.WRONG:
        said = f"expected {case.result} by {case.clause or 'no clause'}, got {judgement.result} by {cited}"
        SubElement(test, "failure", type="must_pass" if case.must_pass else "wrong", message=said)
    else:
        why = f" ({', '.join(judgement.failures)})" if judgement.failures else ""
        SubElement(test, "skipped", message=f"left to people: {judgement.result}{why}")


def _verdict(suite: Element, policy: str, name: str, lacks: Sequence[str]) -> None:
    test = SubElement(suite, "testcase", classname=f"policy.{policy}", name=name)
    if lacks:
        SubElement(test, "failure", type=name, message=lacks[0]).text = "\n".join(lacks)


def _written(value: str | bool | None) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return value or "as routed"
