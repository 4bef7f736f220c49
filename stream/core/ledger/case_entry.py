"""One case in the ledger: what is known of it, from whichever topic has told."""

from msgspec import Struct

from stream.core.ledger.facts import Asked, Closed, Held, Judged, Routed
from stream.core.terms import Effect, Origin, Stage


class CaseEntry(Struct, frozen=True, array_like=True, gc=False):
    """One case, as far as each topic has told of it; `asked_few` is what `cases.review.restricted` told."""

    id: str
    held: Held | None = None
    routed: Routed | None = None
    judged: Judged | None = None
    closed: Closed | None = None
    asked: Asked | None = None
    asked_few: Asked | None = None

    @property
    def task(self) -> Asked | None:
        """What people were last asked: once few are, the others are no more."""
        return self.asked_few or self.asked

    @property
    def is_open(self) -> bool:
        """Whether it still waits for an answer. What people no longer need to answer is closed too."""
        return self.closed is None and not (self.task is not None and self.task.answered)

    @property
    def policies(self) -> tuple[str, ...]:
        """Which policies judge it: those that were asked, else those that it was routed to."""
        if self.judged is not None:
            return self.judged.policies
        return self.routed.policies if self.routed is not None else ()

    @property
    def surface(self) -> str | None:
        """Where it was posted; None before triage has seen it."""
        return self.routed.surface if self.routed is not None else None

    @property
    def stage(self) -> Stage:
        """Whom it waits for."""
        asked = self.task is not None and not self.task.answered
        held = self.held is not None and self.held.stage is Stage.PEOPLE
        return Stage.PEOPLE if asked or held else Stage.AUTOMATIC

    @property
    def effect(self) -> Effect:
        """Whether it hides its content: a hold that names it says so."""
        if self.held is not None:
            return Effect.HIDE
        told = self.task or self.routed
        return told.effect if told is not None else Effect.WATCH

    @property
    def origin(self) -> Origin | None:
        """What opened it, or asked the strongest question since; None before anything but a hold is known."""
        told = self.task or self.routed
        return told.origin if told is not None else None

    @property
    def version(self) -> int | None:
        """The version it is about."""
        told = self.held or self.task or self.routed
        return told.version if told is not None else None

    @property
    def opened_at(self) -> int:
        """When it was opened (ms), as well as is known."""
        if self.routed is not None:
            return self.routed.opened_at
        known = [told.since for told in (self.held, self.asked, self.asked_few) if told is not None]
        known += [told.at for told in (self.judged, self.closed) if told is not None]
        return min(known, default=0)

    @property
    def due(self) -> int | None:
        """Until when it is to be answered (ms): what people were told goes before what apps were."""
        told = self.task or self.held or self.routed
        return told.due if told is not None else None

    @property
    def seconds_in_hold(self) -> float | None:
        """How long it hid its content; None while it does, or where it never did."""
        if self.held is None or self.closed is None:
            return None
        return max(0, self.closed.at - self.held.since) / 1_000
