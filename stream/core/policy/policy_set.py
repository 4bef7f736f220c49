"""A policy set: which policies judge what, how hard, by when; what the model may do alone. Values only."""

from collections.abc import Iterable
from enum import StrEnum

from msgspec import Struct

from stream.core.content import Edited, Published
from stream.core.fields import Digest, Name, Policies
from stream.core.policy import Autonomy, Policy
from stream.core.step import Terms
from stream.core.terms import Effort


class Lane(StrEnum):
    """The queue that a case waits in before the judge."""

    BULK = "bulk"
    PRIORITY = "priority"


class Route(Struct, frozen=True):
    """Which policies judge a surface in some languages; `surface` None is every one, no languages are all."""

    policies: Policies
    surface: Name | None = None
    languages: tuple[str, ...] = ()
    effort: Effort = Effort.LOW
    lane: Lane = Lane.BULK
    required_signals: tuple[Name, ...] = ()


class Routing(Struct, frozen=True):
    """The way of one post. `supported` False: its language is not the set's, so people decide."""

    policies: tuple[Name, ...]
    effort: Effort
    lane: Lane
    required_signals: tuple[Name, ...]
    supported: bool

    def obstacle(self, content: Published | Edited) -> str:
        """Why no text model may answer about this content, so that people must; empty if one may."""
        if not content.text.strip():
            return "there is no text to judge"
        if not self.supported:
            return f"the policy set has no policy in the language {content.language}"
        present = {signal.kind for signal in content.signals}
        missing = [kind for kind in self.required_signals if kind not in present]
        return "required signals are missing: " + ", ".join(missing) if missing else ""


class PolicySet(Struct, frozen=True):
    """One loaded set. `digest` covers the set's file and the digest of every policy in it."""

    name: str
    title: str
    digest: Digest
    policies: dict[str, Policy]
    autonomy: dict[str, Autonomy]
    routes: tuple[Route, ...]
    languages: tuple[str, ...]
    terms: Terms

    def route(self, surface: str, language: str | None) -> Routing:
        """Find the way of a post: the first route that matches counts; the last one always matches.

        An app that does not say the language leaves it to the model, which reads the text: such a post
        is supported, and follows the first route that names no language.
        """
        route = next(route for route in self.routes if _matches(route, surface, language))
        supported = language is None or any(speaks(tag, language) for tag in self.languages)
        return Routing(route.policies, route.effort, route.lane, route.required_signals, supported)

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
