"""The text of `sets/NAME.toml` → a PolicySet. Pure: the policies come in through a function."""

from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256
from typing import Annotated

from msgspec import Meta, Struct

from stream.core.brake import Brakes
from stream.core.errors import PolicyInvalid
from stream.core.fields import Language, Name, Note, Statement
from stream.core.policy import Autonomy, Policy
from stream.core.policy.calibration import Calibration
from stream.core.policy.overdue import overdue_fault
from stream.core.policy.policy_set import (
    PolicySet,
    Repetition,
    Route,
    Share,
    Surface,
    Thresholds,
    speaks,
)
from stream.core.step import Overdue, Terms
from stream.core.terms import Effort
from stream.core.toml_text import decode_toml, line_of, nearest

Duration = Annotated[str, Meta(pattern=r"^[1-9][0-9]{0,4}[smhd]$", description="such as 10m, 24h or 7d")]
Removals = Annotated[int, Meta(ge=0, le=10_000_000)]
_UNITS = {"s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}


class Deadlines(Struct, frozen=True):
    """How long a case may wait for the machine, then for people; how long closed content is remembered.

    `urgent`: how long people may take where a life may be in danger. `overdue`: what becomes of a hold that
    they did not decide about in time. `notice`: what authors are told of a removal by time, by language.
    """

    automatic: Duration = "10m"
    people: Duration = "24h"
    retention: Duration = "7d"
    urgent: Duration = "15m"
    overdue: Overdue = Overdue.HOLD
    notice: dict[Language, Statement] = {}


class Grant(Struct, frozen=True):
    """What a set lets the model do alone under one policy; `removals_an_hour` goes before [brakes].

    More than `recommend` rests on a `calibration`, or says in `uncalibrated` why it does not.
    """

    autonomy: Autonomy = Autonomy.RECOMMEND
    removals_an_hour: Removals | None = None
    calibration: Calibration | None = None
    uncalibrated: Note = ""


class BrakeText(Struct, frozen=True):
    """Beyond how many removals by machines, of a policy on a surface, people are asked instead.

    `times_usual` counts against the hourly rate of the trailing day.
    """

    removals_an_hour: Removals | None = None
    times_usual: Annotated[float, Meta(ge=1, le=1_000)] | None = None


class Cascade(Struct, frozen=True):
    """How the misses of low effort are measured: the share of its releases that is judged again.

    `to_auditors`: the share of judged cases whose record, reasoning included, an auditor should read.
    """

    audited: Share = 0.01
    to_auditors: Share = 0.01


class SetText(Struct, frozen=True):
    """The file as written. `languages`: those it supports; posts in others go to people."""

    title: str
    languages: Annotated[tuple[Language, ...], Meta(min_length=1)]
    policies: Annotated[dict[Name, Grant], Meta(min_length=1)]
    routes: Annotated[tuple[Route, ...], Meta(min_length=1)]
    deadlines: Deadlines = Deadlines()
    brakes: BrakeText = BrakeText()
    surfaces: dict[Name, Surface] = {}
    models: dict[Effort, Name] = {}
    cascade: Cascade = Cascade()
    confidence: Repetition = Repetition()
    thresholds: Thresholds = Thresholds()


class _Source(Struct, frozen=True):
    """The text being read and its file's name: where errors point."""

    text: str
    file: str

    def fault(self, path: tuple[str | int, ...], what: str, mend: str) -> PolicyInvalid:
        return PolicyInvalid(self.file, line_of(self.text, path), what, mend)


def parse_set(
    text: str, file: str, name: str, available: Sequence[str], policy_of: Callable[[str], Policy]
) -> PolicySet:
    """Read one set and the policies in it.

    Args:
        text: the whole file, exactly as it lies on disk.
        file: its name, for errors.
        name: the set's name.
        available: the ids of all policies that could be named.
        policy_of: loads one policy; may raise PolicyInvalid itself.

    Raises:
        PolicyInvalid: the set, or a policy in it, does not hold together.
    """
    source = _Source(text, file)
    written = decode_toml(text, file, SetText)
    for policy_id in written.policies:
        if policy_id not in available:
            raise source.fault(
                ("policies", policy_id),
                f"there is no policy `{policy_id}`",
                nearest(policy_id, list(available)),
            )
    policies = {policy_id: policy_of(policy_id) for policy_id in written.policies}
    _check_autonomy(written, policies, source)
    _check_routes(written, source)
    _check_efforts(written, source)
    _check_languages(written, policies, source)
    deadlines = written.deadlines
    if fault := overdue_fault(deadlines.overdue, deadlines.notice, policies.values(), written.routes):
        raise source.fault(*fault)
    digest = _digest(text, policies)
    return PolicySet(
        name=name,
        title=written.title,
        digest=digest,
        policies=policies,
        autonomy={policy_id: grant.autonomy for policy_id, grant in written.policies.items()},
        routes=written.routes,
        languages=written.languages,
        terms=_terms(written, policies, source, digest),
        surfaces=written.surfaces,
        models=written.models,
        audited=written.cascade.audited,
        to_auditors=written.cascade.to_auditors,
        confidence=written.confidence,
        thresholds=written.thresholds,
        calibrations={
            policy_id: grant.calibration
            for policy_id, grant in written.policies.items()
            if grant.calibration is not None
        },
        uncalibrated={
            policy_id: grant.uncalibrated
            for policy_id, grant in written.policies.items()
            if grant.uncalibrated
        },
    )


def _check_autonomy(written: SetText, policies: Mapping[str, Policy], source: _Source) -> None:
    for policy_id, grant in written.policies.items():
        most = policies[policy_id].autonomy
        if grant.autonomy.rank > most.rank:
            what = f"the set grants `{grant.autonomy}`, and policy `{policy_id}` allows `{most}` at most"
            raise source.fault(("policies", policy_id, "autonomy"), what, f'Write `autonomy = "{most}"`')
        _check_earned(policy_id, grant, policies[policy_id], source)


def _check_earned(policy_id: str, grant: Grant, policy: Policy, source: _Source) -> None:
    """More than recommending is measured, or said not to be."""
    place = ("policies", policy_id, "autonomy")
    if policy.restricted and grant.calibration is not None:
        what = f"policy `{policy_id}` is restricted, and has a calibration"
        raise source.fault(
            ("policies", policy_id, "calibration"), what, "Take it out: its rows are kept nowhere"
        )
    _check_evidence(policy_id, grant, source)
    if grant.autonomy.rank <= Autonomy.RECOMMEND.rank or grant.uncalibrated:
        return
    if grant.calibration is None or grant.calibration.remove is None:
        what = f"the set grants `{grant.autonomy}` under `{policy_id}`, and nothing says that it was earned"
        mend = 'Run `sluice policy calibrate`, or write `uncalibrated = "why"`'
        raise source.fault(place, what, mend)
    if grant.autonomy is Autonomy.FULL:
        what = f"the calibration of `{policy_id}` measures removals, and `full` labels alone too"
        raise source.fault(
            place, what, 'Write `autonomy = "remove"`, or `uncalibrated = "why"` instead of it'
        )


def _check_evidence(policy_id: str, grant: Grant, source: _Source) -> None:
    calibration = grant.calibration
    if calibration is None:
        return
    place = ("policies", policy_id, "calibration")
    if calibration.remove is not None and grant.uncalibrated:
        what = f"policy `{policy_id}` has a calibration and says that it has none"
        raise source.fault(("policies", policy_id, "uncalibrated"), what, "Take one of them out")
    for name, evidence in (("remove", calibration.remove), ("release", calibration.release)):
        if evidence is not None and not evidence.is_whole:
            what = f"the calibration of `{policy_id}` has a signal and a threshold that do not fit each other"
            mend = "Give neither, or both: a word (low, medium, high) for `stated`, a number for the others"
            raise source.fault((*place, name), what, mend)
        if evidence is not None and (lacks := evidence.shortfall(removes=name == "remove")):
            what = f"the calibration of `{policy_id}` does not show what it is for: {lacks}"
            raise source.fault((*place, name), what, "Let `sluice policy calibrate` write it")


def _check_efforts(written: SetText, source: _Source) -> None:
    if not written.cascade.audited and any(route.effort is not Effort.HIGH for route in written.routes):
        what = "a route asks at less than high effort, and nobody measures what that misses"
        raise source.fault(("cascade", "audited"), what, "Audit a share, 0.01 say, or ask at high effort")


def _check_routes(written: SetText, source: _Source) -> None:
    last = len(written.routes) - 1
    for place, route in enumerate(written.routes):
        for policy_id in route.policies:
            if policy_id not in written.policies:
                what = f"a route names policy `{policy_id}`, which [policies] lacks"
                raise source.fault(
                    ("routes", place, "policies"), what, nearest(policy_id, list(written.policies))
                )
        if not route.policies:
            raise source.fault(("routes", place, "policies"), "a route without a policy", "Name at least one")
        everything = route.surface is None and not route.languages
        if everything != (place == last):
            what = (
                "the last route leaves posts without one"
                if place == last
                else "the routes below are never reached"
            )
            mend = "The last route, and only it, names neither surface nor languages"
            raise source.fault(("routes", place), what, mend)
    routed = {policy_id for route in written.routes for policy_id in route.policies}
    for policy_id in written.policies:
        if policy_id not in routed:
            raise source.fault(
                ("policies", policy_id), f"no route asks policy `{policy_id}`", "Route it, or take it out"
            )


def _check_languages(written: SetText, policies: Mapping[str, Policy], source: _Source) -> None:
    for policy_id, policy in policies.items():
        for language in written.languages:
            if not any(speaks(tag, language) for tag in policy.languages):
                what = f"language `{language}` is supported, but policy `{policy_id}` was never tested in it"
                raise source.fault(
                    ("languages",), what, "Add golden cases to the policy, or take the language out"
                )
    for place, route in enumerate(written.routes):
        for language in route.languages:
            if not any(speaks(tag, language) for tag in written.languages):
                what = f"a route names language `{language}`, which the set does not support"
                raise source.fault(
                    ("routes", place, "languages"), what, nearest(language, list(written.languages))
                )


def _terms(written: SetText, policies: Mapping[str, Policy], source: _Source, digest: str) -> Terms:
    deadlines = written.deadlines
    terms = Terms(
        automatic=_millis(deadlines.automatic),
        people=_millis(deadlines.people),
        retention=_millis(deadlines.retention),
        urgent=_millis(deadlines.urgent),
        restricted=any(policy.restricted for policy in policies.values()),
        brakes=_brakes(written),
        overdue=deadlines.overdue,
        overdue_notices={f"overdue:{language}": words for language, words in deadlines.notice.items()},
        policy_set=None if deadlines.overdue is Overdue.HOLD else digest,
    )
    if terms.urgent > terms.people:
        what = "urgent tasks would be due after ordinary ones"
        raise source.fault(("deadlines", "urgent"), what, "Let urgent be at most people")
    if terms.retention < max(terms.automatic, terms.people):
        what = "closed content is forgotten before an open case is due"
        raise source.fault(("deadlines", "retention"), what, "Let retention be at least the longest deadline")
    return terms


def _brakes(written: SetText) -> Brakes:
    caps = {policy: grant.removals_an_hour for policy, grant in written.policies.items()}
    return Brakes(
        written.brakes.removals_an_hour,
        written.brakes.times_usual,
        {policy: cap for policy, cap in caps.items() if cap is not None},
    )


def _millis(duration: str) -> int:
    return int(duration[:-1]) * _UNITS[duration[-1]]


def _digest(text: str, policies: Mapping[str, Policy]) -> str:
    """0xFF never occurs in UTF-8, so no set's text can imitate another one with other policies."""
    digest = sha256(text.encode())
    for policy_id in sorted(policies):
        digest.update(b"\xff" + policy_id.encode() + b"\xff" + policies[policy_id].digest.encode())
    return "sha256:" + digest.hexdigest()
