"""`sets/NAME.toml` as written: its tables, and where in them something is wrong. Values only."""

from typing import Annotated

from msgspec import Meta, Struct

from stream.core.duration import Duration
from stream.core.fields import Language, Name, Note, Statement
from stream.core.policy import Autonomy
from stream.core.policy.calibration import Calibration
from stream.core.policy.policy_set import Repetition, Route, Share, Surface, Thresholds
from stream.core.step import Overdue
from stream.core.terms import Effort

Fault = tuple[tuple[str | int, ...], str, str]
"""The key that is wrong, what is, and how to mend it."""

Removals = Annotated[int, Meta(ge=0, le=10_000_000)]


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

    @property
    def autonomy(self) -> dict[str, Autonomy]:
        """What the model may do alone, by policy."""
        return {policy_id: grant.autonomy for policy_id, grant in self.policies.items()}

    @property
    def calibrations(self) -> dict[str, Calibration]:
        """What grants rest on, by policy; those without are left out."""
        given = {policy_id: grant.calibration for policy_id, grant in self.policies.items()}
        return {policy_id: one for policy_id, one in given.items() if one is not None}

    @property
    def uncalibrated(self) -> dict[str, str]:
        """Why a grant rests on nothing measured, by policy, where that is said."""
        given = {policy_id: grant.uncalibrated for policy_id, grant in self.policies.items()}
        return {policy_id: why for policy_id, why in given.items() if why}
