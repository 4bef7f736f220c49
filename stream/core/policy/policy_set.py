"""A policy set: which policies judge what, how hard, by when; what the model may do alone. Values only."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Struct

from stream.core.content import Edited, Published
from stream.core.fields import MAX_POLICIES, Digest, Name, Policies
from stream.core.policy import Autonomy, Policy
from stream.core.policy.calibration import Calibration
from stream.core.step import Terms
from stream.core.terms import Effort

Share = Annotated[float, Meta(ge=0, le=1)]


class Lane(StrEnum):
    """The queue that a case waits in before the judge."""

    BULK = "bulk"
    PRIORITY = "priority"
    URGENT = "urgent"


class Prompting(StrEnum):
    """Whether each policy is asked alone, or all of a route in one prompt."""

    SINGLE = "single"
    BUNDLED = "bundled"


class Surface(Struct, frozen=True):
    """What is special about a place that people post in.

    `high_impact`: its posts are judged at high effort. `local_only`: only by a local model.
    """

    high_impact: bool = False
    local_only: bool = False


class Thresholds(Struct, frozen=True):
    """What an engine must reach on a policy's golden cases before it serves under this set.

    Attributes:
        answered: the least share of cases that it decides itself.
        recall: the least share of violating cases that it does not release, people's included.
        false_alarms: the largest share of safe cases that it would restrict.
        must_pass: whether each case that must pass has to.
    """

    answered: Share = 0.5
    recall: Share = 0.9
    false_alarms: Share = 0.1
    must_pass: bool = True


class Repetition(Struct, frozen=True):
    """How often a model is asked the same again at random, to see how far it agrees with itself.

    Attributes:
        share: of the cases.
        repeats: further draws a case.
    """

    share: Share = 0.0
    repeats: Annotated[int, Meta(ge=1, le=32)] = 5


class Route(Struct, frozen=True):
    """Which policies judge a surface in some languages; `surface` None is every one, no languages are all."""

    policies: Policies
    surface: Name | None = None
    languages: tuple[str, ...] = ()
    effort: Effort = Effort.LOW
    lane: Lane = Lane.BULK
    required_signals: tuple[Name, ...] = ()
    prompting: Prompting = Prompting.SINGLE


class Routing(Struct, frozen=True):
    """The way of one post.

    Attributes:
        supported: False where its language is not the set's, so people decide.
        effort: what its policies are asked at first; those of high impact at high effort whatever it is.
        needs_local: whether only a local model may judge it: one policy that says so is enough, for the text
            is the same.
        never_clear: whether triage may never release it unasked.
    """

    policies: tuple[Name, ...]
    effort: Effort
    lane: Lane
    required_signals: tuple[Name, ...]
    supported: bool
    prompting: Prompting = Prompting.SINGLE
    needs_local: bool = False
    never_clear: bool = False

    def with_added(self, added: Iterable[Name], policy_set: "PolicySet") -> tuple[Name, ...]:
        """The route's policies, then those added that the set has, as many as a case may have."""
        more = [name for name in added if name in policy_set.policies and name not in self.policies]
        return (*self.policies, *dict.fromkeys(more))[:MAX_POLICIES]

    def obstacle(self, content: Published | Edited) -> str:
        """Why no text model may answer about this content, so that people must; empty if one may."""
        if not content.text.strip():
            return "there is no text to judge"
        if not self.supported:
            return f"the policy set has no policy in this language: {content.language}"
        present = {signal.kind for signal in content.signals}
        missing = [kind for kind in self.required_signals if kind not in present]
        return "required signals are missing: " + ", ".join(missing) if missing else ""


class PolicySet(Struct, frozen=True):
    """One loaded set.

    Attributes:
        digest: covers the set's file and the digest of every policy in it.
        autonomy: what the model may do alone, by policy.
        calibrations: what a grant rests on, by policy; it holds only for answers of that text, model, effort
            and template.
        uncalibrated: why more is granted than was measured, by policy.
        surfaces: what is special about some of them.
        models: the model that answers at an effort; the engine's own where none is named.
        audited: the share of releases at less than high effort that are judged again at high effort.
        to_auditors: the share of judged cases whose whole record an auditor should read.
        confidence: in which share of the cases the model is asked more than once.
    """

    name: str
    title: str
    digest: Digest
    policies: dict[str, Policy]
    autonomy: dict[str, Autonomy]
    routes: tuple[Route, ...]
    languages: tuple[str, ...]
    terms: Terms
    surfaces: dict[Name, Surface] = {}
    models: dict[Effort, Name] = {}
    audited: float = 0.0
    to_auditors: float = 0.0
    confidence: Repetition = Repetition()
    thresholds: Thresholds = Thresholds()
    calibrations: dict[str, Calibration] = {}
    uncalibrated: dict[str, str] = {}

    @property
    def in_shadow(self) -> frozenset[str]:
        """The policies that are judged and never count."""
        return frozenset(one for one, granted in self.autonomy.items() if granted is Autonomy.SHADOW)

    def route(self, surface: str, language: str | None) -> Routing:
        """Find the way of a post: the first route that matches counts; the last one always matches.

        An app that does not say the language leaves it to the model, which reads the text: such a post
        is supported, and follows the first route that names no language.
        """
        route = next(route for route in self.routes if _matches(route, surface, language))
        policies = [self.policies[policy_id] for policy_id in route.policies]
        place = self.surfaces.get(surface, Surface())
        return Routing(
            policies=route.policies,
            effort=Effort.HIGH if place.high_impact else route.effort,
            lane=route.lane,
            required_signals=route.required_signals,
            supported=language is None or any(speaks(tag, language) for tag in self.languages),
            prompting=route.prompting,
            needs_local=place.local_only or any(policy.needs_local for policy in policies),
            never_clear=any(policy.never_clear for policy in policies),
        )

    def notice_texts(self, clauses: Iterable[str]) -> dict[str, str]:
        """The human-written notices of these clause references, as `harassment/hr1.a:de` → text."""
        wanted = frozenset(clauses)
        return {
            f"{reference}:{language}": text
            for policy in self.policies.values()
            for clause, texts in policy.notices.items()
            if (reference := policy.reference(clause)) in wanted
            for language, text in texts.items()
        }


def speaks(tag: str, language: str) -> bool:
    """Whether a language falls under a tag, by RFC 4647's basic filtering: `pt` covers `pt-BR`."""
    tag, language = tag.lower(), language.lower()
    return language == tag or language.startswith(tag + "-")


def _matches(route: Route, surface: str, language: str | None) -> bool:
    if route.surface not in (None, surface):
        return False
    if not route.languages:
        return True
    return language is not None and any(speaks(tag, language) for tag in route.languages)
